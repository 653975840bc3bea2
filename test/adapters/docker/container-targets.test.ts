import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { openScenes } from "../../../scripts/lab/containers/scenes.ts";
import { findDocker } from "../../../scripts/lab/docker.ts";
import { daemonSocket } from "../../../scripts/lab/docker-proxy.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../scripts/lab/real-systems.ts";
import { createContainerHosts } from "../../../src/adapters/docker/container-hosts.ts";
import { createContainerTargets } from "../../../src/adapters/docker/container-targets.ts";
import type { DockerConnectionSettings } from "../../../src/adapters/docker/settings.ts";
import { systemClock } from "../../../src/adapters/system/system-clock.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import { silentLog } from "./silent-log.ts";

const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);

const TIMES = { connectTimeoutMs: 20_000, callTimeoutMs: 60_000 };
const opened: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

/** What daemons write of one container in their list. */
function listed(index: number): unknown {
  const service = `service-${index % 10}`;
  return {
    Id: index.toString(16).padStart(64, "0"),
    Names: [`/app-${index}`, "/proxy/app"],
    Image: "app:1",
    ImageID: `sha256:${"a".repeat(64)}`,
    Command: "node server.js",
    Created: 1_795_000_000 + index,
    Ports: [],
    Labels: { "com.docker.compose.project": "shop", "com.docker.compose.service": service, note: "x".repeat(1500) },
    State: index % 50 === 0 ? "exited" : "running",
    Status: "Up 2 hours",
    HostConfig: { NetworkMode: "default" },
    NetworkSettings: { Networks: {} },
    Mounts: [],
  };
}

type Daemon = { readonly settings: DockerConnectionSettings; calls: number; answers: "list" | "nothing" | "error" };

async function fakeDaemon(name: string, containers: number): Promise<Daemon> {
  const body = JSON.stringify(Array.from({ length: containers }, (_, index) => listed(index)));
  const server: Server = createServer((_asked, response) => {
    state.calls += 1;
    if (state.answers === "list") response.end(body);
    if (state.answers === "error") response.writeHead(500).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  opened.push({
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  });
  const endpoint = { kind: "tcp", host: "127.0.0.1", port: (server.address() as AddressInfo).port, tls: false } as const;
  const state: Daemon = { settings: { name, endpoint, ...TIMES }, calls: 0, answers: "list" };
  return state;
}

/** Time stands still until it is moved; waits end when it has come. */
function stillClock() {
  let nowMs = 1_000_000;
  const waiting = new Set<() => void>();
  const clock: Clock = {
    nowMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const untilMs = nowMs + ms;
        const look = (): void => {
          if (nowMs < untilMs && signal?.aborted !== true) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        signal?.addEventListener("abort", look);
      }),
  };
  return {
    clock,
    waiting: () => waiting.size,
    forward(ms: number): void {
      nowMs += ms;
      for (const look of waiting) look();
    },
  };
}

function targetsOf(daemons: readonly Daemon[], clock: Clock) {
  const hosts = createContainerHosts(
    daemons.map(({ settings }) => settings),
    { log: silentLog },
  );
  opened.push(hosts);
  return createContainerTargets(hosts, { clock });
}

describe("containers as targets", () => {
  test("a thousand on a host, by name, id and compose service", async () => {
    const targets = targetsOf([await fakeDaemon("local", 1000)], systemClock);
    const { known, missing } = await targets.list();
    expect(missing).toEqual([]);
    expect(known).toHaveLength(1000);
    expect(known[17]).toEqual({
      target: { kind: "docker", connection: "local", name: "app-17" },
      aliases: ["11".padStart(64, "0"), "000000000000", "service-7", "shop/service-7"],
    });
  });

  test("are asked for once in three seconds, however many ask", async () => {
    const daemon = await fakeDaemon("local", 3);
    const { clock, forward } = stillClock();
    const targets = targetsOf([daemon], clock);
    await Promise.all([targets.list(), targets.list(), targets.list()]);
    forward(2900);
    await targets.list();
    expect(daemon.calls).toBe(1);
    forward(200);
    await targets.list();
    expect(daemon.calls).toBe(2);
  });

  test("of a host that does not answer are missing, and it is asked again later", async () => {
    const [slow, quick] = [await fakeDaemon("slow", 3), await fakeDaemon("quick", 2)];
    const { clock, forward, waiting } = stillClock();
    const targets = targetsOf([slow, quick], clock);
    slow.answers = "nothing";
    const listing = targets.list();
    await expect.poll(() => [slow.calls, waiting()]).toEqual([1, 1]); // for the quick one nobody waits any more
    forward(2000);
    const first = await listing;
    expect(first.known).toHaveLength(2);
    expect(first.missing).toEqual([{ source: "slow", because: "Docker host slow did not list its containers within 2 s." }]);
    expect((await targets.list()).missing).toHaveLength(1); // at once: nobody waits twice for the same call
    expect(slow.calls).toBe(1);
  });

  test("of a host that refuses are missing with why, until it answers", async () => {
    const daemon = await fakeDaemon("local", 3);
    const { clock, forward } = stillClock();
    const targets = targetsOf([daemon], clock);
    daemon.answers = "error";
    expect(await targets.list()).toEqual({
      known: [],
      missing: [{ source: "local", because: expect.stringContaining("could not do GET /containers/json") }],
    });
    daemon.answers = "list";
    forward(3000);
    expect((await targets.list()).known).toHaveLength(3);
  });

  test("of no host are none; a target's host must be configured", async () => {
    expect(await targetsOf([], systemClock).list()).toEqual({ known: [], missing: [] });
    const targets = targetsOf([await fakeDaemon("prod-eu", 0)], systemClock);
    expect(targets.isConfigured({ kind: "docker", connection: "prod-eu", name: "anything" })).toBe(true);
    expect(targets.isConfigured({ kind: "docker", connection: "local", name: "kong" })).toBe(false);
    expect(targets.isConfigured({ kind: "redis", name: "prod-eu" })).toBe(false);
  });
});

describe.skipIf(daemon.kind === "absent")(`on a real daemon${daemon.kind === "absent" ? ` (${daemon.because})` : ""}`, () => {
  const scenes = openScenes();
  afterAll(() => scenes.end(), 60_000);

  test("a container is a target by the same names", async () => {
    const labels = { "com.docker.compose.project": "shop", "com.docker.compose.service": "web" };
    const scene = await scenes.shell("true", { labels });
    const hosts = createContainerHosts([{ name: "local", endpoint: { kind: "socket", path: daemonSocket() }, ...TIMES }], {
      log: silentLog,
    });
    opened.push(hosts);
    const { known } = await createContainerTargets(hosts, { clock: systemClock }).list();
    const own = known.find(({ target }) => target.name === scene.name);
    expect(own).toEqual({
      target: { kind: "docker", connection: "local", name: scene.name },
      aliases: [scene.id, scene.id.slice(0, 12), "web", "shop/web"],
    });
  });
});
