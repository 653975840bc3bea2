import type { Action } from "../actions/action.ts";
import { messageOf, OomphError } from "../domain/errors.ts";
import type { Plan } from "../domain/plan.ts";
import type { Desk } from "../incidents/desk.ts";
import { threadLink } from "../incidents/thread-link.ts";
import type { Held } from "../incidents/take-request.ts";
import type { Chat } from "../ports/chat.ts";
import type { Tables } from "../ports/store.ts";
import { tellProgress } from "./tell-progress.ts";

export type Application = {
  readonly action: Action;
  readonly held: Held;
  readonly plan: Plan;
  /** The card says how far it has come at most this often. */
  readonly progressEveryMs: number;
  /** Says where the thread is. */
  readonly chat: Pick<Chat, "permalink">;
};

/** `failed`: in whole or in part. */
export type Applied = { readonly kind: "applied" } | { readonly kind: "failed"; readonly because: string };

/** The one place where apply is called. Progress that cannot be saved means that store or lease are lost, and stops the act. */
export async function applyOnce(
  desk: Desk,
  { action, held, plan, progressEveryMs, chat }: Application,
  signal: AbortSignal,
): Promise<Applied> {
  const { run, lease } = held;
  const progress = tellProgress<string>(desk, {
    everyMs: progressEveryMs,
    tell: (tables, says) => tellHowFar(desk, tables, { held, says }),
    about: { runId: run.id },
  });
  try {
    await action.apply(plan, {
      id: run.id,
      begunAtMs: run.begunAtMs ?? desk.clock.nowMs(),
      signal: AbortSignal.any([signal, lease.signal]),
      threadUrl: () => threadLink({ desk, chat }, held.incident),
      async saveCheckpoint(checkpoint, says) {
        if (!lease.isHeld()) throw new OomphError("conflict", `the lease on ${lease.targetKey} is lost: stopping`);
        await desk.store.runs.checkpoint(run.id, checkpoint);
        if (says !== undefined) progress.show(says);
      },
    });
    return { kind: "applied" };
  } catch (error) {
    desk.log.warn({ runId: run.id, actionId: action.id, because: messageOf(error) }, "an act failed");
    return { kind: "failed", because: messageOf(error) };
  } finally {
    await progress.settle(); // before the card says anything else
  }
}

type HowFar = { readonly held: Held; readonly says: string };

/** Said first and then looked at: whoever ends the request at this moment says so after us, or is seen here. */
async function tellHowFar(desk: Desk, tables: Tables, { held, says }: HowFar): Promise<void> {
  const { incident, request, run } = held;
  await desk.narrator(tables, { kind: "executing", incident, request, run, says });
  const state = (await tables.requests.get(request.id))?.state;
  if (state !== "executing") throw new OomphError("conflict", `expected ${request.id} to be executing, it is ${state ?? "gone"}`);
}
