import { codeOf } from "../../domain/errors.ts";
import type { ContainerTarget } from "../../domain/target.ts";
import type { ContainerFacts, ContainerHost } from "../../ports/containers.ts";
import type { MemoryHistory } from "../../ports/memory-history.ts";
import { LABELS } from "./recreate-names.ts";
import type { KillSource, Vitals } from "./stored/schema.ts";

/** How many kills for want of memory, and who says so; where there were none, all who were asked. Nobody: it is not known. */
export type KillCount = { readonly kills: number; readonly by: readonly KillSource[] };

export type CountKillsDeps = { readonly history?: Pick<MemoryHistory, "kills"> | undefined };

export type KillQuestion = {
  readonly host: ContainerHost;
  readonly target: ContainerTarget;
  readonly facts: ContainerFacts;
  /** By the daemon's clock, as `untilMs`. */
  readonly sinceMs: number;
  readonly untilMs: number;
};

/**
 * Counts the kills of a time. Docker tells of its last 256 events only, of the whole host; the watch remembers what it
 * heard, the kernel counts within a life, and Docker's mark tells of one kill: the highest count is the nearest.
 */
export async function countKills({ history }: CountKillsDeps, question: KillQuestion): Promise<KillCount> {
  const { host, target, facts, sinceMs } = question;
  const [told, heard, counted] = await Promise.all([
    eventsOf(question),
    history?.kills(target, Math.max(sinceMs, bearsItsNameSince(facts))),
    isWithin(facts, sinceMs) ? host.killCount(facts.id) : undefined,
  ]);
  return highest([
    { by: "kernel", kills: counted },
    { by: "watch", kills: heard },
    { by: "events", kills: told },
    { by: "mark", kills: facts.oomKilled && hasBegunOrEnded(facts, sinceMs) ? 1 : undefined },
  ]);
}

/** With what the kernel has counted between two readings of one life: it counts from the life's beginning. */
export function withCountedSince(first: Vitals, now: Vitals): Vitals {
  if (first.startedAtMs !== now.startedAtMs || first.kernelKills === undefined || now.kernelKills === undefined) return now;
  const { kills, by } = highest([
    { by: "kernel", kills: now.kernelKills - first.kernelKills },
    ...now.killsBy.map((source) => ({ by: source, kills: now.kills })),
  ]);
  return { ...now, kills, killsBy: [...by] };
}

type Said = { readonly by: KillSource; readonly kills: number | undefined };

function highest(said: readonly Said[]): KillCount {
  const known = said.flatMap(({ by, kills }) => (kills === undefined ? [] : [{ by, kills }]));
  const kills = Math.max(0, ...known.map((one) => one.kills));
  const by = known.filter((one) => one.kills === kills).map((one) => one.by);
  return { kills, by: [...new Set(kills > 0 ? by.slice(0, 1) : by)] };
}

async function eventsOf({ host, facts, sinceMs, untilMs }: KillQuestion): Promise<number | undefined> {
  try {
    const events = await host.pastEvents({ sinceMs, untilMs, container: facts.id });
    return events.filter(({ action }) => action === "oom").length;
  } catch (error) {
    if (["refused", "no-rights"].includes(codeOf(error))) return undefined;
    throw error;
  }
}

/** The whole of its life is. */
function isWithin({ startedAtMs, state }: ContainerFacts, sinceMs: number): boolean {
  return state === "running" && startedAtMs !== undefined && startedAtMs >= sinceMs;
}

/**
 * What the watch heard, it heard of a name, which another one may have had. One that is made in the place of another is
 * created while that one still runs, and may be killed in: it is started once that one has stopped.
 */
function bearsItsNameSince({ createdAtMs, startedAtMs, restartCount, state, labels }: ContainerFacts): number {
  const isFirstLife = state === "running" && restartCount === 0 && labels[LABELS.replaces] !== undefined;
  return isFirstLife ? (startedAtMs ?? createdAtMs) : createdAtMs;
}

/** Docker takes the mark away at the next start: it is of this life, or of the one that has ended. */
function hasBegunOrEnded({ startedAtMs = 0, finishedAtMs = 0, state }: ContainerFacts, sinceMs: number): boolean {
  return (state === "running" ? startedAtMs : finishedAtMs) >= sinceMs;
}
