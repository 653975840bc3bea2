import { httpCheck } from "../adapters/http/http-check.ts";
import { createKernelLog } from "../adapters/kernel-log/create-kernel-log.ts";
import { systemClock as clock } from "../adapters/system/system-clock.ts";
import type { DockerConfig } from "../config/build-outside.ts";
import type { ContainerTarget } from "../domain/target.ts";
import type { ContainerHosts } from "../ports/containers.ts";
import type { MemoryHistory } from "../ports/memory-history.ts";
import { containerMemoryRunbook } from "../runbooks/container-memory/index.ts";

/** The runbook for containers, as configured. Without a history the watch has nothing to tell. */
export function containerRunbook(docker: DockerConfig, hosts: ContainerHosts, history?: MemoryHistory) {
  const { lines, maxBytes, patterns } = docker.logs;
  const kernelLog = createKernelLog(clock);
  return containerMemoryRunbook({
    hosts,
    clock,
    logTail: { lines, maxBytes },
    logPatterns: patterns,
    httpCheck,
    kernelLogOf: (connection) => (isOnThisHost(docker, connection) ? kernelLog : undefined),
    healthOf: healthOf(docker),
    ...(history === undefined ? {} : { history }),
  });
}

/** A socket is a daemon on the same kernel as Oomph; its containers are joined by id, so another kernel's log does no harm. */
function isOnThisHost({ hosts }: DockerConfig, connection: string): boolean {
  return hosts.find(({ settings }) => settings.name === connection)?.settings.endpoint.kind === "socket";
}

/** How a container is asked whether it is well, where the configuration says so. */
export function healthOf({ hosts }: DockerConfig) {
  return ({ connection, name }: ContainerTarget) => hosts.find(({ settings }) => settings.name === connection)?.health[name];
}
