import { given } from "../given.ts";
import type { PodContainer, PodFacts, RunState } from "../workload.ts";
import type { PodRow } from "./pod-rows.ts";

const PHASES: ReadonlySet<string> = new Set(["Running", "Pending", "Succeeded", "Failed", "Unknown", "Completed"]);
// What kubectl shows in the place of a status is the reason of the pod as a whole, or of one of its containers.
const OF_POD: ReadonlySet<string> = new Set([
  "Evicted",
  "Preempting",
  "NodeLost",
  "NodeShutdown",
  "Shutdown",
  "DeadlineExceeded",
  "NodeAffinity",
]);
const ENDS: ReadonlySet<string> = new Set([
  "OOMKilled",
  "Error",
  "Completed",
  "ContainerStatusUnknown",
  "ContainerCannotRun",
  "StartError",
]);

/** What a row of `kubectl get pods` tells, as a pod whose container has no name. */
export function podOfRow({ namespace, name, status, ready, restarts, node }: PodRow): PodFacts {
  const init = status.startsWith("Init:");
  const said = init ? status.slice("Init:".length) : status;
  const ofPod = OF_POD.has(said) || said.startsWith("OutOf");
  const state = ofPod ? undefined : stateOf(said, ready);
  const container: PodContainer = { name: "", role: init ? "init" : "main", restarts, ports: [], probes: {}, ...given({ state }) };
  return {
    uid: "",
    namespace,
    name,
    labels: {},
    phase: phaseOf(said, ofPod),
    conditions: [],
    containers: ofPod ? [] : [container],
    ...given({ node: node === "" ? undefined : node, reason: ofPod ? said : undefined }),
  };
}

function phaseOf(said: string, ofPod: boolean): string {
  if (ofPod) return "Failed";
  return PHASES.has(said) ? said : "Unknown";
}

function stateOf(said: string, ready: boolean): RunState | undefined {
  const code = /^ExitCode:(\d+)$/.exec(said)?.[1];
  const signal = /^Signal:(\d+)$/.exec(said)?.[1];
  if (code !== undefined) return { kind: "terminated", exitCode: Number(code) };
  if (signal !== undefined) return { kind: "terminated", signal: Number(signal) };
  if (said === "Completed") return { kind: "terminated", reason: said, exitCode: 0 };
  if (ENDS.has(said)) return { kind: "terminated", reason: said };
  if (said === "Running" || said === "NotReady") return { kind: "running" };
  if (said === "Unknown" || said === "Terminating") return ready ? { kind: "running" } : undefined;
  return { kind: "waiting", reason: said };
}
