import { z } from "zod";
import type { HeapSeen } from "../../ports/heap-look.ts";
import { Cgroup as CgroupFiles } from "../container-memory/schema.ts";
import {
  EventSeen,
  NodeSeen,
  NodeUsageSeen,
  PodSeen,
  RevisionSeen,
  SurroundingsSeen,
  UsageSeen,
  WorkloadNameSeen,
  WorkloadSeen,
} from "../cluster/schema.ts";
import { Logs as LogScan } from "../logs/schema.ts";
import {
  Census as ContainerCensus,
  Environment as ContainerSettings,
  Health as HealthAnswer,
  History as Readings,
  Kill,
} from "../parts/schema.ts";

// What the steps of this runbook store as evidence. Sizes in bytes, times in milliseconds since 1970, secrets masked.

const count = z.number().nonnegative();
const at = z.number();
const place = { pod: z.string(), container: z.string() };

/** `k8s.pods`: the pods of the workload as they are, those that were killed or are in trouble first. */
export const Pods = z.object({
  /** When they were read, by Oomph's clock. */
  atMs: at,
  /** Where they are: the connection, and the API server's host and port, by which one `local` is told from another. */
  cluster: z.object({ connection: z.string(), server: z.string().exactOptional() }).exactOptional(),
  workload: WorkloadNameSeen,
  /** The pod that was asked for, which need not be there any more. */
  pod: z.string().exactOptional(),
  /** The container that was asked for. */
  container: z.string().exactOptional(),
  /** At most some two hundred. */
  pods: z.array(PodSeen),
  /** How many there are, with those that are not kept here. */
  total: count,
});
export type Pods = Readonly<z.infer<typeof Pods>>;

/** `k8s.events`: of the pods, of what owns them, and of the nodes that they are on (`SystemOOM`), newest first. The cluster forgets them, after an hour as a rule. */
export const Events = z.object({
  atMs: at,
  events: z.array(EventSeen),
  /** What could not be listed, such as `events of nodes (no-rights)`. */
  missing: z.array(z.string()).exactOptional(),
});
export type Events = Readonly<z.infer<typeof Events>>;

/** `k8s.node`: the nodes that pods in trouble are on. */
export const Nodes = z.object({
  nodes: z.array(
    z.object({
      facts: NodeSeen,
      usage: NodeUsageSeen.exactOptional(),
      /** What takes most of it, largest first; absent: not read. */
      largest: z
        .array(
          z.object({
            namespace: z.string(),
            pod: z.string(),
            workingSetBytes: count,
            requestBytes: count.exactOptional(),
            limitBytes: count.exactOptional(),
          }),
        )
        .exactOptional(),
    }),
  ),
  /** Names of nodes that are no longer there. */
  gone: z.array(z.string()),
});
export type Nodes = Readonly<z.infer<typeof Nodes>>;

/** `k8s.usage`: memory per container, now. */
export const Usage = z.object({ atMs: at, from: z.enum(["metrics.k8s.io", "kubelet"]), containers: z.array(UsageSeen) });
export type Usage = Readonly<z.infer<typeof Usage>>;

/** `k8s.logs`: the ends of logs; of a container that was killed, of the life before as well. */
export const Logs = z.object({
  logs: z.array(z.object({ ...place, previous: z.boolean(), log: LogScan })),
  /** Logs that could not be read. */
  missing: z.array(z.object({ ...place, previous: z.boolean(), because: z.string() })),
});
export type Logs = Readonly<z.infer<typeof Logs>>;

/** `k8s.rollout`: what makes the pods, and the states of its template, newest first. */
export const Rollout = z.object({ workload: WorkloadSeen.exactOptional(), revisions: z.array(RevisionSeen) });
export type Rollout = Readonly<z.infer<typeof Rollout>>;

/** `k8s.surroundings`: autoscalers, disruption budgets, quotas, limit ranges. */
export const SurroundingsRead = SurroundingsSeen;
export type SurroundingsRead = Readonly<z.infer<typeof SurroundingsRead>>;

/** `k8s.history`: what the watch remembers, per container of a pod. */
export const History = z.object({ series: z.array(z.object({ ...place, readings: Readings })) });
export type History = Readonly<z.infer<typeof History>>;

