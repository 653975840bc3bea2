import { createHash } from "node:crypto";

import type { ActionRequest } from "../domain/action-request.ts";
import { canonicalJson } from "../domain/json.ts";
import type { Plan } from "../domain/plan.ts";

/** SHA-256, hex, of exactly what is approved: the action, its target and the plan's scope. Readings are not part of it. */
export function planHash({ actionId, target, scope }: Pick<Plan, "actionId" | "target" | "scope">): string {
  return createHash("sha256").update(canonicalJson({ actionId, target, scope })).digest("hex");
}

/** Is the stored plan the one that was shown for approval, for the action and target that the request names? */
export function isIntact(request: Pick<ActionRequest, "actionId" | "target" | "plan" | "planHash">): boolean {
  const { actionId, target, plan } = request;
  return planHash({ actionId, target, scope: plan.scope }) === request.planHash && planHash(plan) === request.planHash;
}
