import { formatBytes } from "../../domain/bytes.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Reason } from "../../domain/finding.ts";
import type { PodContainer } from "../../domain/workload.ts";
import { fromPod, type End, type PodCase } from "./pod-case.ts";

// A life so short that the limit does not even hold the start.
const AT_ONCE_MS = 10_000;

export function limitReason(podCase: PodCase, container: PodContainer): Reason | undefined {
  const { podLimitBytes } = podCase.pod;
  if (container.limitBytes !== undefined)
    return fromPod(podCase, `the memory limit of ${named(container)} is ${formatBytes(container.limitBytes)}`);
  return podLimitBytes === undefined
    ? undefined
    : fromPod(podCase, `the memory limit of the pod as a whole is ${formatBytes(podLimitBytes)}`);
}

/** Killed right after its start: a slow leak is not it. */
export function atOnce(podCase: PodCase, end: End): Reason | undefined {
  if (!isAtOnce(end)) return undefined;
  const lifeMs = (end.finishedAtMs ?? 0) - (end.startedAtMs ?? 0);
  return fromPod(
    podCase,
    `it lived ${lifeMs < 1000 ? "less than a second" : formatDuration(lifeMs)}: it took all at once at its start, which is no slow leak`,
  );
}

export function isAtOnce({ startedAtMs, finishedAtMs }: End): boolean {
  if (startedAtMs === undefined || finishedAtMs === undefined || startedAtMs <= 0) return false;
  return finishedAtMs >= startedAtMs && finishedAtMs - startedAtMs <= AT_ONCE_MS;
}

export function runsSince(podCase: PodCase, container: PodContainer): Reason {
  const again = container.restarts > 1 ? `; ${container.restarts} restarts in all` : "";
  return fromPod(
    podCase,
    `${named(container)} was started again and ${container.state?.kind === "running" ? "runs" : "ended well"} since${again}`,
  );
}

export function kernelUnread({ kernel, podEvidence }: PodCase): Reason | undefined {
  return kernel === undefined ? { evidenceId: podEvidence, says: "the kernel's log, which would settle it, was not read" } : undefined;
}

export function whose({ container, when: time }: End): string {
  return time === "now" ? `the state of ${named(container)}` : `the last state of ${named(container)}`;
}

export function named({ name, role }: PodContainer): string {
  if (name === "") return "the container";
  const roles = { init: "init container ", sidecar: "sidecar ", ephemeral: "ephemeral container ", main: "" };
  return `${roles[role]}${name}`;
}

export function codeOf({ exitCode, signal }: End): string {
  if (exitCode !== undefined) return ` with exit code ${exitCode}`;
  return signal === undefined ? "" : ` by signal ${signal}`;
}
