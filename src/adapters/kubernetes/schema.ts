import { z } from "zod";

// Only what Oomph needs of each object, and each field by itself: of a fragment, or of an object of another version, the
// rest is read all the same. Go writes null for what is empty. Source: Kubernetes API 1.20 to 1.34.

/** A schema by what it makes of a value, so that zod stays in this file. */
export type Schema<Value> = z.ZodType<Value>;

export const text = z.string().optional().catch(undefined);
const count = z.number().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const port = z.union([z.number(), z.string()]).optional().catch(undefined);
const quantity = z.union([z.string(), z.number()]).optional().catch(undefined);
/** Values that YAML read as numbers are texts too. */
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const texts = z.record(z.string(), scalar).default({}).catch({});

/** Entries that are not objects are left out. */
export function list<Item>(item: z.ZodType<Item>) {
  return z
    .array(z.unknown())
    .default([])
    .catch([])
    .transform((entries) =>
      entries.flatMap((entry) => {
        const read = item.safeParse(entry);
        return read.success ? [read.data] : [];
      }),
    );
}

function part<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape).optional().catch(undefined);
}

const words = list(scalar);
const resources = part({
  limits: part({ memory: quantity, cpu: quantity }),
  requests: part({ memory: quantity, cpu: quantity }),
});

const Owner = z.object({ kind: text, name: text, uid: text, controller: flag });
const ManagedField = z.object({ manager: text, operation: text, time: text, fieldsV1: z.unknown().optional() });
export type ManagedField = z.infer<typeof ManagedField>;

const metadata = {
  uid: text,
  namespace: text,
  name: text,
  labels: texts,
  annotations: texts,
  creationTimestamp: text,
  deletionTimestamp: text,
  deletionGracePeriodSeconds: count,
  ownerReferences: list(Owner),
  resourceVersion: text,
  generation: count,
};
export type Metadata = z.infer<z.ZodObject<typeof metadata>>;

const Condition = z.object({
  type: text,
  status: text,
  reason: text,
  message: text,
  lastTransitionTime: text,
});
export type Condition = z.infer<typeof Condition>;

const State = part({
  waiting: part({ reason: text, message: text }),
  running: part({ startedAt: text }),
  terminated: part({
    reason: text,
    exitCode: count,
    signal: count,
    startedAt: text,
    finishedAt: text,
    message: text,
    containerID: text,
  }),
});
export type State = z.infer<typeof State>;

export const ContainerStatus = z.object({
  name: text,
  state: State,
  lastState: State,
  restartCount: count,
  ready: flag,
  image: text,
  /** From 1.33 on: what is in force, which after a resize in place the definition need not be. */
  resources,
});
export type ContainerStatus = z.infer<typeof ContainerStatus>;

/** What `crictl inspect` shows of a container. */
export const RuntimeStatus = z.object({
  status: z.object({
    state: z.enum(["CONTAINER_EXITED", "CONTAINER_RUNNING", "CONTAINER_CREATED", "CONTAINER_UNKNOWN"]),
    metadata: part({ name: text, attempt: count }),
    id: text,
    exitCode: count,
    reason: text,
    message: text,
    startedAt: text,
    finishedAt: text,
  }),
});
export type RuntimeStatus = z.infer<typeof RuntimeStatus>;

const Probe = part({
  httpGet: part({ scheme: text, host: text, port, path: text }),
  tcpSocket: part({ host: text, port }),
  grpc: part({ port, service: text }),
  exec: part({ command: words }),
});
export type Probe = z.infer<typeof Probe>;

export const Container = z.object({
  name: text,
  image: text,
  command: words,
  args: words,
  resources,
  restartPolicy: text,
  ports: list(z.object({ name: text, containerPort: count })),
  env: list(z.object({ name: text, value: scalar.optional().catch(undefined), valueFrom: z.unknown().optional() })),
  livenessProbe: Probe,
  readinessProbe: Probe,
  startupProbe: Probe,
});
export type Container = z.infer<typeof Container>;

const podSpec = {
  nodeName: text,
  containers: list(Container),
  initContainers: list(Container),
  ephemeralContainers: list(Container),
  resources,
};
const PodSpec = part(podSpec);
export type PodSpec = z.infer<z.ZodObject<typeof podSpec>>;

