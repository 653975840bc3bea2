import { isWorse, type Alert, type AlertClass, type AlertSource, type Severity } from "./alert.ts";

/**
 * A stray: what alerts name that is nothing known, or may be several. People are asked which target it is. The first few of a
 * channel are asked about one by one; those that come after share one message, which lists them. Here are its rules.
 */
export type Stray = {
  /** `str_...` */
  readonly id: string;
  /** Slack channel id of where people are asked. */
  readonly channel: string;
  /** When its round began. */
  readonly roundMs: number;
  /** What people call it; never markup. */
  readonly name: string;
  /** The thread of the post that named it first. Absent: it came by a webhook. */
  readonly threadTs?: string;
  readonly source: AlertSource;
  readonly class: AlertClass;
  /** Of the worst alert. */
  readonly severity: Severity | null;
  /** The newest alert in a line, its own words after it, and why nobody knows whose it is: a sentence. */
  readonly says: string;
  readonly because: string;
  /** So many alerts of it in this round, each counted once. */
  readonly count: number;
  readonly lastAtMs: number;
  /** A person has said which target it is. */
  readonly chosen?: { readonly target: string; readonly userId: string };
};

/** In this time what was asked of a channel is not asked again, only counted. */
export const ROUND_MS = 30 * 60_000;
/** So many of a round are asked about one by one. */
export const MOST_ALONE = 3;

/** When the round began to which a stray of now belongs; `newestMs`: when the channel's newest one did. */
export function roundOf(newestMs: number | undefined, nowMs: number): number {
  return newestMs !== undefined && nowMs - newestMs < ROUND_MS ? newestMs : nowMs;
}

/** How a round is told, whose strays are given in the order of coming. */
export type ToldStrays = {
  /** Asked about one by one. */
  readonly alone: readonly Stray[];
  /** Those that share a message: the worst first, then the newest; what was answered comes last. */
  readonly together: readonly Stray[];
  /** The same the worst first, then in the order of coming, so that few pages of a list change at a time. */
  readonly listed: readonly Stray[];
};

export function tellStrays(round: readonly Stray[]): ToldStrays {
  const listed = round.slice(MOST_ALONE).toSorted(worstFirst);
  const together = listed.toSorted(
    (left, right) => answered(left) - answered(right) || worstFirst(left, right) || right.lastAtMs - left.lastAtMs,
  );
  return { alone: round.slice(0, MOST_ALONE), together, listed };
}

function answered({ chosen }: Stray): number {
  return chosen === undefined ? 0 : 1;
}

function worstFirst({ severity: left }: Stray, { severity: right }: Stray): number {
  return isWorse(left, right) ? -1 : Number(isWorse(right, left));
}

type Naming = Pick<Alert, "name" | "kills" | "subject">;

/**
 * What people call that which an alert is about, as far as its words go. Never blank, for Slack refuses a list with a blank choice;
 * at most 256 characters, for names are told apart by an index of the store.
 */
export function nameOf(alert: Naming): string {
  const called = calledBy(alert)
    .replace(/[\s\u0085]+/gu, " ")
    .trim();
  if (called === "") return NO_NAME;
  // Long ones are paths, which differ at their ends.
  return called.length <= MOST_CHARACTERS ? called : `${called.slice(0, MOST_CHARACTERS / 2)}…${called.slice(1 - MOST_CHARACTERS / 2)}`;
}

const NO_NAME = "no name";
const MOST_CHARACTERS = 256;

function calledBy({ name, kills, subject: { called, namespace, pod, owner, names, hosts } }: Naming): string {
  const kill = kills.at(-1);
  if (kill !== undefined) {
    const place = placeOf(kill);
    return [
      kill.process ?? "a process",
      ...(place === undefined ? [] : ["in", place]),
      ...hosts.slice(0, 1).flatMap((host) => ["on", host]),
    ].join(" ");
  }
  if (called === undefined && pod !== undefined) return namespace === undefined ? pod : `${namespace}/${pod}`;
  return called ?? owner?.name ?? names[0] ?? hosts[0] ?? name ?? NO_NAME;
}

// As much of an id as Docker and kubectl show, and of a pod's uid as tells it from others.
const SHORT_ID = 12;
const SHORT_UID = 8;

function placeOf({ podUid, containerId, cgroup, oomCgroup }: Alert["kills"][number]): string | undefined {
  if (podUid !== null) return `pod ${podUid.slice(0, SHORT_UID)}`;
  return containerId?.slice(0, SHORT_ID) ?? cgroup ?? oomCgroup ?? undefined;
}

/** Alerts of the same matter are one stray, whoever sends them. */
export function matterOf(alert: Naming): string {
  const { about, hosts } = alert.subject;
  return `${about} ${hosts[0] ?? ""} ${nameOf(alert)}`;
}
