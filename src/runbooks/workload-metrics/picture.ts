import type { Evidence, StepFailure } from "../../domain/evidence.ts";
import type { Reason } from "../../domain/finding.ts";
import type { PodFacts } from "../../domain/workload.ts";
import { readEvidence, restsOn, type Gap, type Seen } from "../seen.ts";
import { Events, Health, Pods, Prometheus, Rollout } from "../workload-memory/schema.ts";
import { Credentials, Endpoint, type Answer } from "./schema.ts";

/** All that is known of the metrics of a workload. Undefined: not collected. */
export type Picture = {
  readonly pods: Seen<Pods> | undefined;
  readonly events: Seen<Events> | undefined;
  readonly credentials: Seen<Credentials> | undefined;
  readonly endpoint: Seen<Endpoint> | undefined;
  readonly health: Seen<Health> | undefined;
  readonly prometheus: Seen<Prometheus> | undefined;
  readonly rollout: Seen<Rollout> | undefined;
  readonly gaps: readonly Gap[];
};

export type Part = Exclude<keyof Picture, "gaps">;
export type AskedPod = Endpoint["pods"][number];

/** Puts evidence together. Pure. */
export function assemble(evidence: readonly Evidence[], failures: readonly StepFailure[]): Picture {
  const { seen, gaps } = readEvidence(evidence, failures);
  return {
    pods: seen("k8s.pods", Pods),
    events: seen("k8s.events", Events),
    credentials: seen("k8s.credentials", Credentials),
    endpoint: seen("k8s.endpoint", Endpoint),
    health: seen("k8s.health", Health),
    prometheus: seen("k8s.prometheus", Prometheus),
    rollout: seen("k8s.rollout", Rollout),
    gaps: gaps(),
  };
}

/** A reason that rests on this part of the picture. Pure. */
export function reason(picture: Picture, part: Part, says: string): Reason {
  return restsOn(picture[part], `k8s.${part}`, says);
}

/** Pods whose metrics were asked for. Pure. */
export function askedPods({ endpoint }: Picture): readonly AskedPod[] {
  return endpoint?.value.pods ?? [];
}

/** Of the answers by the way that should let in: with the credentials where there are any. Pure. */
export function properAnswer(pod: AskedPod): Answer {
  return pod.with ?? pod.without;
}

export function statusOf(answer: Answer | undefined): number | undefined {
  return answer?.kind === "status" ? answer.status : undefined;
}

/** It is let in to whatever it is asked. Pure. */
export function isServed(pod: AskedPod): boolean {
  return statusOf(properAnswer(pod)) === 200 && (pod.samples ?? 0) > 0;
}

/** Runs, and each of its main containers is ready. Pure. */
export function isReady({ phase, containers }: PodFacts): boolean {
  return phase === "Running" && containers.every(({ role, ready }) => role !== "main" || ready !== false);
}

/** Of the pod that was asked about; of all where none was. Pure. */
export function podsInQuestion({ pods }: Picture): readonly PodFacts[] {
  const all = pods?.value.pods ?? [];
  return pods?.value.pod === undefined ? all : all.filter(({ name }) => name === pods.value.pod);
}
