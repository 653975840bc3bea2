import { counted } from "../domain/count.ts";
import { formatTarget, readingKey, targetKey, type Target } from "../domain/target.ts";
import { NO_PRESSURE } from "../domain/trend/pressure.ts";
import { countKill, hasMark, KILLS_FORGOTTEN_MS, withMark, type Kills, type WatchedTarget } from "../domain/watch.ts";
import type { Tables } from "../ports/store.ts";
import { tell } from "./tell.ts";
import type { Telling } from "./telling.ts";
import type { WatchDeps } from "./watch-deps.ts";

/** The kills of one container. */
type Series = Kills & { readonly of: Target };

export type Killing = {
  readonly target: Target;
  readonly atMs: number;
  /** A sentence about a kill that was the first; absent: the kernel killed a process in the target. */
  readonly says?: string;
};

/** Counts a kill and tells of it: once, however often this is called for it. */
export async function recordKill(deps: WatchDeps, { target, atMs, says }: Killing): Promise<void> {
  if (isCounted(await watchedNow(deps.desk.store, { target, atMs }), atMs)) return; // told before a crash
  await tell(deps, { target, kinds: ["killed"], lookInto: "seldom" }, async (tables) => {
    // Counted here, where no other kill can be counted at the same moment.
    const before = await watchedNow(tables, { target, atMs });
    if (isCounted(before, atMs)) return [];
    const kills = countKill(before.kills, atMs);
    await tables.watched.put([{ ...withMark(before, { atMs, kind: "kill" }), kills }]);
    return [killNews(target, await killsOfOwner(tables, target, kills), says)];
  });
}

async function watchedNow({ watched }: Pick<Tables, "watched">, { target, atMs }: Killing): Promise<WatchedTarget> {
  return (await watched.get(readingKey(target))) ?? { target, seenAtMs: atMs, pressure: NO_PRESSURE, marks: [] };
}

function isCounted(watched: WatchedTarget, atMs: number): boolean {
  return hasMark(watched, { atMs, kind: "kill" });
}

/** Of a workload the kills of all its pods are one series: fifty replicas that are killed once each are one trouble. */
async function killsOfOwner({ watched }: Pick<Tables, "watched">, target: Target, { lastMs }: Kills): Promise<readonly Series[]> {
  const all = await watched.ofOwner(targetKey(target));
  return all.flatMap(({ target: of, kills }) =>
    kills !== undefined && kills.lastMs >= lastMs - KILLS_FORGOTTEN_MS ? [{ of, ...kills }] : [],
  );
}

function killNews(target: Target, series: readonly Series[], says: string | undefined): Telling {
  const count = series.reduce((sum, one) => sum + one.count, 0);
  const sinceMs = Math.min(...series.map(({ firstMs }) => firstMs));
  const where = target.kind === "node" ? "on" : "in";
  const name = formatTarget(target);
  if (count === 1) return { kind: "killed", says: says ?? `The kernel killed a process ${where} ${name} for want of memory.`, sinceMs };
  const seconds = Math.max(1, Math.round((Math.max(...series.map(({ lastMs }) => lastMs)) - sinceMs) / 1000));
  const within = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  const whole = series.length === 1 ? name : `${placesOf(series)} of ${targetKey(target)}`;
  return {
    kind: "killed",
    says: `The kernel killed processes ${where} ${whole} for want of memory: ${count} kills within ${within}.`,
    sinceMs,
    isRepetition: !isPowerOfTwo(count),
  };
}

/** Pods are what people count; of a single pod its containers. */
function placesOf(series: readonly Series[]): string {
  const pods = new Set(series.map(({ of }) => (of.kind === "workload" ? of.pod : undefined)));
  return pods.size > 1 ? `${pods.size} pods` : counted(series.length, "container");
}

/** The second kill is worth a line in the timeline, the fourth, the eighth ...: a thousand kills are ten lines. */
function isPowerOfTwo(count: number): boolean {
  return Number.isInteger(Math.log2(count));
}
