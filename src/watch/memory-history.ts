import { judgeTrend } from "../domain/trend/judge-trend.ts";
import { KEPT } from "../domain/trend/thin-readings.ts";
import { killsSince } from "../domain/watch.ts";
import { readingKey } from "../domain/target.ts";
import type { Clock } from "../ports/clock.ts";
import type { MemoryHistory } from "../ports/memory-history.ts";
import type { Tables } from "../ports/store.ts";

/** What the watch has stored, for whoever wants to look back. */
export function createMemoryHistory(tables: Pick<Tables, "readings" | "watched">, clock: Clock): MemoryHistory {
  return {
    readings: (target, sinceMs) => tables.readings.of(readingKey(target), sinceMs),
    async kills(target, sinceMs) {
      const watched = await tables.watched.get(readingKey(target));
      return watched === undefined ? undefined : killsSince(watched, sinceMs);
    },
    async trend(target) {
      const readings = await tables.readings.of(readingKey(target), clock.nowMs() - KEPT.thinnedMs);
      return readings.length === 0 ? undefined : judgeTrend(readings);
    },
  };
}
