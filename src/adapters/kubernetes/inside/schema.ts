import { z } from "zod";
import { list, text } from "../schema.ts";

// Sources: metrics.k8s.io/v1beta1; the kubelet's stats summary (k8s.io/kubelet/pkg/apis/stats/v1alpha1), 1.20 to 1.34.

const count = z.number().optional().catch(undefined);
const quantity = z.union([z.string(), z.number()]).optional().catch(undefined);
const usage = z.object({ cpu: quantity, memory: quantity }).optional().catch(undefined);

/** Of metrics-server: `timestamp` is the end of the time that it measured. */
export const PodMetrics = z.object({
  metadata: z.object({ namespace: z.string(), name: z.string() }),
  timestamp: text,
  containers: list(z.object({ name: z.string(), usage })),
});
export type PodMetrics = z.infer<typeof PodMetrics>;

export const NodeMetrics = z.object({ timestamp: text, usage });

const memory = z.object({ time: text, workingSetBytes: count, rssBytes: count, availableBytes: count }).optional().catch(undefined);

const PodStats = z.object({
  podRef: z.object({ namespace: z.string(), name: z.string() }),
  containers: list(
    z.object({ name: z.string(), startTime: text, memory, cpu: z.object({ usageNanoCores: count }).optional().catch(undefined) }),
  ),
});

export const StatsSummary = z.object({ node: z.object({ memory }), pods: list(PodStats) });
export type StatsSummary = z.infer<typeof StatsSummary>;

/** Where a pod is, and by which ids its containers are known to the runtime. */
export const PlacedPod = z.object({
  metadata: z.object({ namespace: z.string(), name: z.string() }),
  spec: z.object({ nodeName: text }).optional().catch(undefined),
  status: z
    .object({ containerStatuses: list(RunningContainer()), initContainerStatuses: list(RunningContainer()) })
    .optional()
    .catch(undefined),
});
export type PlacedPod = z.infer<typeof PlacedPod>;

function RunningContainer() {
  return z.object({ name: z.string(), containerID: z.string() });
}

/** What the last channel of an exec tells at its end. */
export const ExecStatus = z.object({
  status: text,
  reason: text,
  message: text,
  details: z
    .object({ causes: list(z.object({ reason: text, message: text })) })
    .optional()
    .catch(undefined),
});
