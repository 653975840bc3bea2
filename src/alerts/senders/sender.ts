import type { AlertFacts, AlertSource } from "../../domain/alert.ts";
import type { Said } from "../said.ts";

/** One sender: how its JSON and its posts are read. A file or a folder of its own each; `index.ts` lists them. */
export type Sender = {
  readonly source: AlertSource;
  readonly readSent?: ReadSent;
  /** Is it this sender's, where nobody says whose it is? Absent: what `readSent` can read is. */
  readonly knowsSent?: (body: unknown) => boolean;
  readonly readPost?: ReadPost;
  /** Each of its messages has times of its own in it: the same bytes are the same message, however late they come. */
  readonly isSentOnce?: boolean;
};

/** More in one message are counted, not read. */
export const MOST_ALERTS = 10_000;

/** Checks and reads what claims to be this sender's JSON. Pure; never throws; linear in the size of the body. */
export type ReadSent = (body: unknown) => Sent;

export type Sent =
  /** `id`: the sender's own id of the message; absent: it has none, and its content is what tells it from others. */
  | {
      readonly kind: "facts";
      readonly facts: readonly AlertFacts[];
      readonly id?: string;
      /** How many alerts it held beside: more than are taken of one message, no alerts at all, or left out by the sender itself. */
      readonly leftOut?: number;
    }
  /** `because` names fields, never their values. */
  | { readonly kind: "unfit"; readonly because: string };

/** The alerts in a post of this sender's. Undefined: it is not this sender's. Pure; linear in the length of the text. */
export type ReadPost = (said: Said) => readonly AlertFacts[] | undefined;
