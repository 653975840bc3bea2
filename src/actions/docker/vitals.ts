import { codeOf } from "../../domain/errors.ts";
import type { ContainerTarget } from "../../domain/target.ts";
import type { ContainerFacts, ContainerHost, ContainerStats, HostFacts } from "../../ports/containers.ts";
import { askHealth } from "../ask-health.ts";
import type { DockerActionDeps } from "./deps.ts";
import { countKills } from "./kills-since.ts";
import type { Vitals } from "./stored/schema.ts";

export type Reading = {
  readonly host: ContainerHost;
  readonly target: ContainerTarget;
  /** Id of the container. */
  readonly id: string;
  /** From when on kills and lines of the log count, by the clock of Oomph. */
  readonly sinceMs: number;
};

// The kernel counts CPU time in steps of 10 ms: shorter than this, a share means nothing.
const CPU_WINDOW_MS = 500;
const LOG_LIMITS = { lines: 5_000, maxBytes: 2 * 2 ** 20 };
const COMMAND_LIMIT = 8_192;

/** Reads how a container is doing. Changes nothing; takes half a second, for the share of CPU. */
export async function readVitals(deps: DockerActionDeps, reading: Reading): Promise<Vitals> {
  const { host, id, target } = reading;
  const [hostFacts, first] = await Promise.all([host.facts(), statsIfRunning(host, id)]);
  const skewMs = hostFacts.nowMs - deps.clock.nowMs(); // kills and lines carry the time of the daemon's clock
  const sinceMs = Math.round(reading.sinceMs + skewMs);
  const [workers, lines] = await Promise.all([
    first === undefined ? undefined : census(deps, host, id),
    countLines(deps, { host, id, sinceMs }),
  ]);
  if (first !== undefined) await deps.clock.sleep(CPU_WINDOW_MS);
  const second = first === undefined ? undefined : await statsIfRunning(host, id);
  const facts = await host.inspect(id);
  const swap = second === undefined ? undefined : await swapOf(host, id);
  const { kills, by } = await countKills(deps, { host, target, facts, sinceMs, untilMs: hostFacts.nowMs });
  const kernelKills = facts.state === "running" ? await host.killCount(id) : undefined;
  const health = await readHealth(deps, { host, target, facts });
  return {
    ...stateOf(facts, hostFacts),
    ...(second === undefined ? {} : { usageBytes: second.usageBytes }),
    ...(first === undefined || second === undefined ? {} : { cpuCores: coresUsed(first, second) }),
    ...(workers === undefined ? {} : { workers }),
    ...(lines === undefined ? {} : { lines }),
    ...(health === undefined ? {} : { health }),
    ...(swap === undefined ? {} : { swap }),
    ...(kernelKills === undefined ? {} : { kernelKills }),
    kills,
    killsBy: [...by],
    killsWithinMs: Math.max(0, hostFacts.nowMs - sinceMs),
    linesWithinMs: Math.max(0, hostFacts.nowMs - sinceMs),
  };
}

/** What counts as the limit: its own, else the host's memory. */
export function limitOf({ limitBytes, hostBytes }: Vitals): number {
  return limitBytes ?? hostBytes;
}

/** Share of the limit in use; undefined where it does not run. */
export function usedShare(vitals: Vitals): number | undefined {
  const limitBytes = limitOf(vitals);
  return vitals.usageBytes === undefined || limitBytes === 0 ? undefined : vitals.usageBytes / limitBytes;
}

/** Share of the limit that a kill comes at: with the swap that it may use, where it may use some. */
export function fullShare(vitals: Vitals): number | undefined {
  const { usageBytes, swap = { usedBytes: 0, limitBytes: 0 } } = vitals;
  const limitBytes = limitOf(vitals) + swap.limitBytes;
  return usageBytes === undefined || limitBytes === 0 ? undefined : (usageBytes + swap.usedBytes) / limitBytes;
}

