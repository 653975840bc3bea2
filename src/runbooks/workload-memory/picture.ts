import type { Evidence, StepFailure } from "../../domain/evidence.ts";
import type { Reason } from "../../domain/finding.ts";
import { readEvidence, restsOn, type Gap, type Seen } from "../seen.ts";
import {
  Authentication,
  Census,
  Cgroup,
  Environment,
  Events,
  Heap,
  Health,
  History,
  Kernel,
  Logs,
  Metrics,
  Nodes,
  Pods,
  Prometheus,
  Rollout,
  SurroundingsRead,
  Usage,
} from "./schema.ts";

/** All that is known of a workload and its pods. Undefined: not collected. */
export type Picture = {
  readonly pods: Seen<Pods> | undefined;
  readonly events: Seen<Events> | undefined;
  readonly node: Seen<Nodes> | undefined;
  readonly usage: Seen<Usage> | undefined;
  readonly logs: Seen<Logs> | undefined;
  readonly rollout: Seen<Rollout> | undefined;
  readonly surroundings: Seen<SurroundingsRead> | undefined;
  readonly history: Seen<History> | undefined;
  readonly kernel: Seen<Kernel> | undefined;
  readonly environment: Seen<Environment> | undefined;
  readonly census: Seen<Census> | undefined;
  readonly cgroup: Seen<Cgroup> | undefined;
  readonly health: Seen<Health> | undefined;
  readonly metrics: Seen<Metrics> | undefined;
  readonly authentication: Seen<Authentication> | undefined;
  readonly prometheus: Seen<Prometheus> | undefined;
  readonly heap: Seen<Heap> | undefined;
  readonly gaps: readonly Gap[];
};

export type Part = Exclude<keyof Picture, "gaps">;

/** Puts evidence together. Evidence that does not read as its step's type is a gap, not an error. */
export function assemble(evidence: readonly Evidence[], failures: readonly StepFailure[]): Picture {
  const { seen, gaps } = readEvidence(evidence, failures);
  return {
    pods: seen("k8s.pods", Pods),
    events: seen("k8s.events", Events),
    node: seen("k8s.node", Nodes),
    usage: seen("k8s.usage", Usage),
    logs: seen("k8s.logs", Logs),
    rollout: seen("k8s.rollout", Rollout),
    surroundings: seen("k8s.surroundings", SurroundingsRead),
    history: seen("k8s.history", History),
    kernel: seen("k8s.kernel", Kernel),
    environment: seen("k8s.environment", Environment),
    census: seen("k8s.census", Census),
    cgroup: seen("k8s.cgroup", Cgroup),
    health: seen("k8s.health", Health),
    metrics: seen("k8s.metrics", Metrics),
    authentication: seen("k8s.authentication", Authentication),
    prometheus: seen("k8s.prometheus", Prometheus),
    heap: seen("k8s.heap", Heap),
    gaps: gaps(),
  };
}

/** A reason that rests on this part of the picture. Pure. */
export function reason(picture: Picture, part: Part, says: string): Reason {
  return restsOn(picture[part], `k8s.${part}`, says);
}
