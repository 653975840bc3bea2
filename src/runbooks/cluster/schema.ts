import { z } from "zod";
import { WORKLOAD_RESOURCES } from "../../domain/target.ts";
import type {
  ClusterEvent,
  Condition,
  ContainerUsage,
  NodeFacts,
  ObjectName,
  PodContainer,
  PodFacts,
  Revision,
  RunState,
  Surroundings,
  WorkloadFacts,
} from "../../domain/workload.ts";

// The types of src/domain/workload.ts as evidence: checked when it is read back. What a field means stands there.

const size = z.number().nonnegative();
const at = z.number();
const texts = z.record(z.string(), z.string());

const OwnerName = z.object({ kind: z.string(), name: z.string(), uid: z.string().exactOptional() }) satisfies z.ZodType<ObjectName>;

const ConditionSeen = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().exactOptional(),
  message: z.string().exactOptional(),
  changedAtMs: at.exactOptional(),
}) satisfies z.ZodType<Condition>;

const RunStateSeen = z.union([
  z.object({ kind: z.literal("waiting"), reason: z.string().exactOptional(), message: z.string().exactOptional() }),
  z.object({ kind: z.literal("running"), startedAtMs: at.exactOptional() }),
  z.object({
    kind: z.literal("terminated"),
    reason: z.string().exactOptional(),
    exitCode: z.number().exactOptional(),
    signal: z.number().exactOptional(),
    startedAtMs: at.exactOptional(),
    finishedAtMs: at.exactOptional(),
    message: z.string().exactOptional(),
    containerId: z.string().exactOptional(),
  }),
]) satisfies z.ZodType<RunState>;

const ContainerSeen = z.object({
  name: z.string(),
  role: z.enum(["init", "sidecar", "main", "ephemeral"]),
  image: z.string().exactOptional(),
  requestBytes: size.exactOptional(),
  limitBytes: size.exactOptional(),
  cpuLimitCores: size.exactOptional(),
  state: RunStateSeen.exactOptional(),
  lastState: RunStateSeen.exactOptional(),
  restarts: size,
  ready: z.boolean().exactOptional(),
  commandLine: z.string().exactOptional(),
  ports: z.array(z.object({ name: z.string().exactOptional(), port: z.number() })),
  probes: texts,
}) satisfies z.ZodType<PodContainer>;

export const PodSeen = z.object({
  uid: z.string(),
  namespace: z.string(),
  name: z.string(),
  controller: OwnerName.exactOptional(),
  labels: texts,
  node: z.string().exactOptional(),
  phase: z.string(),
  reason: z.string().exactOptional(),
  message: z.string().exactOptional(),
  createdAtMs: at.exactOptional(),
  startedAtMs: at.exactOptional(),
  deletedAtMs: at.exactOptional(),
  qosClass: z.string().exactOptional(),
  scrape: z.object({ port: z.number(), path: z.string() }).exactOptional(),
  conditions: z.array(ConditionSeen),
  podRequestBytes: size.exactOptional(),
  podLimitBytes: size.exactOptional(),
  containers: z.array(ContainerSeen),
}) satisfies z.ZodType<PodFacts>;

export const WorkloadNameSeen = z.object({ resource: z.enum(WORKLOAD_RESOURCES), namespace: z.string(), name: z.string() });

/** Variable values masked. */
const EnvironmentSeen = z.record(z.string(), texts);

export const WorkloadSeen = z.object({
  resource: z.enum(WORKLOAD_RESOURCES),
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  resourceVersion: z.string(),
  generation: z.number().exactOptional(),
  observedGeneration: z.number().exactOptional(),
  labels: texts,
  annotations: texts,
  selector: z.string().exactOptional(),
  replicas: z.object({ wanted: size, ready: size, updated: size, available: size }).exactOptional(),
  conditions: z.array(ConditionSeen),
  containers: z.array(ContainerSeen),
  environment: EnvironmentSeen,
  paused: z.boolean(),
  createdAtMs: at.exactOptional(),
  managers: z.array(z.object({ name: z.string(), operation: z.string(), atMs: at.exactOptional(), fields: z.array(z.string()) })),
  controller: OwnerName.exactOptional(),
}) satisfies z.ZodType<WorkloadFacts>;

export const RevisionSeen = z.object({
  revision: z.number(),
  atMs: at.exactOptional(),
  cause: z.string().exactOptional(),
  replicas: size,
  containers: z.array(ContainerSeen),
  environment: EnvironmentSeen,
}) satisfies z.ZodType<Revision>;

export const NodeSeen = z.object({
  name: z.string(),
  uid: z.string(),
  conditions: z.array(ConditionSeen),
  capacityBytes: size.exactOptional(),
  allocatableBytes: size.exactOptional(),
  allocatableCores: size.exactOptional(),
  kubeletVersion: z.string().exactOptional(),
  kernel: z.string().exactOptional(),
  runtime: z.string().exactOptional(),
  unschedulable: z.boolean(),
}) satisfies z.ZodType<NodeFacts>;

export const EventSeen = z.object({
  uid: z.string(),
  type: z.string(),
  reason: z.string(),
  message: z.string(),
  about: OwnerName.extend({ namespace: z.string(), container: z.string().exactOptional() }),
  count: size,
  firstAtMs: at.exactOptional(),
  lastAtMs: at.exactOptional(),
  source: z.string().exactOptional(),
}) satisfies z.ZodType<ClusterEvent>;

export const SurroundingsSeen = z.object({
  autoscalers: z.array(
    z.object({
      name: z.string(),
      minReplicas: size,
      maxReplicas: size,
      currentReplicas: size,
      metrics: z.array(z.string()),
      memoryPercentOfRequest: size.exactOptional(),
    }),
  ),
  budgets: z.array(z.object({ name: z.string(), disruptionsAllowed: z.number(), says: z.string() })),
  quotas: z.array(z.object({ name: z.string(), resource: z.string(), usedBytes: size, hardBytes: size })),
  limitRanges: z.array(z.object({ name: z.string(), maxBytes: size.exactOptional(), defaultBytes: size.exactOptional() })),
  gaps: z.array(z.string()).exactOptional(),
}) satisfies z.ZodType<Surroundings>;

export const UsageSeen = z.object({
  namespace: z.string(),
  pod: z.string(),
  container: z.string(),
  atMs: at,
  workingSetBytes: size,
  rssBytes: size.exactOptional(),
  cpuCores: size.exactOptional(),
  startedAtMs: at.exactOptional(),
}) satisfies z.ZodType<ContainerUsage>;

export const NodeUsageSeen = z.object({
  atMs: at,
  workingSetBytes: size,
  availableBytes: size.exactOptional(),
  rssBytes: size.exactOptional(),
});
