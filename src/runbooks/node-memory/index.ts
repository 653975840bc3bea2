import { OomphError } from "../../domain/errors.ts";
import { formatTarget } from "../../domain/target.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Clusters } from "../../ports/clusters.ts";
import type { Runbook } from "../runbook.ts";
import { collectEvents, collectKernel, collectPods, collectState, type NodeSession } from "./collect-node.ts";
import { diagnoseNodeMemory, diagnoseUnreachable } from "./diagnose-node-memory.ts";
import { STEPS } from "./picture.ts";

export type NodeMemoryDeps = {
  readonly clusters: Clusters;
  readonly clock: Clock;
  /** Longest wait for a step; default: 8 s. What goes through all its pods has twice that. */
  readonly stepTimeoutMs?: number;
};

/** Whether a node is short of memory, and what takes it. */
export function nodeMemoryRunbook({ clusters, clock, stepTimeoutMs: timeoutMs = 8_000 }: NodeMemoryDeps): Runbook<NodeSession> {
  return {
    id: "node-memory",
    title: "Memory of a node",
    targetKind: "node",
    problem: "node-memory",
    async open(target) {
      if (target.kind !== "node") throw new OomphError("bad-input", `expected a node of a cluster, got ${formatTarget(target)}`);
      const cluster = clusters.cluster(target.connection);
      await cluster.node(target.name);
      // The connection to the cluster is shared and stays.
      return { session: { cluster, target }, source: `${formatTarget(target)} in cluster ${cluster.name}`, close: async () => undefined };
    },
    steps: [
      { id: STEPS.state, title: "Conditions, room and use", timeoutMs, collect: (session) => collectState(session, clock) },
      { id: STEPS.pods, title: "Pods: requests, limits, the largest, the evicted", timeoutMs: timeoutMs * 2, collect: collectPods },
      { id: STEPS.events, title: "Events: SystemOOM and pressure", timeoutMs, collect: (session) => collectEvents(session, clock) },
      { id: STEPS.kernel, title: "Kills in its kernel's log", timeoutMs, collect: collectKernel },
    ],
    diagnose: diagnoseNodeMemory,
    diagnoseUnreachable,
  };
}
