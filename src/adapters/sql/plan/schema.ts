import { z } from "zod";
import type { Observation, Plan, Verification } from "../../../domain/plan.ts";
import { TRAIT_KINDS, type Trait } from "../../../domain/trait.ts";
import { WORKLOAD_RESOURCES, type Target } from "../../../domain/target.ts";

/** Parameters and scopes of actions: whatever JSON the action itself put there. */
export const params = z.record(z.string(), z.json());

export const StoredTrait = z.object({ kind: z.enum(TRAIT_KINDS), value: z.string() }) satisfies z.ZodType<Trait>;

export const StoredTarget = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("redis"), name: z.string(), database: z.int().nonnegative().exactOptional() }),
  z.object({ kind: z.literal("docker"), connection: z.string(), name: z.string() }),
  z.object({
    kind: z.literal("workload"),
    connection: z.string(),
    resource: z.enum(WORKLOAD_RESOURCES),
    namespace: z.string(),
    name: z.string(),
    pod: z.string().exactOptional(),
    container: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal("node"), connection: z.string(), name: z.string() }),
]) satisfies z.ZodType<Target>;

export const StoredPlan = z.object({
  actionId: z.string(),
  target: StoredTarget,
  risk: z.enum(["none", "change", "disruptive", "destructive"]),
  summary: z.string(),
  changes: z.array(z.object({ what: z.string(), before: z.string(), after: z.string() })),
  blastRadius: z.array(z.string()),
  warnings: z.array(z.string()),
  wayBack: z.string(),
  confirm: z.string().exactOptional(),
  params,
  scope: params,
  before: params,
}) satisfies z.ZodType<Plan>;

export const StoredVerification = z.object({
  helped: z.boolean(),
  says: z.string(),
  troubled: z.literal(true).exactOptional(),
  rows: z.array(z.object({ what: z.string(), before: z.string(), after: z.string(), ok: z.boolean() })),
}) satisfies z.ZodType<Verification>;

export const StoredObservation = z.object({
  kind: z.enum(["done", "not-done", "partly", "unknown"]),
  says: z.string(),
}) satisfies z.ZodType<Observation>;
