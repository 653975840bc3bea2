import { z } from "zod";
import type { Json } from "../../../domain/json.ts";
import { Health } from "../../stored-schema.ts";

// What a plan on a workload carries through the store: written by one process, read by another. A value of a variable is
// in here only where somebody asked for it and it is no secret.

const count = z.number().nonnegative();

const json: z.ZodType<Json> = z.json();

/** How a workload is doing, read before an act and again after it. */
export const Vitals = z.object({
  /** Absent: it keeps no replicas (a job, a single pod). */
  replicas: z.object({ wanted: count, ready: count, updated: count, available: count }).optional(),
  /** Pods that are meant to stay. */
  pods: count,
  /** The container that is nearest to its limit. */
  fullest: z.object({ pod: z.string(), container: z.string(), usedBytes: count, limitBytes: count.optional() }).optional(),
  /** Of all its containers. Absent: not known, and `gap` says why. */
  totalBytes: count.optional(),
  gap: z.string().optional(),
  /** By the pod's uid: how often its containers were started anew. */
  restarts: z.record(z.string(), count),
  /** Containers that were killed for want of memory within `killsWithinMs`. */
  kills: count,
  killsWithinMs: count,
  /** What keeps it from being complete, in a sentence. */
  trouble: z.string().optional(),
  health: Health.optional(),
});
export type Vitals = z.output<typeof Vitals>;

const operation = z.union([
  z.object({ op: z.enum(["add", "replace"]), path: z.string(), value: json }),
  z.object({ op: z.literal("remove"), path: z.string() }),
]);

/** What is approved: these changes to this object, as long as what they are made to is as it was. */
export const ChangeScope = z.object({
  uid: z.string(),
  operations: z.array(operation),
  /** JSON pointer → SHA-256 of what was there. */
  guards: z.record(z.string(), z.string()),
  /** Instead of operations: the template of a revision, whole. It may hold secrets, so that only its SHA-256 is kept. */
  template: z.object({ revision: count, digest: z.string() }).optional(),
});
export type ChangeScope = z.output<typeof ChangeScope>;

export const ChangeBefore = z.object({
  vitals: Vitals,
  /** Are pods made anew by it, and can that be followed? */
  followed: z.boolean(),
  /** As its source would say it: what is to be put there so that it lasts. */
  lasting: json.optional(),
  /** SHA-256 of the template as it is to be, where it comes from a revision. */
  template: z.string().optional(),
  /** How often its spec had been changed. */
  generation: count.optional(),
  /** Who would undo it. */
  owner: z.string().optional(),
  back: z.object({ actionId: z.string(), params: z.record(z.string(), json) }).optional(),
});
export type ChangeBefore = z.output<typeof ChangeBefore>;

export const PodScope = z.object({ pod: z.string(), uid: z.string(), by: z.enum(["eviction", "deletion"]) });

/** How far a deletion has come: `asked` is saved before the call, the others after its answer. */
export const PodCheckpoint = z.object({ stage: z.enum(["asked", "removed", "refused"]) });
export type PodCheckpoint = z.output<typeof PodCheckpoint>;

export const PodBefore = z.object({ vitals: Vitals });
