import { OomphError } from "../../domain/errors.ts";
import { formatTarget, type ContainerTarget } from "../../domain/target.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ContainerHosts, LogLimits } from "../../ports/containers.ts";
import type { HttpCheck } from "../../ports/http-check.ts";
import type { KernelLog } from "../../ports/kernel-log.ts";
import type { MemoryHistory } from "../../ports/memory-history.ts";
import type { Runbook, Step } from "../runbook.ts";
import { collectCensus } from "./collect-census.ts";
import { collectCgroup, collectEnvironment } from "./collect-inside.ts";
import { collectKernel } from "./collect-kernel.ts";
import { collectEvents, collectHost, collectLogs, collectState, collectStats } from "./collect-readings.ts";
import { collectHealth, collectHistory, type HealthCheck } from "./collect-surroundings.ts";
import { diagnoseContainerMemory, diagnoseUnreachable } from "./diagnose-container-memory.ts";
import type { UserPattern } from "../logs/log-patterns.ts";
import { openSession, type ContainerSession } from "./session.ts";

export type ContainerMemoryDeps = {
  readonly hosts: ContainerHosts;
  readonly clock: Clock;
  /** How much of the end of a log is read. */
  readonly logTail: LogLimits;
  /** Added patterns, counted under their names; each has a time box. */
  readonly logPatterns?: readonly UserPattern[];
  /** What the watch remembers. */
  readonly history?: MemoryHistory;
  readonly httpCheck?: HttpCheck;
  /** The log of the kernel that a connection's containers run under; undefined for hosts elsewhere. */
  readonly kernelLogOf?: (connection: string) => KernelLog | undefined;
  /** Longest wait for a step; default: 8 s. */
  readonly stepTimeoutMs?: number;
  /** How a container is asked whether it is well. */
  readonly healthOf?: (target: ContainerTarget) => HealthCheck | undefined;
};

const STEP_TIMEOUT_MS = 8_000;

/** Why a container was killed or nears its limit, or that memory is not its trouble. */
export function containerMemoryRunbook(deps: ContainerMemoryDeps): Runbook<ContainerSession> {
  return {
    id: "container-memory",
    title: "Container memory",
    targetKind: "docker",
    problem: "container-memory",
    async open(target, { backMs: askedBackMs } = {}) {
      if (target.kind !== "docker") throw new OomphError("bad-input", `expected a container, got ${formatTarget(target)}`);
      const session = await openSession(deps.hosts, target, { execTimeoutMs: timeoutOf(deps) / 2, askedBackMs });
      const source = `${formatTarget(target)} (${session.id.slice(0, 12)} on ${session.host.name})`;
      // The connection to the host is shared and stays.
      return { session, source, close: async () => undefined };
    },
    steps: [...stepsOf(deps), ...surroundingSteps(deps)],
    diagnose: diagnoseContainerMemory,
    diagnoseUnreachable,
  };
}

function timeoutOf({ stepTimeoutMs = STEP_TIMEOUT_MS }: ContainerMemoryDeps): number {
  return stepTimeoutMs;
}

function stepsOf(deps: ContainerMemoryDeps): readonly Step<ContainerSession>[] {
  const { clock, logTail, logPatterns = [] } = deps;
  const timeoutMs = timeoutOf(deps);
  const logs = { limits: logTail, patterns: logPatterns };
  return [
    { id: "docker.state", title: "State, exit and limits (inspect)", timeoutMs, collect: (session) => collectState(session, clock) },
    { id: "docker.host", title: "Host: cores and memory", timeoutMs, collect: collectHost },
    {
      id: "docker.stats",
      title: "Memory and CPU in use (two readings)",
      timeoutMs,
      collect: (session, signal) => collectStats(session, clock, signal),
    },
    { id: "docker.events", title: "Kills, ends and starts (Docker's events)", timeoutMs, collect: collectEvents },
    { id: "docker.census", title: "Processes: masters, workers and what they take", timeoutMs, collect: collectCensus },
    { id: "docker.environment", title: "Settings of workers, caches and heaps", timeoutMs, collect: collectEnvironment },
    { id: "docker.logs", title: "Known errors at the end of the log", timeoutMs, collect: (session) => collectLogs(session, logs) },
    { id: "docker.cgroup", title: "The kernel's own count (cgroup files)", timeoutMs, collect: collectCgroup },
  ];
}

function surroundingSteps(deps: ContainerMemoryDeps): readonly Step<ContainerSession>[] {
  const { clock, history, httpCheck, healthOf, kernelLogOf } = deps;
  const timeoutMs = timeoutOf(deps);
  const steps: Step<ContainerSession>[] = [];
  if (kernelLogOf !== undefined) {
    const title = "Kills in the kernel's log";
    const skipped = "this host's kernel log is not within reach from here";
    steps.push({ id: "docker.kernel", title, timeoutMs, skipped, collect: (session) => collectKernel(session, { clock, kernelLogOf }) });
  }
  if (healthOf !== undefined) {
    const title = "Health, where a check is configured";
    const skipped = "no check is configured for it (docker.connections.<name>.health)";
    steps.push({ id: "docker.health", title, timeoutMs, skipped, collect: (session) => collectHealth(session, { httpCheck, healthOf }) });
  }
  if (history !== undefined) {
    const title = "Memory over time, as the watch saw it";
    steps.push({ id: "docker.history", title, timeoutMs, collect: (session) => collectHistory(session, { history, clock }) });
  }
  return steps;
}