/** `k8s.kernel`: kills in the kernel's logs of the nodes. */
export const Kernel = z.object({
  logs: z.array(
    z.object({
      node: z.string(),
      /** As far as the log goes back; absent: not known. */
      sinceMs: at.exactOptional(),
      /** Of processes of the pods; `container` is absent where only the pod is known. */
      kills: z.array(
        z.object({ pod: z.string(), container: z.string().exactOptional(), containerId: z.string().exactOptional(), kill: Kill }),
      ),
      /** Of other processes, the node's memory being exhausted. */
      otherGlobalKills: count,
    }),
  ),
  /** Nodes whose log could not be read, and why. */
  missing: z.array(z.object({ node: z.string(), because: z.string() })),
});
export type Kernel = Readonly<z.infer<typeof Kernel>>;

/** `k8s.environment`: settings of workers, caches and heaps, per container of the template. */
export const Environment = z.object({ containers: z.array(z.object({ container: z.string(), settings: ContainerSettings })) });
export type Environment = Readonly<z.infer<typeof Environment>>;

/** `k8s.census`: processes of the container that is looked at. */
export const Census = z.object({ ...place, census: ContainerCensus });
export type Census = Readonly<z.infer<typeof Census>>;

/** `k8s.cgroup`: what the kernel counts for the container that is looked at. */
export const Cgroup = z.object({ ...place, cgroup: CgroupFiles });
export type Cgroup = Readonly<z.infer<typeof Cgroup>>;

/** `k8s.health`: what a pod's health check answers. */
export const Health = z.object({ pod: z.string(), answer: HealthAnswer });
export type Health = Readonly<z.infer<typeof Health>>;

/** `k8s.metrics`: gauges of the program's own endpoint, read twice. */
export const Metrics = z.object({
  endpoints: z.array(
    z.object({
      pod: z.string(),
      /** `:8080/metrics` */
      path: z.string(),
      firstAtMs: at,
      /** Absent: read once only. */
      lastAtMs: at.exactOptional(),
      gauges: z.array(
        z.object({
          name: z.string(),
          labels: z.record(z.string(), z.string()),
          first: z.number(),
          last: z.number().exactOptional(),
        }),
      ),
      /** The answer was cut: it was larger than is read. */
      truncated: z.boolean(),
    }),
  ),
  missing: z.array(z.object({ pod: z.string(), path: z.string(), because: z.string() })),
});
export type Metrics = Readonly<z.infer<typeof Metrics>>;

/** `k8s.authentication`: whether the metrics endpoint lets in whom it should. */
export const Authentication = z.object({
  checks: z.array(z.object({ what: z.string(), expected: z.string(), got: z.string(), holds: z.boolean() })),
});
export type Authentication = Readonly<z.infer<typeof Authentication>>;

export const PROMETHEUS_QUESTIONS = [
  "usage",
  "restarts",
  "collections",
  "requests",
  "errors",
  "growth",
  "object-growth",
  "growth-events",
] as const;

/** `k8s.prometheus`: its targets for these pods, and series over time. */
export const Prometheus = z.object({
  targets: z.array(
    z.object({
      job: z.string(),
      instance: z.string(),
      up: z.boolean(),
      lastError: z.string(),
      lastStatus: count.exactOptional(),
      lastScrapeAtMs: at.exactOptional(),
    }),
  ),
  series: z.array(
    z.object({
      what: z.enum(PROMETHEUS_QUESTIONS),
      /** Bytes, events a second, or what is new within an hour; restarts are counted over the range. */
      unit: z.string(),
      labels: z.record(z.string(), z.string()),
      fromMs: at,
      toMs: at,
      first: z.number(),
      last: z.number(),
      highest: z.number(),
    }),
  ),
  missing: z.array(z.object({ what: z.string(), because: z.string() })),
});
export type Prometheus = Readonly<z.infer<typeof Prometheus>>;

const file = z.object({ name: z.string(), title: z.string(), base64: z.base64() });
const holder = z.object({
  name: z.string(),
  bytes: z.number().exactOptional(),
  grownBytes: z.number().exactOptional(),
  count: z.number().exactOptional(),
  grownCount: z.number().exactOptional(),
});

/** `k8s.heap`: who holds the memory inside the program, from two looks; or why nobody looked. */
export const Heap = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("not-taken"), because: z.string() }),
  z.object({
    kind: z.literal("taken"),
    ...place,
    how: z.string(),
    atMs: at,
    seconds: count,
    totalBytes: z.number().exactOptional(),
    grownBytes: z.number().exactOptional(),
    holders: z.array(holder),
    /** Posted below the report. */
    files: z.array(file),
  }),
]) satisfies z.ZodType<Exclude<HeapSeen, { kind: "not-configured" }>>;
export type Heap = Readonly<z.infer<typeof Heap>>;
