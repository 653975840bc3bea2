import { formatBytes } from "./bytes.ts";
import { counted } from "./count.ts";
import type { Target } from "./target.ts";

/** A container that should run and does not, or that has just begun anew after an end: nobody measures it. */
export type DownContainer = {
  readonly target: Target;
  /** `CrashLoopBackOff`, `OOMKilled`, `ImagePullBackOff`, `Evicted`, `running` ... */
  readonly state: string;
  readonly restarts: number;
  readonly limitBytes?: number;
  /** How it ended last, as far as that is known; time in milliseconds since 1970. */
  readonly lastEnd?: { readonly reason?: string; readonly exitCode?: number; readonly atMs?: number };
};

/** `CrashLoopBackOff, last ended OOMKilled (exit code 137) at ..., 4 restarts, limit 64.0 MiB`. */
export function howItIsDown({ state, lastEnd, restarts, limitBytes }: DownContainer, time: (atMs: number) => string): string {
  const code = lastEnd?.exitCode === undefined ? "" : ` (exit code ${lastEnd.exitCode})`;
  const at = lastEnd?.atMs === undefined ? "" : ` at ${time(lastEnd.atMs)}`;
  return [
    state === "running" ? "runs again, not measured yet" : state,
    ...(lastEnd === undefined ? [] : [`last ended ${lastEnd.reason ?? "without a reason"}${code}${at}`]),
    ...(restarts === 0 ? [] : [counted(restarts, "restart")]),
    limitBytes === undefined ? "no limit" : `limit ${formatBytes(limitBytes)}`,
  ].join(", ");
}
