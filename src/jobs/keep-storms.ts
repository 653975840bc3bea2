import type { DeliveryContent } from "../domain/delivery.ts";
import { messageOf } from "../domain/errors.ts";
import { canonicalJson } from "../domain/json.ts";
import type { Message } from "../domain/message.ts";
import { isOver, nextToLookInto, type Storm, type StormMember, type StormSettings } from "../domain/storm.ts";
import { commit, queueInvestigation } from "../incidents/commit.ts";
import type { Desk } from "../incidents/desk.ts";
import { lookInto } from "../incidents/take-out.ts";
import { TOLD_AGAIN_MS } from "../incidents/open-incident.ts";
import { stormOver, stormPages, stormRoot } from "../messages/storm.ts";
import type { Tables } from "../ports/store.ts";
import { stormSlot } from "./tell-in-storm.ts";

export type StormKeeper = {
  start(): void;
  /** Waits for what is underway. */
  stop(): Promise<void>;
};

const EVERY_MS = 2_000;
const MOST_AT_ONCE = 100;

/**
 * Goes round every two seconds, on every replica; what one has done the next finds done. Members get their turns, the
 * list is brought up to date, what is quiet ends, and threads are told of the reports that came in heaps.
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
  while (!stopping.aborted) {
    try {
      await keepStorms(desk);
    } catch (error) {
      desk.log.warn({ because: messageOf(error) }, "storms could not be looked after, the next round will");
    }
    await desk.clock.sleep(EVERY_MS, stopping).catch(() => undefined); // called off when it is to stop
  }
}

/** One round. */
export async function keepStorms(desk: Desk): Promise<void> {
  const { storms: settings } = desk;
  if (settings !== undefined) for (const storm of await desk.store.storms.active()) await keep(desk, storm, settings);
  await tellReports(desk);
}

async function keep(desk: Desk, storm: Storm, settings: StormSettings): Promise<void> {
  await lookIntoNext(desk, storm, settings);
  const members = await desk.store.storms.members(storm.id);
  if (isOver(storm, members, { nowMs: desk.clock.nowMs(), quietMs: settings.quietMs })) await end(desk, storm, settings);
  else await update(desk, storm, members);
}

async function lookIntoNext(desk: Desk, storm: Storm, settings: StormSettings): Promise<void> {
  const begun = await commit(desk, async (tables) => {
    const next = nextToLookInto(await tables.storms.members(storm.id), settings);
    return Promise.all(next.map((member) => lookInto(tables, desk, member)));
  });
  for (const { id } of begun) await queueInvestigation(desk, id);
}

/** What Slack has not been given yet is not changed: the next round finds it given, or still waiting. */
async function update(desk: Desk, storm: Storm, members: readonly StormMember[]): Promise<void> {
  const changed: Line[] = [];
  for (const line of linesOf({ storm, members })) {
    const before = await desk.store.outbox.bySlot(line.slot);
    if (before !== undefined && (before.state === "due" || isSame(before.content, line.message))) continue;
    changed.push(before === undefined ? { ...line, priority: 2 } : line);
  }
  if (changed.length > 0) await commit(desk, (tables) => say(tables, desk, { storm, lines: changed }));
}

async function end(desk: Desk, storm: Storm, { quietMs }: StormSettings): Promise<void> {
  await commit(desk, async (tables) => {
    const nowMs = desk.clock.nowMs();
    const now = await tables.storms.get(storm.id);
    const members = await tables.storms.members(storm.id);
    if (now === undefined || !isOver(now, members, { nowMs, quietMs }) || !(await tables.storms.end(storm.id, nowMs))) return;
    const over: Storm = { ...now, state: "over", endedAtMs: nowMs };
    const last = { slot: `${storm.id}/over`, message: stormOver({ storm: over, members }), priority: 2, isBelow: true } as const;
    await say(tables, desk, { storm: over, lines: [...linesOf({ storm: over, members }), last] });
  });
}

type Line = { readonly slot: string; readonly message: Message; readonly priority: 2 | 3; readonly isBelow: boolean };

function linesOf(facts: { readonly storm: Storm; readonly members: readonly StormMember[] }): readonly Line[] {
  const pages = stormPages(facts).map((message, index) => ({ slot: `${facts.storm.id}/list/${index}`, message, isBelow: true }));
  return [{ slot: stormSlot(facts.storm.id), message: stormRoot(facts), isBelow: false }, ...pages].map((line) => ({
    ...line,
    priority: 3,
  }));
}

type Saying = { readonly storm: Storm; readonly lines: readonly Line[] };

async function say({ outbox }: Tables, { ids, clock }: Desk, { storm, lines }: Saying): Promise<void> {
  for (const { slot, message, priority, isBelow } of lines) {
    const thread = isBelow ? { thread: { slot: stormSlot(storm.id) } } : {};
    const content = { kind: "message", message } as const;
    await outbox.say({ slot, channel: storm.channel, content, priority, ...thread }, ids.next("dlv"), clock.nowMs());
  }
}

/** The store gives back what it was given with its keys in an order of its own. */
function isSame(content: DeliveryContent, message: Message): boolean {
  return canonicalJson(content) === canonicalJson({ kind: "message", message });
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
