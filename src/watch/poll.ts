import { messageOf } from "../domain/errors.ts";
import type { MemoryReading } from "../domain/memory.ts";
import { targetKey } from "../domain/target.ts";
import { KEPT, thinReadings } from "../domain/trend/thin-readings.ts";
import { suspectLeak } from "../domain/trend/suspect-leak.ts";
import type { WatchedTarget } from "../domain/watch.ts";
import type { Tables } from "../ports/store.ts";
import { readHost, type Look } from "./read-host.ts";
import { tell, tellCalm } from "./tell.ts";
import type { WatchDeps } from "./watch-deps.ts";
import { weigh, type Weighed, type WatchNews } from "./weigh.ts";

/** How a round went, for the log. */
export type Round = { readonly read: number; readonly failed: number; readonly news: number };

const HOUR_MS = 3_600_000;

/**
 * One look at every watched container of every host: stored, weighed against what was read before, and what is new is
 * told. A host or container that cannot be read is logged, and the others go on.
 */
export async function poll(deps: WatchDeps, signal: AbortSignal): Promise<Round> {
  let [read, failed, news] = [0, 0, 0];
  for (const name of deps.hosts.names()) {
    signal.throwIfAborted();
    try {
      const look = await readHost(deps.hosts.host(name), (container) => deps.isWatched(name, container), signal);
      await store(deps, look.looks);
      read += look.looks.length;
      failed += look.failed.length;
      for (const { name: container, because } of look.failed)
        deps.desk.log.warn({ host: name, container, because }, "a container could not be read");
      news += await weighAll(deps, look.looks, signal);
    } catch (error) {
      signal.throwIfAborted();
      failed += 1;
      deps.desk.log.warn({ host: name, because: messageOf(error) }, "a Docker host could not be watched this time");
    }
  }
  await deps.desk.store.watched.forget(deps.desk.clock.nowMs() - deps.keepMs);
  return { read, failed, news };
}

async function store({ desk }: WatchDeps, looks: readonly Look[]): Promise<void> {
  await desk.store.readings.add(looks.map(({ target, reading }) => ({ targetKey: targetKey(target), reading })));
}

async function weighAll(deps: WatchDeps, looks: readonly Look[], signal: AbortSignal): Promise<number> {
  let news = 0;
  for (const look of looks) {
    signal.throwIfAborted();
    const weighed = await weighOne(deps, look);
    await remember(deps, weighed);
    news += weighed.news.length;
    await new Promise<void>((resolve) => setImmediate(resolve)); // whoever waits for an answer goes first
  }
  return news;
}

async function weighOne(deps: WatchDeps, { target, reading }: Look): Promise<Weighed> {
  const { store: tables } = deps.desk;
  const key = targetKey(target);
  const readings = await tables.readings.of(key, reading.atMs - KEPT.thinnedMs);
  await thinHourly(deps, key, readings);
  const before = await tables.watched.get(key);
  return weigh(before, { target, reading, suspicion: suspectLeak(readings), settings: deps.pressure });
}

/** Once an hour: with the first look of the hour. */
async function thinHourly({ desk, keepMs }: WatchDeps, key: string, readings: readonly MemoryReading[]): Promise<void> {
  const [last, previous] = [readings.at(-1), readings.at(-2)];
  if (last === undefined || previous === undefined) return;
  if (Math.floor(last.atMs / HOUR_MS) === Math.floor(previous.atMs / HOUR_MS)) return;
  const all = await desk.store.readings.of(key, 0);
  await desk.store.readings.thin(key, last.atMs - KEPT.wholeMs, thinReadings(all, last.atMs, keepMs));
}

async function remember(deps: WatchDeps, { watched, news }: Weighed): Promise<void> {
  const [first, ...others] = news;
  const keep = (tables: Tables) => put(tables, watched);
  if (first === undefined) return deps.desk.store.transaction(keep);
  await told(deps, { watched, news: first }, keep);
  for (const one of others) await told(deps, { watched, news: one }, keep);
}

async function told(
  deps: WatchDeps,
  { watched, news }: { readonly watched: WatchedTarget; readonly news: WatchNews },
  keep: (tables: Tables) => Promise<void>,
): Promise<void> {
  const { target } = watched;
  const { kind, says } = news;
  if (kind === "calm") return tellCalm(deps, { target, says }, keep);
  await tell(deps, { target, kind, says, sinceMs: kind === "leak" ? (watched.leak?.sinceMs ?? watched.seenAtMs) : watched.seenAtMs }, keep);
}

/** Kills may have been counted by an event since the target was weighed. */
async function put(tables: Tables, watched: WatchedTarget): Promise<void> {
  const now = await tables.watched.get(targetKey(watched.target));
  await tables.watched.put([now?.kills === undefined ? watched : { ...watched, kills: now.kills }]);
}
