import type { Action } from "../actions/action.ts";
import { messageOf, OomphError } from "../domain/errors.ts";
import type { Plan } from "../domain/plan.ts";
import type { Desk } from "../incidents/desk.ts";
import type { Held } from "../incidents/take-request.ts";

export type Application = { readonly action: Action; readonly held: Held; readonly plan: Plan };

/** `failed`: in whole or in part. */
export type Applied = { readonly kind: "applied" } | { readonly kind: "failed"; readonly because: string };

/** The one place where apply is called. Progress that cannot be saved means that store or lease are lost, and stops the act. */
export async function applyOnce(desk: Desk, { action, held, plan }: Application, signal: AbortSignal): Promise<Applied> {
  const { run, lease } = held;
  try {
    await action.apply(plan, {
      id: run.id,
      begunAtMs: run.begunAtMs ?? desk.clock.nowMs(),
      signal: AbortSignal.any([signal, lease.signal]),
      async saveCheckpoint(checkpoint) {
        if (!lease.isHeld()) throw new OomphError("conflict", `the lease on ${lease.targetKey} is lost: stopping`);
        await desk.store.runs.checkpoint(run.id, checkpoint);
      },
    });
    return { kind: "applied" };
  } catch (error) {
    desk.log.warn({ runId: run.id, actionId: action.id, because: messageOf(error) }, "an act failed");
    return { kind: "failed", because: messageOf(error) };
  }
}
