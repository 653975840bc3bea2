import { formatBytes } from "./bytes.ts";
import { counted } from "./count.ts";
import type { Target } from "./target.ts";

/** A container that should run and does not, or that has just begun anew after an end: nobody measures it. States are Docker's or a pod's. */
export type DownContainer = {
  readonly target: Target;
  /** `CrashLoopBackOff`, `ImagePullBackOff`, `Evicted`, `restarting`, `exited`, `running` ... */
  readonly state: string;
  readonly restarts: number;
  readonly limitBytes?: number;
  /** How it ended last, as far as that is known; time in milliseconds since 1970. */
  readonly lastEnd?: { readonly reason?: string; readonly exitCode?: number; readonly atMs?: number };
};

/** How often a container that runs was started again by itself, and what its end is called: `OOMKilled`. */
export type StartedAgain = { readonly restarts: number; readonly reason?: string };

/** `2 restarts (OOMKilled), the last at ...`; empty where it was never started again by itself, or nobody knows. */
export function restartsInWords(again: StartedAgain | undefined, startedAtMs: number | undefined, time: (atMs: number) => string): string {
  if (again === undefined || again.restarts === 0) return "";
  const reason = again.reason === undefined ? "" : ` (${again.reason})`;
  const last = startedAtMs === undefined ? "" : `, the last at ${time(startedAtMs)}`;
  return `${counted(again.restarts, "restart")}${reason}${last}`;
}

/** `CrashLoopBackOff, last ended OOMKilled (exit code 137) at ..., 4 restarts, limit 64.0 MiB`. */
export function howItIsDown({ state, lastEnd, restarts, limitBytes }: DownContainer, time: (atMs: number) => string): string {
  return [
    state === "running" ? "runs again, not measured yet" : state,
    ...(lastEnd === undefined ? [] : [lastEnded(lastEnd, time)]),
    ...(restarts === 0 ? [] : [counted(restarts, "restart")]),
    limitBytes === undefined ? "no limit" : `limit ${formatBytes(limitBytes)}`,
  ].join(", ");
}

function lastEnded({ reason, exitCode, atMs }: NonNullable<DownContainer["lastEnd"]>, time: (atMs: number) => string): string {
  const code = reason === undefined ? `with exit code ${exitCode}` : `${reason} (exit code ${exitCode})`;
  return [
    "last ended",
    ...[exitCode === undefined ? reason : code].filter((part) => part !== undefined),
    ...(atMs === undefined ? [] : [`at ${time(atMs)}`]),
  ].join(" ");
}
