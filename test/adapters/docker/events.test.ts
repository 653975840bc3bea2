import { afterAll, describe, expect, test } from "vitest";
import { openScenes } from "../../../scripts/lab/containers/scenes.ts";
import { findDocker } from "../../../scripts/lab/docker.ts";
import { startDockerProxy } from "../../../scripts/lab/docker-proxy.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../scripts/lab/real-systems.ts";
import { createContainerHosts } from "../../../src/adapters/docker/container-hosts.ts";
import type { ContainerEvent, ContainerHosts } from "../../../src/ports/containers.ts";
import { silentLog } from "./silent-log.ts";

const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);

const WITHIN = { timeout: 60_000, interval: 50 };

describe.skipIf(daemon.kind === "absent")(`events${daemon.kind === "absent" ? ` (${daemon.because})` : ""}`, () => {
  const scenes = openScenes();
  const opened: { close(): Promise<void> }[] = [];

  afterAll(async () => {
    for (const one of opened.toReversed()) await one.close();
    await scenes.end();
  });

  async function through(): Promise<{ readonly hosts: ContainerHosts; readonly proxy: Awaited<ReturnType<typeof startDockerProxy>> }> {
    const proxy = await startDockerProxy();
    const hosts = createContainerHosts(
      [{ name: "local", endpoint: { kind: "socket", path: proxy.path }, connectTimeoutMs: 20_000, callTimeoutMs: 60_000 }],
      { log: silentLog },
    );
    opened.push(proxy, hosts);
    return { hosts, proxy };
  }

  test("come as they happen, and following ends when it is told to", async () => {
    const { hosts } = await through();
    const host = hosts.host("local");
    const seen: ContainerEvent[] = [];
    const stop = new AbortController();
    const { nowMs } = await host.facts();
    const following = host.follow(nowMs, (event) => seen.push(event), stop.signal);
    const scene = await scenes.leak({ mibPerSecond: 400, labels: { team: "shop" } });
    const own = (): readonly ContainerEvent[] => seen.filter(({ containerId }) => containerId === scene.id);
    // The kernel may kill twice, and the daemon hears of kill and end on two ways.
    await expect.poll(() => [...new Set(own().map(({ action }) => action))].toSorted(), WITHIN).toEqual(["create", "die", "oom", "start"]);
    stop.abort();
    await following;
    const [created, killed, died] = ["create", "oom", "die"].map((action) => own().find((event) => event.action === action));
    expect(created).toMatchObject({ name: scene.name, labels: { team: "shop", "oomph-test": scenes.run } });
    expect(killed).toMatchObject({ name: scene.name, atNs: expect.stringMatching(/^\d{19}$/) });
    expect(died?.exitCode).toBe(137);
    expect(own().every(({ atMs }) => atMs >= nowMs)).toBe(true);
  });

  test("past ones are told by time and container, also when our clock is ahead", async () => {
    const { hosts } = await through();
    const host = hosts.host("local");
    const sinceMs = (await host.facts()).nowMs;
    const scene = await scenes.shell("exit 3");
    const told = async (container: string): Promise<readonly string[]> => {
      const events = await host.pastEvents({ sinceMs, untilMs: sinceMs + 3_600_000, container });
      return events.map(({ action, exitCode }) => `${action} ${exitCode ?? ""}`.trim());
    };
    await expect.poll(() => told(scene.id), WITHIN).toEqual(["create", "start", "die 3"]);
    expect(await told(scene.name)).toEqual(["create", "start", "die 3"]);
    expect(await host.pastEvents({ sinceMs, untilMs: sinceMs + 3_600_000, container: scene.name.slice(0, -1) })).toEqual([]);
  });

  test("a broken stream rejects, and following again from the last event loses none; what comes twice has the same identity", async () => {
    const { hosts, proxy } = await through();
    const host = hosts.host("local");
    const seen = new Map<string, ContainerEvent>();
    const stop = new AbortController();
    let cursorMs = (await host.facts()).nowMs;
    const breaks: unknown[] = [];
    const following = (async () => {
      while (!stop.signal.aborted) {
        try {
          await host.follow(
            cursorMs,
            (event) => {
              seen.set(`${event.atNs} ${event.action} ${event.containerId}`, event);
              cursorMs = event.atMs;
            },
            stop.signal,
          );
        } catch (error) {
          breaks.push(error);
        }
      }
    })();
    const names: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      names.push((await scenes.shell("true")).name);
      proxy.drop();
    }
    const told = (): readonly string[] =>
      [...seen.values()]
        .filter(({ name, action }) => names.includes(name) && action !== "other")
        .map(({ name, action }) => `${name} ${action}`);
    await expect
      .poll(() => told().toSorted(), WITHIN)
      .toEqual(names.flatMap((name) => ["create", "die", "start"].map((action) => `${name} ${action}`)).toSorted());
    stop.abort();
    await following;
    expect(breaks.length).toBeGreaterThan(0);
    for (const error of breaks) expect(error).toMatchObject({ code: "unreachable", retryable: true });
    const { nowMs } = await host.facts();
    const [first] = names;
    const past = await host.pastEvents({ sinceMs: 0, untilMs: nowMs, container: first ?? "" });
    for (const event of past) expect(seen.get(`${event.atNs} ${event.action} ${event.containerId}`)).toEqual(event);
  });

  test("of a host that is away reject at once", async () => {
    const hosts = createContainerHosts(
      [{ name: "away", endpoint: { kind: "socket", path: "/nowhere/docker.sock" }, connectTimeoutMs: 1000, callTimeoutMs: 1000 }],
      { log: silentLog },
    );
    await expect(hosts.host("away").follow(0, () => undefined, new AbortController().signal)).rejects.toMatchObject({
      code: "unreachable",
    });
  });
});
