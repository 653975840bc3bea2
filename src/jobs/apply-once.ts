import type { Action } from "../actions/action.ts";
import { messageOf, OomphError } from "../domain/errors.ts";
import type { Plan } from "../domain/plan.ts";
import type { Desk } from "../incidents/desk.ts";
import type { Held } from "../incidents/take-request.ts";

export type Application = { readonly action: Action; readonly held: Held; readonly plan: Plan };

/**
 * The one place where apply is called. Returns why it failed, in whole or in part; undefined: it went through. A failure
 * to save progress means that the store or the lease is lost, and stops the act.
 */
export async function applyOnce(desk: Desk, { action, held, plan }: Application, signal: AbortSignal): Promise<string | undefined> {
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
    return undefined;
  } catch (error) {
    desk.log.warn({ runId: run.id, actionId: action.id, because: messageOf(error) }, "an act failed");
    return messageOf(error);
  }
}
