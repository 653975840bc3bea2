import { messageOf } from "../domain/errors.ts";
import { isOver, nextToLookInto, type Storm, type StormSettings } from "../domain/storm.ts";
import { commit, queueInvestigation } from "../incidents/commit.ts";
import type { Desk } from "../incidents/desk.ts";
import { lookInto } from "../incidents/take-out.ts";
import { TOLD_AGAIN_MS } from "../incidents/tell-opening.ts";
import type { StormFacts } from "../messages/storm.ts";
import { keepStrays } from "./keep-strays.ts";
import { changedLines, sayStorm, sayWhole } from "./say-storm.ts";

export type StormKeeper = {
  start(): void;
  /** Waits for what is underway. */
  stop(): Promise<void>;
};

const EVERY_MS = 2_000;
// Of the time since the round before.
const BUSY_FROM = 0.5;
const MOST_AT_ONCE = 100;

/**
 * Goes round every two seconds, on every replica; what one has done the next finds done. Members get their turns, the
 * list is brought up to date, what is quiet ends, people are asked about names that are not known, and threads are told of the
 * reports that came in heaps.
 */
export function createStormKeeper(desk: Desk): StormKeeper {
  const stopping = new AbortController();
  let loop = Promise.resolve();
  return {
    start() {
      loop = goRound(desk, stopping.signal);
    },
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

async function goRound(desk: Desk, stopping: AbortSignal): Promise<void> {
  let before = performance.eventLoopUtilization();
  while (!stopping.aborted) {
    const { utilization } = performance.eventLoopUtilization(before);
    before = performance.eventLoopUtilization();
    await keepStorms(desk, { isBusy: utilization > BUSY_FROM });
    await desk.clock.sleep(EVERY_MS, stopping).catch(() => undefined); // called off when it is to stop
  }
}

/** One round, which never rejects. A process that has its hands full has members looked into one by one: alerts and people go first. */
export async function keepStorms(desk: Desk, { isBusy = false }: { readonly isBusy?: boolean } = {}): Promise<void> {
  const { storms, store } = desk;
  const settings = storms !== undefined && isBusy ? { ...storms, investigations: 1 } : storms;
  await attempt(desk, "storms", async () => {
    if (settings === undefined) return;
    for (const storm of await store.storms.active()) await attempt(desk, storm.id, () => keep(desk, storm, settings));
  });
  await attempt(desk, "strays", () => keepStrays(desk));
  await attempt(desk, "reports", () => tellReports(desk));
}

/** What cannot be looked after keeps nothing else from being. */
async function attempt({ log }: Desk, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.warn({ what, because: messageOf(error) }, "something could not be looked after, the next round will");
  }
}

async function keep(desk: Desk, storm: Storm, settings: StormSettings): Promise<void> {
  const { storms } = desk.store;
  const before = await storms.members(storm.id);
  const isNext = nextToLookInto(before, settings).length > 0;
  if (isNext) await lookIntoNext(desk, storm, settings);
  const members = isNext ? await storms.members(storm.id) : before;
  if (isOver(storm, members, { nowMs: desk.clock.nowMs(), quietMs: settings.quietMs })) await end(desk, storm, settings);
  else await update(desk, { storm, members });
}

async function lookIntoNext(desk: Desk, storm: Storm, settings: StormSettings): Promise<void> {
  const begun = await commit(desk, async (tables) => {
    const next = nextToLookInto(await tables.storms.members(storm.id), settings);
    return Promise.all(next.map((member) => lookInto(tables, desk, member)));
  });
  for (const { id } of begun) await queueInvestigation(desk, id);
}

async function update(desk: Desk, facts: StormFacts): Promise<void> {
  const changed = await changedLines(desk.store.outbox, facts);
  if (changed.length > 0) await commit(desk, (tables) => sayStorm(tables.outbox, desk, facts));
}

async function end(desk: Desk, storm: Storm, { quietMs }: StormSettings): Promise<void> {
  await commit(desk, async (tables) => {
    const nowMs = desk.clock.nowMs();
    const now = await tables.storms.get(storm.id);
    const members = await tables.storms.members(storm.id);
    if (now === undefined || !isOver(now, members, { nowMs, quietMs }) || !(await tables.storms.end(storm.id, nowMs))) return;
    const over: Storm = { ...now, state: "over", endedAtMs: nowMs };
    await sayStorm(tables.outbox, desk, { storm: over, members });
    await sayWhole(tables.outbox, desk, { storm: over, members });
  });
}

/** Threads that were told of a report a moment ago are told of those since, once the lapse is over. */
async function tellReports(desk: Desk): Promise<void> {
  const untold = await desk.store.incidents.untold(desk.clock.nowMs() - TOLD_AGAIN_MS, MOST_AT_ONCE);
  if (untold.length === 0) return;
  await commit(desk, async (tables) => {
    for (const { id } of untold) {
      const incident = await tables.incidents.get(id);
      if (incident === undefined || incident.stormId !== undefined || incident.state === "resolved") continue;
      if (!(await tables.incidents.mayTell(id, { nowMs: desk.clock.nowMs(), lapseMs: TOLD_AGAIN_MS }))) continue;
      const [newest] = (await tables.heard.counts(id)).toSorted((left, right) => right.lastAtMs - left.lastAtMs);
      const actor = newest === undefined ? incident.openedBy : ({ kind: "alert", source: newest.source } as const);
      await desk.narrator(tables, { kind: "joined", incident, actor });
    }
  });
}
