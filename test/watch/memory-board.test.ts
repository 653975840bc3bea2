import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startDaemon, type LabDaemon } from "../../scripts/lab/daemon/daemon.ts";
import { startRedis, type RedisLab } from "../../scripts/lab/redis.ts";
import type { MemoryReading } from "../../src/domain/memory.ts";
import { targetKey } from "../../src/domain/target.ts";
import { NO_PRESSURE } from "../../src/domain/trend/pressure.ts";
import type { MemoryChart } from "../../src/ports/chart.ts";
import type { MemoryBoard } from "../../src/ports/memory-history.ts";
import { createMemoryBoard } from "../../src/watch/memory-board.ts";
import { createMemoryHistory } from "../../src/watch/memory-history.ts";
import { startDesk, type TestDesk } from "../support/desk.ts";
import { container, startWatch, type WatchRig } from "./rig.ts";

const MIB = 2 ** 20;
const HOUR_MS = 3_600_000;
const NOT_SIGNALLED = new AbortController().signal;

describe("memory as people ask about it", () => {
  let redis: RedisLab;
  let test: TestDesk;
  let [daemon, other]: readonly LabDaemon[] = [];
  let watch: WatchRig;
  let board: MemoryBoard;
  const drawn: MemoryChart[] = [];

  beforeAll(async () => {
    [redis, daemon, other] = await Promise.all([startRedis(), startDaemon(), startDaemon()]);
    test = await startDesk({ redisUrl: redis.url });
    watch = startWatch(test, { sockets: { local: daemon.path, second: other.path } });
    const draw = async (chart: MemoryChart): Promise<Uint8Array> => {
      drawn.push(chart);
      return Uint8Array.of(1);
    };
    board = createMemoryBoard({
      tables: test.desk.store,
      sources: watch.deps.sources,
      charts: { draw },
      clock: test.desk.clock,
    });
  });
  beforeEach(() => void drawn.splice(0));
  afterAll(async () => {
    await watch.end();
    await Promise.all([test.stop(), daemon?.close(), other?.close()]);
    await redis.stop();
  });

  /** Read so often, a quarter of an hour apart, the last just now. */
  async function read(name: string, usage: readonly number[], change: Partial<MemoryReading> = {}): Promise<void> {
    const nowMs = test.desk.clock.nowMs();
    const target = container(name);
    const readings = usage.map((mib, index): MemoryReading => {
      const atMs = nowMs - (usage.length - 1 - index) * (HOUR_MS / 4);
      return { atMs, usageBytes: Math.round(mib * MIB), limitBytes: 512 * MIB, startedAtMs: nowMs - 72 * HOUR_MS, ...change };
    });
    await test.desk.store.readings.add(readings.map((reading) => ({ targetKey: targetKey(target), reading })));
    const newest = readings.at(-1);
    const marks = [{ atMs: nowMs - HOUR_MS, kind: "kill" }] as const;
    if (newest !== undefined) await test.desk.store.watched.put([{ target, seenAtMs: nowMs, newest, pressure: NO_PRESSURE, marks }]);
  }

  it("lists all hosts together, fullest first, what has no limit last", async () => {
    daemon?.put("web", { usageBytes: 100 * MIB });
    daemon?.put("free", { usageBytes: 900 * MIB, limitBytes: 0 });
    other?.put("web", { usageBytes: 400 * MIB });
    const { rows, missing } = await board.top(NOT_SIGNALLED);
    expect(rows.map(({ target }) => targetKey(target))).toEqual(["second:docker/web", "docker/web", "docker/free"]);
    expect(missing).toEqual([]);
  });

  it("shows what was read last of a host that does not answer", async () => {
    other?.put("api", { usageBytes: 300 * MIB });
    await watch.look();
    await other?.close();
    const { rows, missing } = await board.top(NOT_SIGNALLED);
    expect(rows.map(({ target }) => targetKey(target))).toContain("second:docker/api");
    expect(missing).toMatchObject([{ source: "second" }]);
  });

  it("draws a leak with its forecast and marks, no further ahead than was seen", async () => {
    await read(
      "leaking",
      Array.from({ length: 120 }, (_, index) => 200 + index * 2),
    );
    const picture = await board.picture(container("leaking"));
    expect(picture).toMatchObject({
      readings: 120,
      says: expect.stringMatching(/^docker\/leaking uses 438\.0 MiB.*The limit is reached in about/),
    });
    const [chart] = drawn;
    expect(chart?.marks).toMatchObject([{ kind: "kill", label: "OOM kill" }]);
    const newestMs = picture?.newest.atMs ?? 0;
    expect(chart?.forecast?.untilMs).toBeGreaterThan(newestMs);
    expect(chart?.forecast?.untilMs).toBeLessThanOrEqual(newestMs + 30 * HOUR_MS);
  });

  it("draws what does not leak without a forecast", async () => {
    await read(
      "steady",
      Array.from({ length: 48 }, (_, index) => 200 + (index % 3)),
    );
    await board.picture(container("steady"));
    expect(drawn[0]).not.toHaveProperty("forecast");
    expect(drawn[0]?.subtitle).toMatch(/^It stays between/);
  });

  it("a picture of six looks illustrates, of five it does not", async () => {
    await read("young", [1, 2, 3, 4, 5]);
    expect(await board.illustrate(container("young"))).toBeUndefined();
    expect(await board.picture(container("young"))).toBeDefined();
    await read("older", [1, 2, 3, 4, 5, 6]);
    expect(await board.illustrate(container("older"))).toMatchObject({ readings: 6 });
    expect(await board.picture(container("never-read"))).toBeUndefined();
  });

  it("leaves out what was read before a clock was set back", async () => {
    await read("jumped", [1, 2, 3, 4, 5, 6]);
    const later = { atMs: test.desk.clock.nowMs() + HOUR_MS, usageBytes: 500 * MIB };
    await test.desk.store.readings.add([{ targetKey: "docker/jumped", reading: later }]);
    expect(await board.picture(container("jumped"))).toMatchObject({ readings: 6, newest: { usageBytes: 6 * MIB } });
  });

  it("what is stored has a trend; what never was read has none", async () => {
    const history = createMemoryHistory(test.desk.store, test.desk.clock);
    await read(
      "growing",
      Array.from({ length: 120 }, (_, index) => 200 + index * 2),
    );
    expect(await history.trend(container("growing"))).toMatchObject({ kind: "leak" });
    expect(await history.readings(container("growing"), 0)).toHaveLength(120);
    expect(await history.trend(container("never-read"))).toBeUndefined();
  });

  it("kills that were heard of are counted from a time on; beyond the marks that are kept by the newest series", async () => {
    const history = createMemoryHistory(test.desk.store, test.desk.clock);
    const marks = [1000, 2000, 3000].map((atMs) => ({ atMs, kind: "kill" as const }));
    const watched = { target: container("killed"), seenAtMs: 3000, pressure: { level: "ok" as const }, marks };
    await test.desk.store.watched.put([{ ...watched, kills: { count: 25, firstMs: 500, lastMs: 3000 } }]);
    expect(await history.kills(container("killed"), 400)).toBe(25);
    expect(await history.kills(container("killed"), 2000)).toBe(2);
    expect(await history.kills(container("never-heard-of"), 0)).toBeUndefined();
  });
});
