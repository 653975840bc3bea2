import type { Json } from "../../domain/json.ts";
import { maskSecrets } from "../../domain/mask-secrets.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ContainerFacts, LogLimits } from "../../ports/containers.ts";
import type { UserPattern } from "../logs/log-patterns.ts";
import { scanInPieces } from "../logs/scan-in-pieces.ts";
import type { ContainerSession } from "./session.ts";

const READINGS_APART_MS = 1_000;
const MAX_EVENTS = 200;
const MAX_TEXT = 400;
const COMPOSE_SERVICE = "com.docker.compose.service";

// Of `docker exec` and health checks there can be thousands; these are what concerns memory and lives.
const TELLING = new Set(["oom", "die", "start", "stop", "kill", "restart", "update", "create", "destroy"]);

/** What inspect says: state, exit, limits. */
export async function collectState({ host, id, backMs, askedSinceMs }: ContainerSession, clock: Clock): Promise<Json> {
  const facts = await host.inspect(id);
  return {
    id: facts.id,
    name: facts.name,
    image: facts.image,
    state: facts.state,
    atMs: clock.nowMs(),
    createdAtMs: facts.createdAtMs,
    startedAtMs: facts.startedAtMs,
    finishedAtMs: facts.finishedAtMs,
    exitCode: facts.exitCode,
    oomKilled: facts.oomKilled,
    error: short(facts.error),
    pid: facts.pid,
    restartCount: facts.restartCount,
    restartPolicy: facts.restartPolicy,
    health: facts.health && { ...facts.health, lastOutput: short(facts.health.lastOutput) },
    commandLine: short(commandLineOf(facts)),
    lookBackMs: askedSinceMs === undefined ? undefined : backMs,
    composeService: facts.labels[COMPOSE_SERVICE],
    resources: facts.resources,
  };
}

export async function collectHost({ host }: ContainerSession): Promise<Json> {
  const { hostname, serverVersion, kernel, cores, memoryBytes, cgroupVersion } = await host.facts();
  return { hostname, serverVersion, kernel, cores, memoryBytes, cgroupVersion };
}

/** Two readings about a second apart, so that CPU use is measured. */
export async function collectStats({ host, id }: ContainerSession, clock: Clock, signal: AbortSignal): Promise<Json> {
  const first = await host.stats(id, signal);
  await clock.sleep(READINGS_APART_MS, signal);
  const second = await host.stats(id, signal);
  return { first, second };
}

/** What the daemon still knows of the time that is looked at, for the name: earlier containers of that name included. */
export async function collectEvents({ host, target, id, backMs }: ContainerSession): Promise<Json> {
  const { nowMs: untilMs } = await host.facts();
  const sinceMs = untilMs - backMs;
  const all = await host.pastEvents({ sinceMs, untilMs });
  // By its name, which its former lives had; by its id, which it had under another name.
  const events = all.filter(({ containerId, name }) => containerId === id || name === target.name);
  const telling = events.filter(({ action }) => TELLING.has(action)).slice(-MAX_EVENTS);
  return { sinceMs, untilMs, oldestMs: all[0]?.atMs, events: telling.map(({ atMs, action, exitCode }) => ({ atMs, action, exitCode })) };
}

export type LogDeps = { readonly limits: LogLimits; readonly patterns: readonly UserPattern[] };

/** Known error texts in the end of the log, or in what of it is as new as was asked for. */
export async function collectLogs({ host, id, askedSinceMs }: ContainerSession, { limits, patterns }: LogDeps): Promise<Json> {
  const bounds = askedSinceMs === undefined ? limits : { ...limits, sinceMs: askedSinceMs };
  return scanInPieces(await host.logTail(id, bounds), patterns);
}

/** Entrypoint and command in one line, as they are. */
export function commandLineOf({ entrypoint, command }: ContainerFacts): string {
  return [...entrypoint, ...command].join(" ");
}

function short(text: string): string {
  const masked = maskSecrets(text.slice(0, MAX_TEXT * 4));
  return masked.length <= MAX_TEXT ? masked : `${masked.slice(0, MAX_TEXT - 1)}…`;
}
