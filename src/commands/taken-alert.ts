import type { Alert } from "../domain/alert.ts";

/** An alert that was judged: by whichever way it came, it is handled alike. */
export type TakenAlert = {
  /** The same key is the same alert, heard again: of a sender's message and its place in it, or of a post. */
  readonly key: string;
  readonly alert: Alert;
  /** When it was posted or came in. */
  readonly heardAtMs: number;
  /** Of a post: when it came to be as it is, by an edit of it. */
  readonly changedAtMs?: number;
};
