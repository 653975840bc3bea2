import type { Reason } from "../../domain/finding.ts";
import { counted } from "../../domain/count.ts";
import { reason } from "./figures.ts";
import { moment } from "../words.ts";
import type { Picture } from "./picture.ts";
import type { Kill } from "../parts/schema.ts";

/** What is known of kills for want of memory, from every place that tells of them. */
export type Kills = {
  /** How many each place tells of, and from when on: they count over different times, and Docker may tell of one kill twice. */
  readonly counted: readonly { readonly by: string; readonly count: number; readonly since: string }[];
  /** Signs that the kernel killed something of this container; empty: none was seen. */
  readonly signs: readonly Reason[];
  /** How many at least. */
  readonly count: number;
  readonly lastAtMs: number | undefined;
  /** `main`: the container ended by it. `child`: its main process was not the one. */
  readonly victim: "main" | "child" | "unknown";
  /** Whose memory was short. */
  readonly scope: "cgroup" | "global" | "unknown";
};

// Docker tells of the kill and of the end one after the other, in either order.
const TOGETHER_MS = 10_000;
const KILLED_CODE = 137;

/** Reads kills from state, events, the kernel's log and the cgroup's own count. An exit code alone is none of these. */
export function killsOf(picture: Picture): Kills {
  const { state, cgroup } = picture;
  const events = eventsOf(picture, "oom");
  const kernel = picture.kernel?.value.kills ?? [];
  const counter = cgroup?.value.oomKills ?? 0;
  const signs: Reason[] = [];
  const since = { events: eventsSince(picture), kernel: kernelSince(picture), cgroup: startInWords(picture) };
  if (state?.value.oomKilled === true)
    signs.push(reason(picture, "state", `Docker marks it OOMKilled (exit code ${state.value.exitCode})`));
  if (events.length > 0) signs.push(reason(picture, "events", `Docker tells of ${counted(events.length, "oom event")} ${since.events}`));
  if (kernel.length > 0) signs.push(reason(picture, "kernel", `${kernelInWords(kernel)} (${since.kernel})`));
  if (counter > 0) signs.push(reason(picture, "cgroup", `its cgroup counts ${counted(counter, "kill")} ${since.cgroup}`));
  const times = [...events.map(({ atMs }) => atMs), ...kernel.flatMap(({ atMs }) => atMs ?? [])];
  return {
    counted: [
      { by: "Docker's events", count: events.length, since: since.events },
      { by: "the kernel's log", count: kernel.length, since: since.kernel },
      { by: "its cgroup", count: counter, since: since.cgroup },
    ].filter(({ count }) => count > 0),
    signs,
    count: Math.max(isCovered(picture) ? 0 : events.length, kernel.length, counter, signs.length > 0 ? 1 : 0),
    lastAtMs: times.length === 0 ? undefined : Math.max(...times),
    victim: signs.length === 0 ? "unknown" : victimOf(picture),
    scope: scopeOf(picture),
  };
}

/** Docker may tell of one kill twice; where the kernel's log reaches as far back, and has kills, it is the one to count by. */
function isCovered(picture: Picture): boolean {
  const kernel = picture.kernel?.value;
  const first = eventsOf(picture, "oom")[0];
  return kernel !== undefined && kernel.kills.length > 0 && first !== undefined && kernel.sinceMs <= first.atMs;
}

/** Docker keeps its last 256 events: what it still knows may begin later than what was asked for. */
function eventsSince({ events }: Picture): string {
  if (events === undefined) return "";
  const { sinceMs, oldestMs = sinceMs } = events.value;
  return `since ${moment(Math.max(sinceMs, oldestMs))}`;
}

function kernelSince({ kernel }: Picture): string {
  return kernel === undefined ? "" : `since ${moment(kernel.value.sinceMs)}`;
}

function startInWords({ state }: Picture): string {
  const startedAtMs = state?.value.startedAtMs;
  return `since it was started${startedAtMs === undefined ? "" : `, ${moment(startedAtMs)}`}`;
}

/** Ends of the container in the events, oldest first. */
export function diesOf(picture: Picture): readonly { readonly atMs: number; readonly exitCode: number | undefined }[] {
  return eventsOf(picture, "die").map(({ atMs, exitCode }) => ({ atMs, exitCode }));
}

/** The exit code of its last end: of the state where it is stopped, else of the events. Undefined: it has not ended. */
export function lastExitOf(
  picture: Picture,
): { readonly code: number; readonly atMs: number | undefined; readonly part: "state" | "events" } | undefined {
  const state = picture.state?.value;
  const stopped = state !== undefined && (state.state === "exited" || state.state === "dead" || state.state === "restarting");
  if (stopped) return { code: state.exitCode, atMs: state.finishedAtMs, part: "state" };
  const last = diesOf(picture).at(-1);
  return last?.exitCode === undefined ? undefined : { code: last.exitCode, atMs: last.atMs, part: "events" };
}

export function eventsOf(
  { events }: Picture,
  action: string,
): readonly { readonly atMs: number; readonly exitCode?: number | undefined }[] {
  return (events?.value.events ?? []).filter((event) => event.action === action);
}

/** The last end tells: 137 right with a kill is the main process, another code or none is a child. */
function victimOf(picture: Picture): Kills["victim"] {
  const lastOom = eventsOf(picture, "oom").at(-1);
  if (lastOom !== undefined) {
    const end = diesOf(picture).find(({ atMs }) => Math.abs(atMs - lastOom.atMs) <= TOGETHER_MS);
    return end?.exitCode === KILLED_CODE ? "main" : "child";
  }
  const state = picture.state?.value;
  if (state === undefined) return "unknown";
  if (state.state === "running" || state.state === "paused") {
    const stillThere = state.oomKilled || (picture.cgroup?.value.oomKills ?? 0) > 0;
    const since = (picture.kernel?.value.kills ?? []).some(({ atMs }) => atMs !== undefined && atMs > (state.startedAtMs ?? atMs));
    const neverEnded = picture.events !== undefined && diesOf(picture).length === 0;
    return stillThere || since || neverEnded ? "child" : "unknown";
  }
  return state.exitCode === KILLED_CODE ? "main" : "child";
}

function scopeOf({ kernel, state, events }: Picture): Kills["scope"] {
  const last = kernel?.value.kills.at(-1);
  if (last !== undefined && last.constraint !== "unknown") return last.constraint;
  // Docker tells of kills by the container's own limit only.
  const byDocker = state?.value.oomKilled === true || (events?.value.events ?? []).some(({ action }) => action === "oom");
  return byDocker ? "cgroup" : "unknown";
}

function kernelInWords(kills: readonly Kill[]): string {
  const victims = [...new Set(kills.map(({ process }) => process))].slice(0, 3).join(", ");
  const last = kills.at(-1);
  const by = last?.killer === undefined || last.killer === "kernel" ? "" : `, by ${last.killer}`;
  const why = {
    cgroup:
      last?.limitOwner === "above"
        ? `the limit of ${last.limitCgroup ?? "a cgroup above it"} was reached, which holds more than this container`
        : "its memory limit was reached",
    global: "the host had no memory left",
    unknown: "why is not said",
  }[last?.constraint ?? "unknown"];
  return `the kernel's log tells of ${counted(kills.length, "kill")} here (${victims}${last?.pid === undefined ? "" : `; pid ${last.pid} last`}${by}): ${why}`;
}
