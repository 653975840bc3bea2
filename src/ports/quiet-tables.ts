import type { AlertClass, Severity } from "../domain/alert.ts";
import type { Incident, Problem } from "../domain/incident.ts";
import type { Silence } from "../domain/silence.ts";
import type { Target } from "../domain/target.ts";

/** What people want to hear nothing of. */
export type SilenceTable = {
  add(silence: Silence): Promise<void>;
  get(id: string): Promise<Silence | undefined>;
  /** Those that hold at `nowMs`, in the order of being made. */
  live(nowMs: number): Promise<readonly Silence[]>;
  /** False: it had ended already. */
  end(id: string, change: { readonly atMs: number; readonly by: string }): Promise<boolean>;
};

/** Something that would have been told and was not. */
export type Hushed = {
  /** The same key is the same piece of news, heard again. */
  readonly key: string;
  /** Id of a silence, `maintenance:<name>`, or `quiet-hours`. */
  readonly by: string;
  /** Of the incident that it would have opened. Absent: its target could not be found. */
  readonly fingerprint?: string;
  readonly target?: Target;
  readonly problem?: Problem;
  /** Slack channel id of where it would have been told. */
  readonly channel: string;
  /** An alert's sender, or `watch`. */
  readonly source: string;
  /** By which its runbook is chosen. Absent: of what was kept quiet before this was remembered. */
  readonly class?: AlertClass;
  readonly severity: Severity | null;
  readonly isKill: boolean;
  /** In a line; never markup. */
  readonly says: string;
  readonly atMs: number;
};

/** Many of the same incident in one channel: how bad the worst of them was, its class, and what the newest so bad says. */
export type HushedGroup = Pick<Hushed, "fingerprint" | "target" | "problem" | "channel" | "class" | "severity" | "says"> & {
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
};

export type HushedTable = {
  /** False: this key is there already. */
  add(hushed: Hushed): Promise<boolean>;
  has(key: string): Promise<boolean>;
  /** How much each has kept quiet, of all that is still remembered. */
  counts(): Promise<readonly HushCount[]>;
  /** What of an incident's nobody has been told yet; from then on it counts as told. Undefined: nothing. */
  tell(fingerprint: string): Promise<{ readonly count: number; readonly firstAtMs: number; readonly lastAtMs: number } | undefined>;
  /** Those of these fingerprints of which something has not been told yet. */
  untold(fingerprints: readonly string[]): Promise<readonly string[]>;
  /** What waits to be told together: the worst first, then the newest. From then on it counts as told. */
  tellAll(by: string): Promise<readonly HushedGroup[]>;
  /** Forgets what was told, or came, before; how many. What waits for `by` stays. */
  forget(beforeMs: number, by: string): Promise<number>;
};

/** `waiting`: those of which nobody has been told yet. */
export type HushCount = { readonly by: string; readonly count: number; readonly kills: number; readonly waiting: number };

/** Whether somebody has reacted to an incident that no person has opened. */
export type AttentionTable = {
  /** From now on somebody is waited for at each of these; what was before is forgotten. */
  wait(incidentIds: readonly string[], sinceMs: number): Promise<void>;
  /** False: nobody is waited for (any more). */
  attend(incidentId: string, change: { readonly by: string; readonly atMs: number }): Promise<boolean>;
  /** The same for all of a storm whose incidents share its thread; how many there were. */
  attendStorm(stormId: string, change: { readonly by: string; readonly atMs: number }): Promise<number>;
  get(incidentId: string): Promise<Attention | undefined>;
  /** Unresolved incidents to which nobody has reacted since before `sinceMs`, and of which this has not been done; the oldest first. */
  unattended(step: AttentionStep, sinceMs: number, limit: number): Promise<readonly Incident[]>;
  /** Unresolved incidents about which somebody was called and nobody has reacted; the oldest first. */
  called(limit: number): Promise<readonly { readonly attention: Attention; readonly incident: Incident }[]>;
  /** One conditional update; false: it has been done, or somebody has reacted. */
  done(incidentId: string, step: AttentionStep, atMs: number): Promise<boolean>;
};

export type Attention = {
  readonly incidentId: string;
  readonly sinceMs: number;
  /** Slack user id, or login name on the command line. */
  readonly attendedBy?: string;
  readonly attendedAtMs?: number;
  readonly mentionedAtMs?: number;
  readonly spreadAtMs?: number;
};

/** A group is mentioned; it is told in a second channel. */
export type AttentionStep = "mention" | "spread";
