import type { ClusterMemory } from "../../../ports/clusters.ts";

/** Whose memory is asked for. */
export type UsageQuery = Parameters<ClusterMemory["usage"]>[0];

/** What is told of a node as a whole. */
export type NodeMemory = Awaited<ReturnType<ClusterMemory["nodeUsage"]>>;
