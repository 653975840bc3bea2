import { z } from "zod";
import { Health } from "../../stored-schema.ts";
import { EVICTION_POLICIES, SlowClient } from "../schema.ts";

// What a plan carries through the store and a run leaves there: written by one process, read by another.

const NodeVitals = z.object({
  address: z.string(),
  runId: z.string(),
  usedBytes: z.number(),
  /** 0: no limit. */
  maxmemoryBytes: z.number(),
  policy: z.string(),
  /** What a probing write was answered. */
  writes: z.enum(["accepted", "refused-oom", "refused-read-only", "refused-misconf", "refused-no-replicas", "no-rights"]),
  evictedKeys: z.number(),
  /** Freed in the background, not yet subtracted from usedBytes. */
  pendingFrees: z.number(),
  clientBufferBytes: z.number(),
});
export type NodeVitals = z.output<typeof NodeVitals>;

/** How a Redis is doing, read before an act and again after it. */
const Vitals = z.object({ nodes: z.array(NodeVitals), health: Health.optional() });
export type Vitals = z.output<typeof Vitals>;

export const Before = z.object({ vitals: Vitals });

/** A key that tells afterwards whether a flush happened; without `expiresAtMs` it never expires by itself. */
const Witness = z.object({ key: z.string(), expiresAtMs: z.number().optional() });
export type Witness = z.output<typeof Witness>;

const FlushedNode = z.object({
  runId: z.string(),
  keys: z.number(),
  /** FLUSHDB calls that the server has counted; absent where it does not tell. */
  flushCalls: z.number().optional(),
  witnesses: z.array(Witness),
});
export type FlushedNode = z.output<typeof FlushedNode>;

export const FlushBefore = Before.extend({ nodes: z.array(FlushedNode) });
export type FlushBefore = z.output<typeof FlushBefore>;

export const FlushCheckpoint = z.object({ stage: z.enum(["begun", "flushed"]) });

const servers = z.array(z.string());

export const FlushScope = z.object({ servers, database: z.number(), atMostKeys: z.number() });

/** A setting before, on each server by its run_id, and what it shall be. */
const setting = { servers, from: z.record(z.string(), z.string()), persist: z.boolean() };
export const PolicyScope = z.object({ ...setting, to: z.enum(EVICTION_POLICIES) });
export const MaxmemoryScope = z.object({ ...setting, to: z.string().regex(/^\d+$/) });
/** CONFIG REWRITE calls that each server has counted, by run_id; absent where it does not tell. */
export const ConfigBefore = Before.extend({ rewriteCalls: z.record(z.string(), z.number()) });
export type ConfigBefore = z.output<typeof ConfigBefore>;

const walk = {
  servers,
  database: z.number(),
  pattern: z.string(),
  atMostKeys: z.number(),
  keysPerSecond: z.number(),
  resumeFrom: z.string().nullable(),
};
export const UnlinkScope = z.object(walk);
export const ExpireScope = z.object({ ...walk, ttlMs: z.number() });
export const PersistScope = z.object({ ...walk, expiresAtMs: z.number() });
export type WalkScope = z.output<typeof UnlinkScope>;

/** How many keys matched when the plan was made. `redisVersion` is the oldest of all masters. */
export const WalkBefore = Before.extend({ matching: z.number(), exact: z.boolean(), affected: z.number(), redisMajor: z.number() });
export type WalkBefore = z.output<typeof WalkBefore>;

/** How far a walk through the keys has come: `cursor` on the server `runId` is where to go on. */
export const WalkCheckpoint = z.object({
  runId: z.string(),
  cursor: z.string(),
  seen: z.number(),
  changed: z.number(),
  finished: z.boolean(),
});
export type WalkCheckpoint = z.output<typeof WalkCheckpoint>;

export const KillScope = z.object({ servers, minimumBytes: z.number(), clients: z.array(SlowClient) });

export { readBefore, readCheckpoint, readScope } from "../../stored-schema.ts";
