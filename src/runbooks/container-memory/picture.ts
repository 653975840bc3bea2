import type { Evidence, StepFailure } from "../../domain/evidence.ts";
import { Logs } from "../logs/schema.ts";
import { Census, Environment, Health, History } from "../parts/schema.ts";
import { Cgroup, Events, Host, Kernel, State, Stats } from "./schema.ts";
import { readEvidence, type Gap, type Seen } from "../seen.ts";

/** All that is known of a container. Undefined: not collected. */
export type Picture = {
  readonly state: Seen<State> | undefined;
  readonly host: Seen<Host> | undefined;
  readonly stats: Seen<Stats> | undefined;
  readonly events: Seen<Events> | undefined;
  readonly census: Seen<Census> | undefined;
  readonly environment: Seen<Environment> | undefined;
  readonly logs: Seen<Logs> | undefined;
  readonly cgroup: Seen<Cgroup> | undefined;
  readonly kernel: Seen<Kernel> | undefined;
  readonly health: Seen<Health> | undefined;
  readonly history: Seen<History> | undefined;
  readonly gaps: readonly Gap[];
};

export type Part = Exclude<keyof Picture, "gaps">;

/** Puts evidence together. Evidence that does not read as its step's type is a gap, not an error. */
export function assemble(evidence: readonly Evidence[], failures: readonly StepFailure[]): Picture {
  const { seen, gaps } = readEvidence(evidence, failures);
  const state = seen("docker.state", State);
  const read = seen("docker.events", Events);
  const events = reachesItsLastTurn(read, state?.value) ? read : undefined;
  return {
    state,
    host: seen("docker.host", Host),
    stats: seen("docker.stats", Stats),
    events,
    census: seen("docker.census", Census),
    environment: seen("docker.environment", Environment),
    logs: seen("docker.logs", Logs),
    cgroup: seen("docker.cgroup", Cgroup),
    kernel: reachesBack(seen("docker.kernel", Kernel), state?.value.finishedAtMs),
    health: seen("docker.health", Health),
    history: seen("docker.history", History),
    gaps: [...gaps(), ...(read === events ? [] : [FORGOTTEN])],
  };
}

// Docker keeps the last 256 events of a whole host, until it is restarted: on a busy one, or with a health check every second,
// that is minutes.
const FORGOTTEN: Gap = { step: "docker.events", code: "forgotten", because: "Docker has forgotten its events of that time" };
const TURN_MS = 10_000;

/** Whether the last start or end of the container is among its events; where it is not, that they name no kill is no sign. */
function reachesItsLastTurn(read: Seen<Events> | undefined, state: State | undefined): boolean {
  if (read === undefined || state === undefined) return true;
  const { sinceMs, oldestMs, events } = read.value;
  const ended = state.state === "exited" || state.state === "dead" || state.state === "restarting";
  const turn = ended ? { action: "die", atMs: state.finishedAtMs } : { action: "start", atMs: state.startedAtMs };
  const { atMs } = turn;
  if (atMs === undefined || atMs < sinceMs || events.some(({ action }) => action === "oom")) return true;
  // Of a time from which others are still known nothing has been forgotten.
  if (oldestMs !== undefined && oldestMs < atMs - TURN_MS) return true;
  return events.some((event) => event.action === turn.action && Math.abs(event.atMs - atMs) <= TURN_MS);
}

/** A log that begins after the end says nothing of it: that it names no kill is then no sign. */
function reachesBack(kernel: Seen<Kernel> | undefined, endedAtMs: number | undefined): Seen<Kernel> | undefined {
  const begins = kernel?.value.sinceMs ?? 0;
  return kernel?.value.kills.length === 0 && endedAtMs !== undefined && begins > endedAtMs ? undefined : kernel;
}

/** A container of which nothing is known, to be filled in by whoever knows something. */
export const UNKNOWN: Picture = {
  state: undefined,
  host: undefined,
  stats: undefined,
  events: undefined,
  census: undefined,
  environment: undefined,
  logs: undefined,
  cgroup: undefined,
  kernel: undefined,
  health: undefined,
  history: undefined,
  gaps: [],
};

/** Whether anything at all was read. */
export function isEmpty({ gaps: _gaps, ...parts }: Picture): boolean {
  return Object.values(parts).every((part) => part === undefined);
}
