import { describe, expect, it } from "vitest";
import type { MemoryReading } from "../../src/domain/memory.ts";
import type { ContainerTarget } from "../../src/domain/target.ts";
import { PRESSURE_SETTINGS } from "../../src/domain/trend/pressure.ts";
import { suspectLeak } from "../../src/domain/trend/suspect-leak.ts";
import type { WatchedTarget } from "../../src/domain/watch.ts";
import { weigh, type Weighed } from "../../src/watch/weigh.ts";

const GIB = 2 ** 30;
const MINUTE_MS = 60_000;
const T0_MS = Date.UTC(2025, 9, 28, 12);
const KONG: ContainerTarget = { kind: "docker", connection: "local", name: "kong" };

const reading = (minute: number, share: number, change: Partial<MemoryReading> = {}): MemoryReading => ({
  atMs: T0_MS + minute * MINUTE_MS,
  usageBytes: Math.round(share * 2 * GIB),
  limitBytes: 2 * GIB,
  startedAtMs: T0_MS - 6 * 3_600_000,
  ...change,
});

/** Weighs one reading after the other, as the watch does; what was news at which minute. */
function watch(
  readings: readonly MemoryReading[],
  before?: WatchedTarget,
): { readonly last: WatchedTarget; readonly news: readonly string[] } {
  let last = before;
  const news: string[] = [];
  readings.forEach((each, index) => {
    const suspicion = suspectLeak(readings.slice(0, index + 1));
    const weighed: Weighed = weigh(last, { target: KONG, reading: each, suspicion, settings: PRESSURE_SETTINGS });
    last = weighed.watched;
    news.push(...weighed.news.map(({ kind }) => `${Math.round((each.atMs - T0_MS) / MINUTE_MS)} ${kind}`));
  });
  if (last === undefined) throw new Error("expected at least one reading");
  return { last, news };
}

/** Readings every five minutes. */
const shares = (...all: readonly number[]): readonly MemoryReading[] => all.map((share, index) => reading(index * 5, share));

describe("how near to its limit", () => {
  it("one reading above a threshold is no news, two are", () => {
    expect(watch(shares(0.5, 0.72, 0.5, 0.72, 0.74)).news).toEqual(["20 warning"]);
  });

  it("swinging around a threshold is told once", () => {
    expect(watch(shares(0.5, 0.71, 0.71, 0.69, 0.71, 0.69, 0.68, 0.72, 0.66, 0.71)).news).toEqual(["10 warning"]);
  });

  it("goes from a warning to critical, and back to a warning without a word", () => {
    const { news, last } = watch(shares(0.72, 0.73, 0.86, 0.88, 0.78, 0.78, 0.77));
    expect(news).toEqual(["5 warning", "15 critical"]);
    expect(last.pressure.level).toBe("warning");
  });

  it("is calm when it is clear of the threshold, and said once", () => {
    expect(watch(shares(0.72, 0.73, 0.5, 0.5, 0.5)).news).toEqual(["5 warning", "15 calm"]);
  });

  it("is told of in words with figures and units", () => {
    const { watched } = weigh(undefined, aReading(0.86));
    const { news } = weigh(watched, aReading(0.86));
    expect(news).toEqual([{ kind: "critical", says: "docker/kong uses 1.7 GiB of its limit of 2.0 GiB (86%)." }]);
  });

  it("without a limit there is none", () => {
    const unlimited = [0.9, 3, 9].map((share, index) => ({ atMs: T0_MS + index * 300_000, usageBytes: share * GIB }));
    expect(watch(unlimited).news).toEqual([]);
  });

  it("a limit that is taken away while it presses ends the trouble", () => {
    const { limitBytes: _, ...unlimited } = reading(10, 0.9);
    const { news, last } = watch([reading(0, 0.9), reading(5, 0.9), unlimited]);
    expect(news).toEqual(["5 critical", "10 calm"]);
    expect(last.marks).toEqual([{ atMs: T0_MS + 10 * MINUTE_MS, kind: "change" }]);
  });
});

