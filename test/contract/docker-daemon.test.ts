import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openScenes } from "../../scripts/lab/containers/scenes.ts";
import { startDaemon } from "../../scripts/lab/daemon/daemon.ts";
import { docker, findDocker } from "../../scripts/lab/docker.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { createContainerHosts } from "../../src/adapters/docker/container-hosts.ts";
import { endpointFromUrl } from "../../src/adapters/docker/connection-url.ts";
import type { ContainerEvent, ContainerHost, ContainerHosts } from "../../src/ports/containers.ts";
import { PATIENCE } from "../support/patience.ts";

const real = await findDocker();
if (real.kind === "there") noteRealSystem("docker", real.version);
else noteAbsentSystem("docker", real.because);

const MIB = 2 ** 20;
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A daemon with a container that runs, of 64 MiB, and one that has ended. */
type Daemon = {
  readonly url: string;
  readonly running: string;
  readonly stopped: string;
  /** Makes the daemon tell of a start of this container. */
  start(name: string): Promise<void>;
  stop(): Promise<void>;
};

async function labDaemon(): Promise<Daemon> {
  const daemon = await startDaemon();
  daemon.put("running", { limitBytes: 64 * MIB, usageBytes: 20 * MIB });
  daemon.put("stopped", { isRunning: false });
  const start = async (name: string): Promise<void> => void daemon.happens(name, "start");
  return { url: daemon.url, running: "running", stopped: "stopped", start, stop: () => daemon.close() };
}

async function realDaemon(): Promise<Daemon> {
  const scenes = openScenes();
  const [running, stopped] = await Promise.all([scenes.steady({ mib: 8, limitMib: 64 }), scenes.killed({ limitMib: 64 })]);
  const url = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";
  const start = async (name: string): Promise<void> => void (await docker(["restart", "-t", "0", name]));
  return { url, running: running.name, stopped: stopped.name, start, stop: () => scenes.end() };
}

describe.each([
  ["the lab's daemon", labDaemon, true],
  ["a real daemon", realDaemon, real.kind === "there"],
] as const)("%s", (_, open, isThere) => {
  describe.skipIf(!isThere)("answers as the adapter expects", () => {
    let daemon: Daemon;
    let hosts: ContainerHosts;
    let host: ContainerHost;

    beforeAll(async () => {
      daemon = await open();
      const settings = { name: "local", endpoint: endpointFromUrl(daemon.url), connectTimeoutMs: 20_000, callTimeoutMs: 60_000 };
      hosts = createContainerHosts([settings], { log: silent });
      host = hosts.host("local");
    }, 120_000);
    afterAll(async () => {
      await hosts?.close();
      await daemon?.stop();
    }, 60_000);

    it("tells of its host", async () => {
      const facts = await host.facts();
      expect(facts.cores).toBeGreaterThan(0);
      expect(facts.memoryBytes).toBeGreaterThan(64 * MIB);
      expect(Math.abs(facts.nowMs - Date.now())).toBeLessThan(3_600_000);
    });

    it("lists what runs and what does not, and shows each by name and by id", async () => {
      const list = await host.list();
      const stateOf = (name: string) => list.find((one) => one.name === name)?.state;
      expect([stateOf(daemon.running), stateOf(daemon.stopped)]).toEqual(["running", "exited"]);
      const facts = await host.inspect(daemon.running);
      expect(facts).toMatchObject({ name: daemon.running, state: "running", resources: { memoryLimitBytes: 64 * MIB } });
      expect(facts.id).toMatch(/^[0-9a-f]{64}$/);
      expect((await host.inspect(facts.id)).name).toBe(daemon.running);
      expect((await host.inspect(daemon.stopped)).state).toBe("exited");
    });

    it("gives figures of what runs; of what does not it is said, and of what there is none too", async () => {
      const stats = await host.stats(daemon.running);
      expect(stats).toMatchObject({ limitBytes: 64 * MIB, atMs: expect.any(Number) });
      expect(stats.usageBytes).toBeGreaterThan(0);
      await expect(host.stats(daemon.stopped)).rejects.toMatchObject({ code: "not-running" });
      await expect(host.inspect("no-such-container")).rejects.toMatchObject({ code: "not-found" });
    });

    it("tells events as they come, and remembers them, the same by both ways", async () => {
      const { nowMs } = await host.facts();
      const ending = new AbortController();
      const heard: ContainerEvent[] = [];
      const following = host.follow(nowMs - 1000, (event) => void heard.push(event), ending.signal);
      await daemon.start(daemon.running);
      const isStart = ({ action, name }: ContainerEvent) => action === "start" && name === daemon.running;
      await vi.waitFor(() => expect(heard.some(isStart)).toBe(true), PATIENCE);
      ending.abort();
      await following;
      const past = await host.pastEvents({ sinceMs: nowMs - 1000, untilMs: Date.now() + 60_000, container: daemon.running });
      expect(past.filter(isStart).map(({ atNs }) => atNs)).toEqual(heard.filter(isStart).map(({ atNs }) => atNs));
    });
  });
});
