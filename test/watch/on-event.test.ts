import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startDaemon, type LabDaemon } from "../../scripts/lab/daemon/daemon.ts";
import { startRedis, type RedisLab } from "../../scripts/lab/redis.ts";
import { targetKey } from "../../src/domain/target.ts";
import type { ContainerEvent } from "../../src/ports/containers.ts";
import { onContainerEvent } from "../../src/watch/on-event.ts";
import { tell } from "../../src/watch/tell.ts";
import { startDesk, type TestDesk } from "../support/desk.ts";
import { container, startWatch, type WatchRig } from "./rig.ts";

const MIB = 2 ** 20;

describe("an event of a container", () => {
  let redis: RedisLab;
  let test: TestDesk;
  let daemon: LabDaemon;
  let watch: WatchRig;
  let sequence = 0;

  beforeAll(async () => {
    redis = await startRedis();
  });
  beforeEach(async () => {
    [test, daemon] = await Promise.all([startDesk({ redisUrl: redis.url }), startDaemon()]);
    watch = startWatch(test, { sockets: { local: daemon.path }, isWatched: (_host, name) => name !== "quiet" });
    daemon.put("kong", { usageBytes: 500 * MIB });
  });
  afterEach(async () => {
    await watch.end();
    await Promise.all([test.stop(), daemon.close()]);
  });
  afterAll(() => redis.stop());

  /** As the daemon tells it, and tells it again when it is asked. */
  const event = (action: ContainerEvent["action"], change: Partial<ContainerEvent> = {}): ContainerEvent => {
    sequence += 7;
    const { atMs = test.desk.clock.nowMs() - 60_000 + sequence, name = "kong", exitCode } = change;
    const atNs = daemon.happens(name, action, { atMs, ...(exitCode === undefined ? {} : { exitCode }) });
    const containerId = daemon.put(name).id;
    return { atNs, atMs, action, containerId, name, image: "", labels: {}, ...change };
  };
  const hears = (one: ContainerEvent): Promise<void> => onContainerEvent(watch.deps, "local", one);
  const known = async () => test.desk.store.watched.get(targetKey(container("kong")));
  const kills = async (): Promise<number> => (await known())?.kills?.count ?? 0;

  it("a kill opens an incident, has it looked into and says so", async () => {
    await hears(event("oom"));
    expect(await watch.told("kong")).toEqual(["Killed for want of memory: The kernel killed a process in docker/kong for want of memory."]);
    expect(await watch.investigations("kong")).toBe(1);
    expect(await kills()).toBe(1);
  });

  it("the same event twice, and at the same time, is one kill", async () => {
    const one = event("oom");
    await Promise.all([hears(one), hears(one)]);
    await hears(one);
    expect(await kills()).toBe(1);
    expect(await watch.told("kong")).toHaveLength(1);
  });

  it("many kills within a second are one incident with one note that counts them, and one investigation", async () => {
    const many = Array.from({ length: 12 }, (_, index) => event("oom", { atMs: test.desk.clock.nowMs() + index * 90 }));
    await hears(many[0] ?? event("oom"));
    await Promise.all(many.slice(1).map(hears));
    expect(await kills()).toBe(12);
    expect(await watch.told("kong")).toEqual([expect.stringContaining("12 kills within 1 s")]);
    expect(await watch.incidents("kong")).toHaveLength(1);
    expect(await watch.investigations("kong")).toBe(1);
    const [incident] = await watch.incidents("kong");
    const timeline = await test.desk.store.incidents.timeline(incident?.id ?? "");
    expect(timeline.filter(({ says }) => says.includes("kernel killed")).map(({ says }) => /(\d+) kills/.exec(says)?.[1] ?? "1")).toEqual([
      "1",
      "2",
      "4",
      "8",
    ]);
  });

  it("kills that go on are looked into again after a while, not each time", async () => {
    await hears(event("oom"));
    const [first] = await test.desk.store.investigations.unfinished(test.desk.clock.nowMs() + 1);
    await test.desk.store.investigations.update(first?.id ?? "", { state: "done", endedAtMs: test.desk.clock.nowMs() });
    test.moveOn(60_000);
    await hears(event("oom"));
    expect(await watch.investigations("kong")).toBe(1);
    test.moveOn(11 * 60_000);
    await hears(event("oom"));
    expect(await watch.investigations("kong")).toBe(2);
    expect(await watch.told("kong")).toEqual([expect.stringContaining("3 kills within 12 min")]);
  });

  it("a kill that came while something else was looked into is looked into with the next one", async () => {
    const { desk } = test;
    await tell(watch.deps, { target: container("kong"), kinds: ["warning"], lookInto: "always" }, async () => []);
    await hears(event("oom", { atMs: desk.clock.nowMs() + 5 }));
    expect(await watch.investigations("kong")).toBe(1);
    const [first] = await desk.store.investigations.unfinished(desk.clock.nowMs() + 1);
    await desk.store.investigations.update(first?.id ?? "", { state: "done", endedAtMs: desk.clock.nowMs() });
    test.moveOn(1_000);
    await hears(event("oom", { atMs: desk.clock.nowMs() }));
    expect(await watch.investigations("kong")).toBe(2);
  });

  it("the first kill is looked into, however lately memory that was getting short was", async () => {
    const { desk } = test;
    for (const pressure of ["warning", "critical"] as const) {
      await tell(watch.deps, { target: container("kong"), kinds: [pressure], lookInto: "always" }, async () => []);
      const [look] = await desk.store.investigations.unfinished(desk.clock.nowMs() + 1);
      await desk.store.investigations.update(look?.id ?? "", { state: "done", endedAtMs: desk.clock.nowMs() });
      test.moveOn(5 * 60_000);
    }
    await hears(event("oom", { atMs: desk.clock.nowMs() }));
    expect(await watch.investigations("kong")).toBe(3);
  });

  it("kills half an hour apart are two troubles", async () => {
    await hears(event("oom"));
    test.moveOn(31 * 60_000);
    await hears(event("oom"));
    expect(await kills()).toBe(1);
    expect(await watch.told("kong")).toHaveLength(2);
  });

  it("a death by 137 right after the kernel's kill is not counted again, whichever is heard first", async () => {
    const oom = event("oom");
    const death = event("die", { exitCode: 137 });
    daemon.put("kong", { isRunning: false, isOomKilled: true });
    await hears(death);
    expect(await kills()).toBe(0);
    await hears(oom);
    await hears(death);
    expect(await kills()).toBe(1);
  });

  it("a death by 137 of which only the daemon's state tells that memory was the reason is a kill", async () => {
    daemon.put("kong", { isRunning: false, isOomKilled: true });
    const death = event("die", { exitCode: 137 });
    await Promise.all([hears(death), hears(death)]);
    expect(await kills()).toBe(1);
    expect(await watch.told("kong")).toHaveLength(1);
  });

  it("a plain SIGKILL, another exit code and a container that is gone are no kills for want of memory", async () => {
    daemon.put("kong", { isRunning: false, isOomKilled: false });
    await hears(event("die", { exitCode: 137 }));
    await hears(event("die", { exitCode: 134 }));
    await hears(event("die", { exitCode: 0 }));
    const gone = event("die", { exitCode: 137 });
    daemon.remove("kong");
    await hears(gone);
    expect(await watch.incidents("kong")).toEqual([]);
  });

  it("a daemon that is away when it has to be asked is asked again later", async () => {
    const death = event("die", { exitCode: 137 });
    await daemon.close();
    await expect(hears(death)).rejects.toMatchObject({ code: "unreachable", retryable: true });
  });

  it("a kill in a container that has been removed since is told all the same", async () => {
    const oom = event("oom");
    daemon.remove("kong");
    await hears(oom);
    expect(await watch.told("kong")).toHaveLength(1);
  });

  it("starts and changes are marked on what has been looked at, and open nothing", async () => {
    await hears(event("start"));
    expect(await known()).toBeUndefined();
    daemon.put("kong", { usageBytes: 100 * MIB });
    await watch.look();
    const [start, update] = [event("start"), event("update")];
    for (const one of [start, update, start, event("kill"), event("destroy")]) await hears(one);
    expect((await known())?.marks).toEqual([
      { atMs: start.atMs, kind: "restart" },
      { atMs: update.atMs, kind: "change" },
    ]);
    expect(await watch.incidents("kong")).toEqual([]);
  });

  it("of what is not watched nothing is said", async () => {
    daemon.put("quiet");
    await hears(event("oom", { name: "quiet" }));
    expect(await watch.incidents("quiet")).toEqual([]);
  });
});
