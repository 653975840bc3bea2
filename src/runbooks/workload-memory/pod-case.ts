import type { Reason } from "../../domain/finding.ts";
import type { ClusterEvent, PodContainer, PodFacts } from "../../domain/workload.ts";
import type { Kill } from "../parts/schema.ts";
import type { Seen } from "../seen.ts";

/** All that speaks of one pod's end. Undefined: not looked at. */
export type PodCase = {
  readonly pod: PodFacts;
  readonly podEvidence: string;
  /** About the pod, and about the node that it is on. */
  readonly events: Seen<readonly ClusterEvent[]> | undefined;
  /** Of processes of this pod. */
  readonly kernel: Seen<readonly KillSeen[]> | undefined;
  /** The kernel's own count of kills in the cgroup of a container that runs: of its present life. Absent: not read. */
  readonly counter?: Seen<{ readonly container: string; readonly oomKills: number }>;
};

export type KillSeen = { readonly container?: string; readonly containerId?: string; readonly kill: Kill };

/** How a life of a container ended. */
export type End = {
  readonly container: PodContainer;
  /** `now`: it is over and nothing came after it; `before`: the life before the present one, or before what it waits for. */
  readonly when: "now" | "before";
  readonly reason?: string;
  readonly exitCode?: number;
  readonly signal?: number;
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
  readonly message?: string;
  readonly containerId?: string;
};

const SIGKILL = 9;
const SIGTERM = 15;
/** 128 and the signal's number, as shells count. */
export const KILLED_CODE = 137;
const TERMINATED_CODES: ReadonlySet<number> = new Set([143, 130]);

/** The ends that are known of a container, the newest first. */
export function endsOf(container: PodContainer): readonly End[] {
  const of = (state: PodContainer["state"], when: End["when"]): readonly End[] => {
    if (state?.kind !== "terminated") return [];
    const { kind: _kind, ...facts } = state;
    return [{ container, when, ...facts }];
  };
  return [...of(container.state, "now"), ...of(container.lastState, "before")];
}

/** The cluster says that it was killed for want of memory. */
export function saysOom({ reason }: End): boolean {
  return reason?.toLowerCase() === "oomkilled";
}

/** Its main process ended by SIGKILL; where the code is not told, that is not known. */
export function bySigkill({ exitCode, signal }: End): boolean {
  return exitCode === KILLED_CODE || signal === SIGKILL;
}

/** It was asked to end, and did. */
export function bySigterm({ exitCode, signal }: End): boolean {
  return signal === SIGTERM || (exitCode !== undefined && TERMINATED_CODES.has(exitCode));
}

/** It lives, and nothing says that it is unwell. */
export function isWell({ state, ready, role }: PodContainer): boolean {
  if (state?.kind === "running") return ready !== false;
  return role === "init" && state?.kind === "terminated" && state.exitCode === 0;
}

/** A reason that rests on what the pod's own status says. */
export function fromPod({ podEvidence }: PodCase, says: string): Reason {
  return { evidenceId: podEvidence, says };
}
