import type { Severity } from "./alert.ts";

/** What is done when nobody reacts to an incident that no person has opened. */
export type UnattendedRules = {
  /** A user group's id (`S...`) is mentioned in the thread after this time. */
  readonly mention?: { readonly group: string; readonly afterMs: number };
  /** It is told in another channel, with a link, after this time. */
  readonly spread?: { readonly channel: string; readonly afterMs: number };
  /** Of incidents that bad only. */
  readonly severities: readonly Severity[];
};
