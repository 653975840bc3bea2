import type { Problem } from "./incident.ts";

/** A post in a channel that Oomph listens to, as text: attachments and blocks flattened into lines. */
export type Post = {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
  readonly userId?: string;
  readonly botId?: string;
  /** All readable text of the message, its attachments and blocks; Slack markup undone. */
  readonly text: string;
};

/** What a sender said, normalised. */
export type AlertReading =
  | { readonly kind: "not-about-memory" }
  | {
      readonly kind: "about-memory";
      readonly problem: Problem;
      readonly source: string;
      /** Words in the alert that may name the target, the likelier first: instance, host, service, database. */
      readonly names: readonly string[];
      readonly status: "firing" | "resolved";
    };
