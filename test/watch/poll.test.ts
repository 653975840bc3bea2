import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startDaemon, type LabDaemon } from "../../scripts/lab/daemon/daemon.ts";
import { startRedis, type RedisLab } from "../../scripts/lab/redis.ts";
import { targetKey } from "../../src/domain/target.ts";
import { onContainerEvent } from "../../src/watch/on-event.ts";
import { startDesk, type TestDesk } from "../support/desk.ts";
import { container, startWatch, type WatchRig } from "./rig.ts";

const MIB = 2 ** 20;
const MINUTE_MS = 60_000;

describe("a look at everything", () => {
  let redis: RedisLab;
  let test: TestDesk;
  let daemon: LabDaemon;
  let other: LabDaemon;
  let watch: WatchRig;

  beforeAll(async () => {
    redis = await startRedis();
  });
  beforeEach(async () => {
    [test, daemon, other] = await Promise.all([startDesk({ redisUrl: redis.url }), startDaemon(), startDaemon()]);
    watch = startWatch(test, { sockets: { local: daemon.path, second: other.path } });
  });
  afterEach(async () => {
    await watch.end();
    await Promise.all([test.stop(), daemon.close(), other.close()]);
  });
  afterAll(() => redis.stop());

  const readings = async (name: string, connection?: string) => test.desk.store.readings.of(targetKey(container(name, connection)), 0);
  const known = async (name: string) => test.desk.store.watched.get(targetKey(container(name)));
  /** Time goes by, for Oomph and its hosts. */
  const later = (minutes = 5): void => {
    test.moveOn(minutes * MINUTE_MS);
    daemon.aheadMs += minutes * MINUTE_MS;
    other.aheadMs += minutes * MINUTE_MS;
  };
  /** Looks, so often, five minutes apart. */
  const looks = async (times: number): Promise<number> => {
    let news = 0;
    for (let index = 0; index < times; index += 1) {
      news += (await watch.look()).news;
      later();
    }
    return news;
  };

  it("stores a reading of every running container, by host and name", async () => {
    daemon.put("kong", { usageBytes: 300 * MIB });
    daemon.put("stopped", { isRunning: false });
    daemon.put("unlimited", { limitBytes: 0 });
    other.put("kong", { usageBytes: 10 * MIB });
    expect(await watch.look()).toEqual({ read: 3, failed: 0, news: 0 });
    expect(await readings("kong")).toMatchObject([{ usageBytes: 300 * MIB, limitBytes: 512 * MIB }]);
    expect((await readings("unlimited"))[0]).not.toHaveProperty("limitBytes");
    expect(await readings("stopped")).toEqual([]);
    expect(await readings("kong", "second")).toMatchObject([{ usageBytes: 10 * MIB }]);
  });

  it("one that takes longer than the time to the next is said to be late", async () => {
    const late = "a look took longer than watch.every, so the next one is late";
    daemon.put("kong");
    await watch.look();
    expect(watch.logged).not.toContain(late);
    daemon.hangs = () => {
      later(6);
      return false;
    };
    expect(await watch.look()).toMatchObject({ read: 1 });
    expect(watch.logged).toContain(late);
  });

  it("opens one incident for a container under pressure, and resolves it when it is well again", async () => {
    daemon.put("kong", { usageBytes: 460 * MIB });
    expect(await looks(4)).toBe(1);
    expect(await watch.told("kong")).toEqual([expect.stringContaining("460.0 MiB of its limit of 512.0 MiB (90%)")]);
    expect(await watch.incidents("kong")).toMatchObject([{ openedBy: { kind: "oomph" }, state: "open" }]);
    daemon.put("kong", { usageBytes: 100 * MIB });
    expect(await looks(3)).toBe(1);
    expect(await watch.incidents("kong")).toMatchObject([{ state: "resolved" }]);
  });

  it("an incident that somebody acts on is resolved when they are done", async () => {
    daemon.put("kong", { usageBytes: 460 * MIB });
    await looks(2);
    const [incident] = await watch.incidents("kong");
    const { incidents } = test.desk.store;
    await incidents.transition(incident?.id ?? "", ["open"], "investigating", test.desk.clock.nowMs());
    await incidents.transition(incident?.id ?? "", ["investigating"], "diagnosed", test.desk.clock.nowMs());
    await incidents.transition(incident?.id ?? "", ["diagnosed"], "acting", test.desk.clock.nowMs());
    daemon.put("kong", { usageBytes: 100 * MIB });
    await looks(3);
    expect(await watch.incidents("kong")).toMatchObject([{ state: "acting" }]);
    await incidents.transition(incident?.id ?? "", ["acting"], "diagnosed", test.desk.clock.nowMs());
    await looks(1);
    expect(await watch.incidents("kong")).toMatchObject([{ state: "resolved" }]);
  });

  it("a steady climb is told as a leak before the limit is reached", async () => {
    for (let index = 0, usage = 200; index < 14; index += 1, usage *= 1.05) {
      daemon.put("web", { usageBytes: Math.round(usage * MIB), startedAtMs: Date.now() - 86_400_000 });
      await looks(1);
    }
    const [first] = await watch.told("web");
    expect(first).toContain("Memory seems to leak");
    expect(await known("web")).toMatchObject({ leak: { says: expect.stringContaining("growth over") } });
  });

  it("a host that is away keeps nobody from being watched", async () => {
    daemon.drop();
    await daemon.close();
    other.put("web");
    expect(await watch.look()).toEqual({ read: 1, failed: 1, news: 0 });
    expect(watch.logged).toContain("a Docker host or cluster could not be watched this time");
  });

  it("a host that lists and answers nothing else is given up for this time", async () => {
    await watch.end();
    watch = startWatch(test, { sockets: { local: daemon.path, second: other.path }, callTimeoutMs: 500 });
    for (let index = 0; index < 60; index += 1) daemon.put(`web-${index}`);
    daemon.hangs = (path) => path !== "/containers/json";
    other.put("web");
    expect(await watch.look()).toEqual({ read: 1, failed: 60, news: 0 });
    expect(daemon.calls.count).toBeLessThan(60);
  });

  it("a container that goes away in the middle is left out", async () => {
    daemon.put("web");
    daemon.put("short-lived");
    daemon.hangs = (path) => {
      if (path.endsWith("/stats")) daemon.remove("short-lived");
      return false;
    };
    const round = await watch.look();
    expect(round.failed).toBe(0);
    expect(await readings("web")).toHaveLength(1);
  });

  it("a container without figures is said to be, and the others are read", async () => {
    daemon.put("odd", { isWithoutFigures: true });
    daemon.put("web");
    expect(await watch.look()).toEqual({ read: 1, failed: 1, news: 0 });
    expect(watch.logged).toContain("a container could not be read");
  });

  it("readings that are missing change no level", async () => {
    daemon.put("kong", { usageBytes: 460 * MIB });
    await looks(2);
    daemon.put("kong", { isWithoutFigures: true });
    await looks(2);
    daemon.put("kong", { isWithoutFigures: false });
    expect(await looks(2)).toBe(0);
    expect((await known("kong"))?.pressure.level).toBe("critical");
  });

  it("a clock that was ahead and is set back hides nothing that comes after", async () => {
    daemon.put("web", { startedAtMs: Date.now() - 86_400_000 });
    daemon.aheadMs += 600 * MINUTE_MS;
    await looks(3);
    daemon.aheadMs -= 600 * MINUTE_MS;
    for (let index = 0, usage = 200; index < 14; index += 1, usage *= 1.05) {
      daemon.put("web", { usageBytes: Math.round(usage * MIB) });
      await looks(1);
    }
    expect((await watch.told("web"))[0]).toContain("Memory seems to leak");
  });

  it("two replicas that look at the same time tell it once", async () => {
    const twin = startWatch(test, { sockets: { local: daemon.path, second: other.path } });
    daemon.put("kong", { usageBytes: 460 * MIB });
    for (let index = 0; index < 4; index += 1) {
      await Promise.all([watch.look(), twin.look()]);
      later();
    }
    expect(await watch.told("kong")).toHaveLength(1);
    expect(await watch.incidents("kong")).toHaveLength(1);
    await twin.end();
  });

  it("a kill that is heard while everything is weighed stays counted", async () => {
    const kong = daemon.put("kong", { usageBytes: 100 * MIB });
    await looks(1);
    const atMs = test.desk.clock.nowMs();
    const event = { atNs: `${atMs}000000`, atMs, action: "oom", containerId: kong.id, name: "kong", image: "", labels: {} } as const;
    await Promise.all([watch.look(), onContainerEvent(watch.deps, "local", event)]);
    expect(await known("kong")).toMatchObject({ kills: { count: 1 }, marks: [{ kind: "kill" }] });
  });

  it("trouble of a container that was stopped or removed is over, unless it was killed and lies there", async () => {
    for (const name of ["removed", "stopped", "killed"]) daemon.put(name, { usageBytes: 460 * MIB });
    await looks(2);
    const killed = daemon.put("killed", { isRunning: false, isOomKilled: true });
    const atMs = test.desk.clock.nowMs();
    const event = { atNs: `${atMs}000000`, atMs, action: "oom", containerId: killed.id, name: "killed", image: "", labels: {} } as const;
    await onContainerEvent(watch.deps, "local", event);
    daemon.remove("removed");
    daemon.put("stopped", { isRunning: false });
    await looks(9);
    const states = await Promise.all(["removed", "stopped", "killed"].map(async (name) => (await watch.incidents(name))[0]?.state));
    expect(states).toEqual(["resolved", "resolved", "open"]);
    daemon.put("killed", { isRunning: true, usageBytes: 100 * MIB });
    await looks(3);
    expect(await watch.incidents("killed")).toMatchObject([{ state: "resolved" }]);
  });

  it("only what is watched is read", async () => {
    const some = startWatch(test, { sockets: { local: daemon.path }, isWatched: (_host, name) => name !== "quiet" });
    daemon.put("quiet");
    daemon.put("web");
    expect(await some.look()).toMatchObject({ read: 1 });
    expect(await readings("quiet")).toEqual([]);
    await some.end();
  });

  it("never has more than 20 calls under way", async () => {
    for (let index = 0; index < 200; index += 1) daemon.put(`web-${index}`);
    daemon.answerAfterMs = 5;
    expect(await watch.look()).toMatchObject({ read: 200 });
    expect(daemon.calls.mostAtOnce).toBeLessThanOrEqual(20);
    expect(daemon.calls.mostAtOnce).toBeGreaterThan(10);
  });

  it("readings older than a day are thinned out, those older than what is kept are forgotten", async () => {
    const nowMs = Date.now();
    const key = targetKey(container("web"));
    const old = Array.from({ length: 288 }, (_, index) => ({
      atMs: nowMs - 50 * 3_600_000 + index * 300_000,
      usageBytes: 100 * MIB + index,
    }));
    await test.desk.store.readings.add(old.map((reading) => ({ targetKey: key, reading })));
    daemon.put("web");
    await looks(13); // over the full hour at least once
    const kept = (await readings("web")).filter(({ atMs }) => atMs < nowMs - 25 * 3_600_000);
    expect(kept.length).toBeGreaterThan(40);
    expect(kept.length).toBeLessThanOrEqual(52);
  });
});
