import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openScenes, type Scene } from "../../scripts/lab/containers/scenes.ts";
import { startDaemon, type LabDaemon } from "../../scripts/lab/daemon/daemon.ts";
import { docker, findDocker } from "../../scripts/lab/docker.ts";
import { daemonSocket, startDockerProxy, type DockerProxy } from "../../scripts/lab/docker-proxy.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { createContainerHosts } from "../../src/adapters/docker/container-hosts.ts";
import { OomphError } from "../../src/domain/errors.ts";
import type { ContainerHosts } from "../../src/ports/containers.ts";
import type { JobPayloads } from "../../src/ports/job-queue.ts";
import { followEvents } from "../../src/watch/follow-events.ts";
import type { FollowDeps } from "../../src/watch/keep-following.ts";
import { startDesk, type TestDesk } from "../support/desk.ts";
import { PATIENCE } from "../support/patience.ts";

type WatchEvent = Extract<JobPayloads["watch-event"], { readonly event: unknown }>;

/** A follower of one host, that can be ended and begun again as by a restart of Oomph. */
function follower({ desk }: TestDesk, socket: string) {
  const settings = { endpoint: { kind: "socket", path: socket }, connectTimeoutMs: 20_000, callTimeoutMs: 20_000 } as const;
  const seen = new Map<string, WatchEvent>();
  const added: string[] = [];
  let isQueueAway = false;
  let running: { readonly hosts: ContainerHosts; readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  const deps: FollowDeps = {
    ...desk,
    cursors: desk.store.cursors,
    // Waits are as long as they are, only shorter.
    clock: { nowMs: desk.clock.nowMs, sleep: (ms, signal) => desk.clock.sleep(ms / 25, signal) },
    queue: {
      async add(name, payload, options) {
        if (isQueueAway) throw new OomphError("queue-unavailable", "Redis is away", { retryable: true });
        const outcome = await desk.queue.add(name, payload, options);
        added.push(options.id);
        seen.set(options.id, payload as WatchEvent);
        return outcome;
      },
    },
  };
  return {
    /** How often each was handed to the queue; the queue drops what it has already. */
    added,
    start(): void {
      const hosts = createContainerHosts([{ name: "local", ...settings }], { log: desk.log });
      const stop = new AbortController();
      running = { hosts, stop, ended: followEvents(deps, hosts.host("local"), stop.signal) };
    },
    async stop(): Promise<void> {
      running?.stop.abort();
      await running?.ended;
      await running?.hosts.close();
      running = undefined;
    },
    queueIsAway: (value: boolean): void => void (isQueueAway = value),
    /** `oom web`, in the order of their queueing. */
    heard: (of: (event: WatchEvent["event"]) => boolean = () => true): readonly string[] =>
      [...seen.values()].filter(({ event }) => of(event)).map(({ event }) => `${event.action} ${event.name}`),
    times: (of: (event: WatchEvent["event"]) => boolean = () => true): readonly string[] =>
      [...seen.values()].filter(({ event }) => of(event)).map(({ event }) => event.atNs),
  };
}

describe("events followed", () => {
  let test: TestDesk;
  let daemon: LabDaemon;
  let follow: ReturnType<typeof follower>;

  beforeEach(async () => {
    [test, daemon] = await Promise.all([startDesk(), startDaemon()]);
    follow = follower(test, daemon.path);
    daemon.put("web");
  });
  afterEach(async () => {
    await follow.stop();
    await Promise.all([test.stop(), daemon.close()]);
  });

  const listening = () => vi.waitFor(() => expect(daemon.listeners()).toBe(1), PATIENCE);
  const jobs = async () => (await test.jobs("watch-event")).length;

  it("become jobs, one each, and what nobody asks for does not", async () => {
    follow.start();
    await listening();
    for (const action of ["oom", "health_status: healthy", "die", "exec_start: sh", "start", "update"]) daemon.happens("web", action);
    await vi.waitFor(() => expect(follow.heard()).toEqual(["oom web", "die web", "start web", "update web"]), PATIENCE);
    expect(await jobs()).toBe(4);
  });

  it("that came while the connection was broken are heard when it stands again, and none twice", async () => {
    follow.start();
    await listening();
    const happened = [daemon.happens("web", "oom")];
    await vi.waitFor(() => expect(follow.heard()).toHaveLength(1), PATIENCE);
    for (let round = 0; round < 5; round += 1) {
      daemon.drop();
      happened.push(daemon.happens("web", "die", { exitCode: 137 }), daemon.happens("web", "start"));
      await listening();
      happened.push(daemon.happens("web", "oom"));
      await vi.waitFor(() => expect(follow.times()).toEqual(happened), PATIENCE);
    }
    expect(follow.added).toHaveLength(16);
    expect(await jobs()).toBe(16);
  });

  it("that came while Oomph was not running are heard when it runs again", async () => {
    follow.start();
    await listening();
    daemon.happens("web", "oom");
    await vi.waitFor(() => expect(follow.heard()).toHaveLength(1), PATIENCE);
    await follow.stop();
    daemon.happens("web", "die", { exitCode: 137 });
    follow.start();
    await vi.waitFor(() => expect(follow.heard()).toEqual(["oom web", "die web"]), PATIENCE);
  });

  it("that came before Oomph had heard anything at all are kept for it too", async () => {
    follow.start();
    await listening();
    await follow.stop();
    daemon.happens("web", "oom");
    follow.start();
    await vi.waitFor(() => expect(follow.heard()).toEqual(["oom web"]), PATIENCE);
  });

  it("are not passed over while the queue is away", async () => {
    follow.start();
    await listening();
    daemon.happens("web", "start");
    await vi.waitFor(() => expect(follow.heard()).toHaveLength(1), PATIENCE);
    follow.queueIsAway(true);
    daemon.happens("web", "oom");
    daemon.happens("web", "die", { exitCode: 137 });
    await vi.waitFor(() => expect(daemon.listeners()).toBe(0), PATIENCE);
    daemon.happens("web", "start");
    follow.queueIsAway(false);
    await vi.waitFor(() => expect(follow.heard()).toEqual(["start web", "oom web", "die web", "start web"]), PATIENCE);
    expect(await jobs()).toBe(4);
  });

  it("of the same moment are all heard, whatever their order", async () => {
    follow.start();
    await listening();
    const nowMs = Date.now();
    daemon.happens("web", "oom", { atMs: nowMs + 2 });
    daemon.happens("web", "oom", { atMs: nowMs });
    daemon.happens("web", "die", { atMs: nowMs + 1, exitCode: 137 });
    await vi.waitFor(() => expect(follow.heard()).toEqual(["oom web", "oom web", "die web"]), PATIENCE);
    daemon.drop();
    await listening();
    daemon.happens("web", "start");
    await vi.waitFor(() => expect(follow.heard()).toHaveLength(4), PATIENCE);
    expect(follow.added).toHaveLength(4);
  });

  it.each([
    ["behind ours", -600_000],
    ["ahead of ours", 600_000],
  ])("by a clock that is %s are heard from the first on", async (_how, aheadMs) => {
    daemon.aheadMs = aheadMs;
    follow.start();
    await listening();
    daemon.happens("web", "oom");
    await vi.waitFor(() => expect(follow.heard()).toEqual(["oom web"]), PATIENCE);
  });

  it("after a clock was set back are heard, on this connection and on the next", async () => {
    follow.start();
    await listening();
    daemon.happens("web", "oom");
    await vi.waitFor(() => expect(follow.heard()).toHaveLength(1), PATIENCE);
    daemon.aheadMs = -3_600_000;
    daemon.happens("web", "oom");
    await vi.waitFor(() => expect(follow.heard()).toHaveLength(2), PATIENCE);
    daemon.drop();
    daemon.happens("web", "oom");
    await vi.waitFor(() => expect(follow.heard()).toHaveLength(3), PATIENCE);
    expect(await jobs()).toBe(3);
  });

  it("by two replicas are one job each", async () => {
    const twin = follower(test, daemon.path);
    follow.start();
    twin.start();
    await vi.waitFor(() => expect(daemon.listeners()).toBe(2), PATIENCE);
    for (let index = 0; index < 10; index += 1) daemon.happens("web", "oom");
    await vi.waitFor(() => expect([follow.heard().length, twin.heard().length]).toEqual([10, 10]), PATIENCE);
    expect(await jobs()).toBe(10);
    await twin.stop();
  });

  it("of a daemon that is not there yet are heard once it is", async () => {
    daemon.hangs = (path) => path === "/info";
    follow.start();
    daemon.drop();
    daemon.hangs = () => false;
    await listening();
  });
});

const real = await findDocker();
if (real.kind === "there") noteRealSystem("docker", real.version);
else noteAbsentSystem("docker", real.because);

describe.skipIf(real.kind === "absent")(`events of real Docker${real.kind === "absent" ? ` (${real.because})` : ""}`, () => {
  const scenes = openScenes();
  let test: TestDesk;
  let proxy: DockerProxy;
  let follow: ReturnType<typeof follower>;

  beforeAll(async () => {
    test = await startDesk();
    proxy = await startDockerProxy({ daemon: daemonSocket() });
    follow = follower(test, proxy.path);
  });
  afterAll(async () => {
    await follow.stop();
    await scenes.end();
    await Promise.all([proxy.close(), test.stop()]);
  });

  const streams = (): number => proxy.calls.filter((call) => call === "GET /events").length;
  const of = ({ name }: Scene) => follow.heard((event) => event.name === name);

  it("kills and restarts through connections that break are all heard, and none twice", async () => {
    follow.start();
    await vi.waitFor(() => expect(streams()).toBe(1), PATIENCE);
    const scene = await scenes.steady();
    const expected = ["start"];
    for (let round = 0; round < 4; round += 1) {
      const before = streams();
      proxy.drop();
      await docker(["kill", "--signal", "KILL", scene.id]);
      await docker(["start", scene.id]);
      expected.push("die", "start");
      await vi.waitFor(() => expect(streams()).toBeGreaterThan(before), PATIENCE);
      await vi.waitFor(() => expect(of(scene)).toEqual(expected.map((action) => `${action} ${scene.name}`)), PATIENCE);
    }
    await follow.stop(); // Oomph is restarted
    await docker(["kill", "--signal", "KILL", scene.id]);
    follow.start();
    await vi.waitFor(() => expect(of(scene).at(-1)).toBe(`die ${scene.name}`), PATIENCE);
    expect(of(scene)).toHaveLength(expected.length + 1);
    const queued = (await test.jobs("watch-event")).filter(({ payload }) => (payload as WatchEvent).event.name === scene.name);
    expect(queued).toHaveLength(expected.length + 1);
  });

  it("a kill for want of memory is heard as one", async () => {
    const scene = await scenes.leak({ mibPerSecond: 200, limitMib: 64 });
    await vi.waitFor(() => expect(of(scene)).toContain(`oom ${scene.name}`), PATIENCE);
  });
});
