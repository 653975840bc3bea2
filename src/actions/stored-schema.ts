import { z } from "zod";
import { OomphError } from "../domain/errors.ts";
import type { Json } from "../domain/json.ts";
import type { Plan } from "../domain/plan.ts";

/** What was answered to the question whether a target is well. */
export const Health = z.object({
  /** Whom was asked: host and path only, a query may carry a token. */
  where: z.string(),
  ok: z.boolean(),
  /** It has not decided yet. */
  pending: z.boolean().optional(),
  says: z.string(),
});
export type Health = z.output<typeof Health>;

/** The readings that a plan carries. Throws `internal` when they are not this action's. */
export function readBefore<Value>(schema: z.ZodType<Value>, plan: Plan): Value {
  return read(schema, plan.before, `readings of the plan for ${plan.actionId}`);
}

/** Exactly what was approved; nothing else may be acted on. Throws `internal` when it is not this action's. */
export function readScope<Value>(schema: z.ZodType<Value>, plan: Plan): Value {
  return read(schema, plan.scope, `scope of the plan for ${plan.actionId}`);
}

/** Saved progress; undefined when there is none. */
export function readCheckpoint<Value>(schema: z.ZodType<Value>, checkpoint: Json | undefined): Value | undefined {
  return checkpoint === undefined ? undefined : read(schema, checkpoint, "saved progress of a run");
}

function read<Value>(schema: z.ZodType<Value>, value: unknown, what: string): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new OomphError("internal", `Expected the ${what}, got something else: ask again for a new plan.`, { cause: parsed.error });
}