function stateOf(facts: ContainerFacts, { memoryBytes }: HostFacts) {
  const { id, state, exitCode, startedAtMs, restartCount, oomKilled, resources } = facts;
  return {
    id,
    state,
    exitCode,
    restartCount,
    oomKilled,
    hostBytes: memoryBytes,
    ...(startedAtMs === undefined ? {} : { startedAtMs }),
    ...(resources.memoryLimitBytes === undefined ? {} : { limitBytes: resources.memoryLimitBytes }),
  };
}

function coresUsed(first: ContainerStats, second: ContainerStats): number {
  const system = second.systemCpuNs - first.systemCpuNs;
  const own = second.cpuTotalNs - first.cpuTotalNs;
  return system <= 0 || own < 0 ? 0 : (own / system) * second.onlineCpus;
}

async function statsIfRunning(host: ContainerHost, id: string): Promise<ContainerStats | undefined> {
  try {
    return await host.stats(id);
  } catch (error) {
    if (codeOf(error) === "not-running") return undefined;
    throw error;
  }
}

async function swapOf(host: ContainerHost, id: string): Promise<Vitals["swap"]> {
  try {
    return (await host.glance(id)).swap;
  } catch (error) {
    if (codeOf(error) === "not-running") return undefined;
    throw error;
  }
}

async function census(deps: DockerActionDeps, host: ContainerHost, id: string): Promise<Vitals["workers"]> {
  try {
    const roles = deps.classify(await host.processes(id));
    const servers = new Map<string, number>();
    for (const { server, role } of roles)
      if (server !== undefined && role === "worker") servers.set(server, (servers.get(server) ?? 0) + 1);
    const [most] = [...servers].toSorted(([, left], [, right]) => right - left);
    if (most === undefined) return undefined;
    const [server, workers] = most;
    return { server, workers, masters: roles.filter((one) => one.server === server && one.role === "master").length };
  } catch (error) {
    if (isNotTold(error)) return undefined;
    throw error;
  }
}

type Since = { readonly host: ContainerHost; readonly id: string; readonly sinceMs: number };

async function countLines(deps: DockerActionDeps, { host, id, sinceMs }: Since): Promise<Vitals["lines"]> {
  try {
    return [...deps.countPatterns(await host.logTail(id, { ...LOG_LIMITS, sinceMs }))];
  } catch (error) {
    if (isNotTold(error)) return undefined;
    throw error;
  }
}

/** A daemon or a proxy in front of it does not tell this, or the container has just stopped: the rest is still worth having. */
function isNotTold(error: unknown): boolean {
  return ["refused", "no-rights", "not-running", "conflict"].includes(codeOf(error));
}

type Asking = { readonly host: ContainerHost; readonly target: ContainerTarget; readonly facts: ContainerFacts };

async function readHealth(deps: DockerActionDeps, { host, target, facts }: Asking): Promise<Vitals["health"]> {
  if (facts.state !== "running") return undefined;
  const question = deps.healthOf(target);
  if (question?.url !== undefined) return askHealth(deps, question.url);
  if (question?.command !== undefined) return runCommand(deps, { host, id: facts.id, command: question.command });
  if (facts.health === undefined || facts.health.status === "none") return undefined;
  const { status } = facts.health;
  return { where: "Docker's health check", ok: status === "healthy", pending: status === "starting", says: status };
}

async function runCommand(
  deps: DockerActionDeps,
  { host, id, command }: { readonly host: ContainerHost; readonly id: string; readonly command: readonly string[] },
): Promise<Vitals["health"]> {
  const where = `\`${command.join(" ").slice(0, 60)}\``;
  try {
    const limits = { timeoutMs: deps.verification.healthTimeoutMs, maxBytes: COMMAND_LIMIT };
    const { exitCode } = await host.execute(id, command, limits);
    return { where, ok: exitCode === 0, says: `exit code ${exitCode}` };
  } catch (error) {
    if (!isNotTold(error) && codeOf(error) !== "timed-out") throw error;
    return { where, ok: false, says: codeOf(error) === "timed-out" ? "no answer in time" : "could not be run" };
  }
}
