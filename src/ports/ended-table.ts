import type { AlertIdentity } from "../domain/alert-identity.ts";

/** Alerts that their senders have called over: their word that they fire may come in after that. */
export type EndedTable = {
  add(ended: EndedAlert): Promise<void>;
  /** Of any of these incidents' fingerprints, called over at `sinceMs` or later, the newest first. */
  of(fingerprints: readonly string[], sinceMs: number): Promise<readonly EndedAlert[]>;
  /** Forgets what was called over before; how many. */
  forget(beforeMs: number): Promise<number>;
};

export type EndedAlert = {
  readonly fingerprint: string;
  readonly alert: AlertIdentity;
  /** By its sender's word, when what is over began. */
  readonly startsAtMs?: number;
  /** When its sender's word came in. */
  readonly atMs: number;
};
