import type { PodContainer, PodFacts, WorkloadFacts } from "../../domain/workload.ts";
import { shown } from "../words.ts";

/** Does every replica run the newest template, and are the old ones gone? What keeps no replicas is complete. */
export function isComplete({ replicas, generation, observedGeneration }: WorkloadFacts, pods: readonly PodFacts[]): boolean {
  if (replicas === undefined) return true;
  if (generation !== undefined && (observedGeneration ?? 0) < generation) return false;
  const { wanted, ready, updated, available } = replicas;
  const isCounted = updated >= wanted && ready >= wanted && available >= wanted;
  return isCounted && pods.length === wanted && pods.every(isReady); // counts lag behind
}

function isReady({ conditions }: PodFacts): boolean {
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}

/** `1 of 3 replicas made anew, 2 ready`. */
export function progressInWords({ replicas, generation, observedGeneration }: WorkloadFacts): string {
  if (replicas === undefined) return "it keeps no replicas";
  const isSeen = generation === undefined || (observedGeneration ?? 0) >= generation;
  const { wanted, updated, ready } = replicas;
  return isSeen
    ? `${updated} of ${wanted} replicas made anew, ${ready} ready`
    : `the cluster has not begun yet, ${ready} of ${wanted} ready`;
}

/** What keeps pods from becoming ready, or from being made at all, in a clause; undefined: nothing that is known. Pure. */
export function obstacle({ conditions }: WorkloadFacts, pods: readonly PodFacts[]): string | undefined {
  const failure = conditions.find(({ type, status }) => type === "ReplicaFailure" && status === "True");
  if (failure !== undefined) return `pods cannot be made: ${oneLine(failure.message ?? failure.reason ?? "the cluster does not say why")}`;
  const newestFirst = pods.toReversed();
  const ofPod = newestFirst.flatMap((pod) => obstacleOf(pod) ?? [])[0];
  if (ofPod !== undefined) return ofPod;
  const late = conditions.find(({ type, status }) => type === "Progressing" && status === "False");
  return late === undefined ? undefined : oneLine(late.message ?? "it has made no progress within its deadline");
}

// What a container that is only on its way waits for.
const ON_ITS_WAY = new Set(["ContainerCreating", "PodInitializing"]);

function obstacleOf({ name, conditions, containers }: PodFacts): string | undefined {
  const unscheduled = conditions.find(
    ({ type, status, reason }) => type === "PodScheduled" && status === "False" && reason === "Unschedulable",
  );
  if (unscheduled !== undefined) return `${name} finds no node: ${oneLine(unscheduled.message ?? "the cluster does not say why")}`;
  return containers.flatMap((container) => waitsFor(name, container) ?? [])[0];
}

function waitsFor(pod: string, { name, state, lastState }: PodContainer): string | undefined {
  if (state?.kind !== "waiting" || state.reason === undefined || ON_ITS_WAY.has(state.reason)) return undefined;
  const ended =
    lastState?.kind === "terminated" ? `, it ended with ${lastState.reason ?? "no reason"} (exit code ${lastState.exitCode ?? "?"})` : "";
  const says = state.message === undefined ? "" : `: ${oneLine(state.message)}`;
  return `container ${name} of ${pod} is in ${state.reason}${ended}${says}`;
}

function oneLine(text: string): string {
  return shown(text.replaceAll(/\s+/g, " ").trim(), 200);
}