const podStatus = {
  phase: text,
  reason: text,
  message: text,
  startTime: text,
  qosClass: text,
  conditions: list(Condition),
  containerStatuses: list(ContainerStatus),
  initContainerStatuses: list(ContainerStatus),
  ephemeralContainerStatuses: list(ContainerStatus),
};
export type PodStatus = z.infer<z.ZodObject<typeof podStatus>>;

export const Pod = z.object({ metadata: part(metadata), spec: PodSpec, status: part(podStatus) });
export type Pod = z.infer<typeof Pod>;

export const labelSelector = part({
  matchLabels: texts,
  matchExpressions: list(z.object({ key: text, operator: text, values: words })),
});
export type LabelSelector = z.infer<typeof labelSelector>;

export const podTemplate = part({ metadata: part({ labels: texts, annotations: texts }), spec: PodSpec });
export type Template = z.infer<typeof podTemplate>;

/** A Deployment, StatefulSet, DaemonSet, ReplicaSet, Job or CronJob: each has some of these. */
export const Workload = z.object({
  metadata: part({ ...metadata, managedFields: list(ManagedField) }),
  spec: part({
    replicas: count,
    parallelism: count,
    paused: flag,
    suspend: flag,
    selector: labelSelector,
    template: podTemplate,
    jobTemplate: part({ spec: part({ template: podTemplate }) }),
  }),
  status: part({
    observedGeneration: count,
    replicas: count,
    readyReplicas: count,
    updatedReplicas: count,
    availableReplicas: count,
    desiredNumberScheduled: count,
    numberReady: count,
    updatedNumberScheduled: count,
    numberAvailable: count,
    active: count,
    ready: count,
    currentReplicas: count,
    currentRevision: text,
    updateRevision: text,
    conditions: list(Condition),
  }),
});
export type Workload = z.infer<typeof Workload>;

export const Node = z.object({
  metadata: part(metadata),
  spec: part({ unschedulable: flag }),
  status: part({
    conditions: list(Condition),
    capacity: part({ memory: quantity, cpu: quantity }),
    allocatable: part({ memory: quantity, cpu: quantity }),
    addresses: list(z.object({ address: text })),
    nodeInfo: part({ kubeletVersion: text, kernelVersion: text, containerRuntimeVersion: text }),
  }),
});
export type Node = z.infer<typeof Node>;

/** Of `v1` and of `events.k8s.io/v1`, which are the same objects under other names. */
export const Event = z.object({
  metadata: part(metadata),
  type: text,
  reason: text,
  message: text,
  note: text,
  involvedObject: part({ kind: text, namespace: text, name: text, uid: text, fieldPath: text }),
  regarding: part({ kind: text, namespace: text, name: text, uid: text, fieldPath: text }),
  count,
  deprecatedCount: count,
  firstTimestamp: text,
  deprecatedFirstTimestamp: text,
  lastTimestamp: text,
  deprecatedLastTimestamp: text,
  eventTime: text,
  series: part({ count, lastObservedTime: text }),
  source: part({ component: text, host: text }),
  deprecatedSource: part({ component: text, host: text }),
  reportingComponent: text,
  reportingController: text,
});
export type Event = z.infer<typeof Event>;

/** Whatever `kubectl get -o json` may print, before it is known what it is. */
export const AnyObject = z.object({ kind: text, metadata: part(metadata), items: z.array(z.unknown()).optional().catch(undefined) });

/** What an API server says of a request that it did not carry out, and as `ERROR` in a watch. */
export const Status = z.object({
  kind: z.literal("Status"),
  code: count,
  reason: text,
  message: text,
  metadata: part({ continue: text }),
  details: part({ name: text, kind: text, retryAfterSeconds: count }),
});
export type Status = z.infer<typeof Status>;

/** A list, its entries unread. */
export const ListAnswer = z.object({
  metadata: part({ resourceVersion: text, continue: text }),
  items: z.array(z.unknown()).nullish(),
});

/** `/apis/{group}/{version}`: what is served there. */
export const ResourceList = z.object({ resources: list(z.object({ name: text })) });
export const Version = z.object({ gitVersion: z.string() });

export const WithMetadata = z.object({ metadata: part(metadata) });
/** What is read of thousands, and only for who owns them. */
export const OwnedBy = z.object({ metadata: z.object({ namespace: text, name: text, ownerReferences: list(Owner) }) });
export const WithVersion = z.object({ metadata: z.object({ resourceVersion: z.string().min(1) }) });

export const WatchLine = z.object({ type: z.enum(["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"]), object: z.unknown() });