describe("a leak", () => {
  // 1.0 GiB and 4% more each time: 27% in half an hour, and the limit is near.
  const growing = Array.from({ length: 12 }, (_, index) => reading(index * 5, 0.5 * 1.045 ** index));

  it("is raised once while it goes on", () => {
    const leaks = watch(growing).news.filter((one) => one.endsWith("leak"));
    expect(leaks).toHaveLength(1);
  });

  it("is given up when nothing has spoken for it for half an hour, not before", () => {
    const leaking = watch(growing).last;
    const [topMs, top] = [55, 0.5 * 1.045 ** 11];
    const flat = (count: number) => Array.from({ length: count }, (_, index) => reading(topMs + 5 + index * 5, top - 0.3));
    const quiet = (count: number): Weighed | undefined => {
      let weighed: Weighed | undefined;
      for (const each of flat(count)) {
        const none = { ...suspectLeak([each]), kind: "none" } as const;
        weighed = weigh(weighed?.watched ?? leaking, { target: KONG, reading: each, suspicion: none, settings: PRESSURE_SETTINGS });
      }
      return weighed;
    };
    expect(leaking.leak).toBeDefined();
    expect(quiet(6)?.watched.leak).toMatchObject({ sinceMs: leaking.leak?.sinceMs });
    expect(quiet(7)?.watched.leak).toBeUndefined();
    expect(quiet(7)?.news.map(({ kind }) => kind)).toEqual(["calm"]);
    expect(quiet(8)?.news).toEqual([]);
  });

  it("keeps when it began, and takes its newest words, when it is seen again within that time", () => {
    const first = watch(growing).last;
    const suspicion = { ...suspectLeak(growing), kind: "fast" as const, says: "grows still" };
    const none = { ...suspicion, kind: "none" as const };
    const quiet = weigh(first, { target: KONG, reading: reading(60, 0.6), suspicion: none, settings: PRESSURE_SETTINGS }).watched;
    expect(quiet.leak?.quietSinceMs).toBe(T0_MS + 60 * MINUTE_MS);
    const again = weigh(quiet, { target: KONG, reading: reading(65, 0.6), suspicion, settings: PRESSURE_SETTINGS });
    expect(again.watched.leak).toEqual({ sinceMs: first.leak?.sinceMs, says: "grows still" });
    expect(again.news).toEqual([]);
  });
});

describe("a kill", () => {
  const killed = (lastMs: number): WatchedTarget => ({
    ...watch([reading(0, 0.5)]).last,
    kills: { count: 3, firstMs: T0_MS + MINUTE_MS, lastMs },
  });

  it("is a trouble for half an hour after the last one", () => {
    const readings = [5, 20, 31, 36, 41].map((minute) => reading(minute, 0.5));
    expect(watch(readings, killed(T0_MS + MINUTE_MS)).news).toEqual(["36 calm"]);
  });

  it("does not end while memory presses", () => {
    const readings = [5, 10, 31, 36, 41].map((minute) => reading(minute, 0.9));
    expect(watch(readings, killed(T0_MS + MINUTE_MS)).news).toEqual(["10 critical"]);
  });

  it("is told calm after a pause of the watch too", () => {
    expect(watch([reading(300, 0.5)], killed(T0_MS + MINUTE_MS)).news).toEqual(["300 calm"]);
  });
});

describe("marks", () => {
  it("a restart is marked where it happened, a changed limit where it was seen", () => {
    const restarted = reading(10, 0.2, { startedAtMs: T0_MS + 7 * MINUTE_MS });
    const { last } = watch([
      reading(0, 0.5),
      reading(5, 0.5),
      restarted,
      { ...restarted, atMs: T0_MS + 15 * MINUTE_MS, limitBytes: 4 * GIB },
    ]);
    expect(last.marks).toEqual([
      { atMs: T0_MS + 7 * MINUTE_MS, kind: "restart" },
      { atMs: T0_MS + 15 * MINUTE_MS, kind: "change" },
    ]);
  });

  it("what an event has told already is marked once", () => {
    const marks = [
      { atMs: T0_MS + 7 * MINUTE_MS + 40, kind: "restart" },
      { atMs: T0_MS + 8 * MINUTE_MS, kind: "change" },
    ] as const;
    const before = { ...watch([reading(5, 0.5)]).last, marks };
    const after = reading(10, 0.2, { startedAtMs: T0_MS + 7 * MINUTE_MS, limitBytes: 4 * GIB });
    expect(watch([after], before).last.marks).toEqual(marks);
  });

  it("a reading that does not know its start says nothing of a restart", () => {
    const { startedAtMs: _, ...without } = reading(5, 0.5);
    expect(watch([reading(0, 0.5), without, reading(10, 0.5)]).last.marks).toEqual([]);
  });
});

function aReading(share: number) {
  const one = reading(0, share);
  return { target: KONG, reading: one, suspicion: suspectLeak([one]), settings: PRESSURE_SETTINGS };
}
