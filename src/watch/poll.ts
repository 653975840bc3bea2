import { messageOf, OomphError } from "../domain/errors.ts";
import type { MemoryReading } from "../domain/memory.ts";
import { readingKey } from "../domain/target.ts";
import { NO_PRESSURE } from "../domain/trend/pressure.ts";
import { KEPT, thinReadings } from "../domain/trend/thin-readings.ts";
import { suspectLeak } from "../domain/trend/suspect-leak.ts";
import { isTroubled, withEvents, type WatchedTarget } from "../domain/watch.ts";
import type { Tables } from "../ports/store.ts";
import type { Look, ReadingSource, SourcePage } from "../ports/reading-source.ts";
import { atOnceFor } from "./at-once.ts";
import { calmAbsent } from "./calm-absent.ts";
import { tell, tellCalm } from "./tell.ts";
import type { Telling } from "./telling.ts";
import type { WatchDeps } from "./watch-deps.ts";
import { weigh, type Weighed } from "./weigh.ts";

/** How a round went. */
export type Round = { readonly read: number; readonly failed: number; readonly news: number };

const HOUR_MS = 3_600_000;

/**
 * One look at every watched container of every host and cluster: stored, weighed against what was read before, and what is
 * new is told. What cannot be read is logged, and the others go on.
 */
export async function poll(deps: WatchDeps, signal: AbortSignal): Promise<Round> {
  const { clock, log, store } = deps.desk;
  const beganAtMs = clock.nowMs();
  let [read, failed, news] = [0, 0, 0];
  for (const source of deps.sources) {
    const round = await pollOne(deps, source, signal);
    read += round.read;
    failed += round.failed;
    news += round.news;
  }
  await store.watched.forget(clock.nowMs() - deps.keepMs);
  const tookMs = clock.nowMs() - beganAtMs;
  log.info({ read, failed, news, tookMs }, "looked at every watched container");
  if (tookMs > deps.everyMs) log.warn({ tookMs, everyMs: deps.everyMs }, "a look took longer than watch.every, so the next one is late");
  return { read, failed, news };
}

/** Page by page: of thousands of containers only what runs is known at once, by name. */
async function pollOne(deps: WatchDeps, source: ReadingSource, signal: AbortSignal): Promise<Round> {
  let [read, failed, news] = [0, 0, 0];
  const [running, stopped] = [new Set<string>(), new Set<string>()];
  for await (const page of pagesOf(deps, source, signal)) {
    if (page === "broken-off") return { read, failed: failed + 1, news }; // what was not told may run all the same
    for (const key of page.running) running.add(key);
    for (const key of page.stopped) stopped.add(key);
    failed += page.failed.length;
    read += page.looks.length;
    await deps.desk.store.readings.add(page.looks.map(({ target, reading }) => ({ targetKey: readingKey(target), reading })));
    news += await weighAll(deps, page.looks, signal);
  }
  news += await calmAbsent(deps, source, { running, stopped });
  return { read, failed, news };
}

async function* pagesOf({ desk }: WatchDeps, source: ReadingSource, signal: AbortSignal): AsyncGenerator<SourcePage | "broken-off"> {
  const where = { source: source.kind, connection: source.name };
  try {
    for await (const page of source.read({ atOnce: atOnceFor(1), signal })) {
      for (const { name, because } of page.failed) desk.log.warn({ ...where, container: name, because }, "a container could not be read");
      yield page;
    }
  } catch (error) {
    signal.throwIfAborted();
    desk.log.warn({ ...where, because: messageOf(error) }, "a Docker host or cluster could not be watched this time");
    yield "broken-off";
  }
}

async function weighAll(deps: WatchDeps, looks: readonly Look[], signal: AbortSignal): Promise<number> {
  let news = 0;
  const quiet: WatchedTarget[] = [];
  for (const look of looks) {
    signal.throwIfAborted();
    try {
      const weighed = await weighOne(deps, look);
      if (weighed.news.length === 0) quiet.push(weighed.watched);
      else await remember(deps, weighed);
      news += weighed.news.length;
    } catch (error) {
      // The store is away, and the job runs again. Anything else concerns this one container.
      if (error instanceof OomphError && error.retryable) throw error;
      deps.desk.log.error(
        { target: readingKey(look.target), because: messageOf(error), error },
        "a container's readings could not be weighed",
      );
    }
    await new Promise<void>((resolve) => setImmediate(resolve)); // whoever waits for an answer goes first
  }
  // All at once: a transaction waits for the disk.
  await deps.desk.store.transaction(async (tables) => {
    const now: WatchedTarget[] = [];
    for (const one of quiet) now.push(withEvents(one, await tables.watched.get(readingKey(one.target))));
    await tables.watched.put(now);
  });
  return news;
}

async function weighOne(deps: WatchDeps, { target, reading }: Look): Promise<Weighed> {
  const { store: tables } = deps.desk;
  const key = readingKey(target);
  const before = await tables.watched.get(key);
  const all = await tables.readings.of(key, reading.atMs - KEPT.thinnedMs);
  // Those of a time to come were taken before the host's clock was set back.
  const readings = all.filter(({ atMs }) => atMs <= reading.atMs);
  await thinHourly(deps, key, readings);
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
  const { target } = watched;
  const calm = news.find(({ kind }) => kind === "calm");
  if (calm !== undefined) {
    await tellCalm(deps, { target, says: calm.says }, async (tables) => !isTroubled(await put(tables, watched), watched.seenAtMs));
    return;
  }
  const tellings = news.flatMap(({ kind, says }): readonly Telling[] =>
    kind === "calm" ? [] : [{ kind, says, sinceMs: kind === "leak" ? (watched.leak?.sinceMs ?? watched.seenAtMs) : watched.seenAtMs }],
  );
  const kinds = tellings.map(({ kind }) => kind);
  await tell(deps, { target, kinds, lookInto: "always" }, async (tables, how) => {
    const now = await tables.watched.get(readingKey(target));
    await put(tables, how === "told" ? watched : asBefore(watched, now));
    return tellings.filter(({ kind }) => !isKnown(kind, now));
  });
}

/** What nobody was told of is news again at the next look, so that it is told when the quiet is over. */
function asBefore(watched: WatchedTarget, now: WatchedTarget | undefined): WatchedTarget {
  const { leak: _, ...rest } = watched;
  return { ...rest, pressure: now?.pressure ?? NO_PRESSURE, ...(now?.leak === undefined ? {} : { leak: now.leak }) };
}

/** Another process may have looked at the same time, as when this one was taken for dead. */
function isKnown(kind: Telling["kind"], now: WatchedTarget | undefined): boolean {
  return kind === "leak" ? now?.leak !== undefined : now?.pressure.level === kind;
}

/** Events may have been heard since the target was weighed. */
async function put(tables: Tables, weighed: WatchedTarget): Promise<WatchedTarget> {
  const watched = withEvents(weighed, await tables.watched.get(readingKey(weighed.target)));
  await tables.watched.put([watched]);
  return watched;
}
