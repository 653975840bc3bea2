/** News of the watch, as it is told. */
export type Telling = {
  readonly kind: "warning" | "critical" | "leak" | "killed";
  /** A sentence with figures and units. */
  readonly says: string;
  /** Tells one trouble from the next of the same kind: when it began. The same again edits what was said. */
  readonly sinceMs: number;
  /** The incident's timeline holds enough of it already. */
  readonly isRepetition?: boolean;
};
