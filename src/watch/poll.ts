import { messageOf, OomphError } from "../domain/errors.ts";
import type { MemoryReading } from "../domain/memory.ts";
import { targetKey } from "../domain/target.ts";
import { KEPT, thinReadings } from "../domain/trend/thin-readings.ts";
import { suspectLeak } from "../domain/trend/suspect-leak.ts";
import { isTroubled, withEvents, type WatchedTarget } from "../domain/watch.ts";
import type { Tables } from "../ports/store.ts";
import { calmAbsent } from "./calm-absent.ts";
import { atOnceFor, readHost, type HostLook, type Look } from "./read-host.ts";
import { tell, tellCalm, type Telling } from "./tell.ts";
import type { WatchDeps } from "./watch-deps.ts";
import { weigh, type Weighed } from "./weigh.ts";

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
    const look = await lookAt(deps, name, signal);
    failed += look?.failed.length ?? 1;
    if (look === undefined) continue;
    read += look.looks.length;
    await deps.desk.store.readings.add(look.looks.map(({ target, reading }) => ({ targetKey: targetKey(target), reading })));
    news += await weighAll(deps, look.looks, signal);
    news += await calmAbsent(deps, name, look);
  }
  await deps.desk.store.watched.forget(deps.desk.clock.nowMs() - deps.keepMs);
  return { read, failed, news };
}

async function lookAt({ desk, hosts, isWatched }: WatchDeps, name: string, signal: AbortSignal): Promise<HostLook | undefined> {
  try {
    const looking = { isWatched: (container: string) => isWatched(name, container), atOnce: atOnceFor(1), signal };
    const look = await readHost(hosts.host(name), looking);
    for (const { name: container, because } of look.failed)
      desk.log.warn({ host: name, container, because }, "a container could not be read");
    return look;
  } catch (error) {
    signal.throwIfAborted();
    desk.log.warn({ host: name, because: messageOf(error) }, "a Docker host could not be watched this time");
    return undefined;
  }
}

async function weighAll(deps: WatchDeps, looks: readonly Look[], signal: AbortSignal): Promise<number> {
  let news = 0;
  const known = await knownNow(deps.desk.store);
  const quiet: WatchedTarget[] = [];
  for (const look of looks) {
    signal.throwIfAborted();
    try {
      const weighed = await weighOne(deps, look, known.get(targetKey(look.target)));
      if (weighed.news.length === 0) quiet.push(weighed.watched);
      else await remember(deps, weighed);
      news += weighed.news.length;
    } catch (error) {
      // The store is away, and the job runs again. Anything else concerns this one container.
      if (error instanceof OomphError && error.retryable) throw error;
      deps.desk.log.error(
        { target: targetKey(look.target), because: messageOf(error), error },
        "a container's readings could not be weighed",
      );
    }
    await new Promise<void>((resolve) => setImmediate(resolve)); // whoever waits for an answer goes first
  }
  // All at once: a transaction waits for the disk.
  await deps.desk.store.transaction(async (tables) => {
    const now = await knownNow(tables);
    await tables.watched.put(quiet.map((one) => withEvents(one, now.get(targetKey(one.target)))));
  });
  return news;
}

async function knownNow({ watched }: Pick<Tables, "watched">): Promise<ReadonlyMap<string, WatchedTarget>> {
  return new Map((await watched.list(0)).map((one) => [targetKey(one.target), one]));
}

async function weighOne(deps: WatchDeps, { target, reading }: Look, before: WatchedTarget | undefined): Promise<Weighed> {
  const { store: tables } = deps.desk;
  const key = targetKey(target);
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
  await tell(deps, { target, lookInto: "always" }, async (tables) => {
    const now = await tables.watched.get(targetKey(target));
    await put(tables, watched);
    return tellings.filter(({ kind }) => !isKnown(kind, now));
  });
}

/** Another process may have looked at the same time, as when this one was taken for dead. */
function isKnown(kind: Telling["kind"], now: WatchedTarget | undefined): boolean {
  return kind === "leak" ? now?.leak !== undefined : now?.pressure.level === kind;
}

/** Events may have been heard since the target was weighed. */
async function put(tables: Tables, weighed: WatchedTarget): Promise<WatchedTarget> {
  const watched = withEvents(weighed, await tables.watched.get(targetKey(weighed.target)));
  await tables.watched.put([watched]);
  return watched;
}
