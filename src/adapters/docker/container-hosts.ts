import { OomphError } from "../../domain/errors.ts";
import type { ContainerHost, ContainerHosts, ContainerStats, HostFacts } from "../../ports/containers.ts";
import type { Log } from "../../ports/log.ts";
import { quoted } from "./asked.ts";
import { glanceAtCgroup, killsInCgroup } from "./cgroup-glance.ts";
import { createDockerClient, type DockerClient } from "./client.ts";
import { followEvents, readPastEvents } from "./events.ts";
import { execute } from "./execute.ts";
import { readLogTail } from "./log-tail.ts";
import { listProcesses } from "./processes.ts";
import { readAnswer } from "./read-answer.ts";
import { readInspected, readListed } from "./read-container.ts";
import { hasMemory, hasProcesses, readStats } from "./read-stats.ts";
import { inspectExactly, resolveId } from "./resolve-id.ts";
import { ContainerList, Info, Stats } from "./schema.ts";
import type { DockerConnectionSettings } from "./settings.ts";

/** The configured Docker hosts, looked at. Nothing is connected, nor loaded, before the first question. */
export function createContainerHosts(connections: readonly DockerConnectionSettings[], { log }: { readonly log: Log }): ContainerHosts {
  const clients = new Map(
    connections.map((settings) => [settings.name, { client: createDockerClient(settings), isHere: settings.endpoint.kind === "socket" }]),
  );
  const hosts = new Map([...clients].map(([name, { client, isHere }]) => [name, hostOf(client, isHere)]));
  for (const settings of connections) warnOfOpenDoors(settings, log);
  return {
    names: () => [...hosts.keys()],
    host(connection) {
      const host = hosts.get(connection);
      if (host !== undefined) return host;
      const known = hosts.size === 0 ? "none is configured" : `configured are ${[...hosts.keys()].join(", ")}`;
      throw new OomphError("bad-input", `There is no Docker host named ${quoted(connection)}: ${known}.`);
    },
    async close() {
      for (const { client } of clients.values()) client.close();
    },
  };
}

/** `isHere`: its containers may run on this very kernel. */
function hostOf(client: DockerClient, isHere: boolean): ContainerHost {
  const about = async (container: string): Promise<{ readonly id: string; readonly container: string }> => ({
    id: await resolveId(client, container),
    container,
  });
  return {
    name: client.name,
    facts: () => readFacts(client),
    async list() {
      const answer = await client.json({ call: "list", query: { all: "1" } });
      return readAnswer(ContainerList, answer, "The list of containers").map(readListed);
    },
    inspect: async (container) => readInspected(await inspectExactly(client, container)),
    stats: async (container, signal) => statsOf(client, { ...(await about(container)), ...(signal === undefined ? {} : { signal }) }),
    async glance(container, signal) {
      const glance = isHere ? await glanceAtCgroup(container) : undefined;
      if (glance !== undefined) return { atMs: Date.now(), ...glance };
      return statsOf(client, { ...(await about(container)), ...(signal === undefined ? {} : { signal }) });
    },
    killCount: async (id) => (isHere ? killsInCgroup(id) : undefined),
    processes: async (container) => listProcesses(client, await about(container)),
    execute: async (container, argv, limits) => execute(client, { ...(await about(container)), argv, limits }),
    logTail: async (container, limits) => readLogTail(client, await about(container), limits),
    async pastEvents({ sinceMs, untilMs, container }) {
      // Asked for a time to come, a daemon would wait for it: its clock may be behind.
      const { nowMs } = await readFacts(client);
      const events = await readPastEvents(client, { sinceMs, untilMs: Math.min(untilMs, nowMs) });
      return container === undefined ? events : events.filter(({ containerId, name }) => [containerId, name].includes(container));
    },
    follow: (sinceMs, onEvent, signal) => followEvents(client, sinceMs, { onEvent, signal }),
  };
}

async function readFacts(client: DockerClient): Promise<HostFacts> {
  const info = readAnswer(Info, await client.json({ call: "info" }), "Info");
  return {
    daemonId: info.ID,
    hostname: info.Name,
    serverVersion: info.ServerVersion,
    kernel: info.KernelVersion,
    cores: info.NCPU,
    memoryBytes: info.MemTotal,
    cgroupVersion: info.CgroupVersion === "2" ? 2 : 1,
    cgroupDriver: info.CgroupDriver,
    nowMs: Date.parse(info.SystemTime ?? "") || Date.now(),
  };
}

async function statsOf(
  client: DockerClient,
  asked: { readonly id: string; readonly container: string; readonly signal?: AbortSignal },
): Promise<ContainerStats> {
  // one-shot: without waiting a second for another reading to compare with.
  const answer = await client.json({ call: "stats", ...asked, query: { stream: "false", "one-shot": "true" } });
  const stats = readAnswer(Stats, answer, "Stats");
  if (!hasProcesses(stats)) await assertRunning(client, { container: asked.container, stats });
  const read = readStats(stats, `Container ${quoted(asked.container)}`);
  // Without a limit of its own, some daemons tell the host's memory and some the greatest number there is.
  const isLimited = read.limitBytes > 0 && read.limitBytes <= Number.MAX_SAFE_INTEGER;
  return isLimited ? read : { ...read, limitBytes: (await readFacts(client)).memoryBytes };
}

/**
 * Some kernels count no processes, so a zero alone proves nothing. And a container that is started again and again may run
 * by now, though it did not when its figures were asked for: then these have no memory in them.
 */
async function assertRunning(
  client: DockerClient,
  { container, stats }: { readonly container: string; readonly stats: Stats },
): Promise<void> {
  const { Status } = (await inspectExactly(client, container)).State;
  const isUp = Status === "running" || Status === "paused";
  if (isUp && (hasMemory(stats) || !(await countsMemory(client)))) return;
  const is = isUp ? "being started or about to end" : Status;
  throw new OomphError("not-running", `Container ${quoted(container)} on Docker host ${client.name} is ${is}: it uses no memory now.`);
}

async function countsMemory(client: DockerClient): Promise<boolean> {
  return readAnswer(Info, await client.json({ call: "info" }), "Info").MemoryLimit;
}

function warnOfOpenDoors({ name, endpoint, tls }: DockerConnectionSettings, log: Log): void {
  if (endpoint.kind !== "tcp") return;
  if (tls?.verify === false) log.warn({ connection: name }, "the certificate of this Docker host is not checked");
  const isLoopback = /^(127\.|localhost$|::1$)/.test(endpoint.host);
  if (tls === undefined && !endpoint.tls && !isLoopback)
    log.warn({ connection: name }, "this Docker host is reached without TLS: whoever reaches its port is root there");
}
