import type { Action, RunFacts } from "../actions/action.ts";
import { messageOf, OomphError } from "../domain/errors.ts";
import type { Json } from "../domain/json.ts";
import type { Observation, Plan, Planned, Verification } from "../domain/plan.ts";
import type { Target } from "../domain/target.ts";
import type { Desk } from "../incidents/desk.ts";

/** How often a target that does not answer is asked again before a human must look. */
export type Patience = { readonly attempts: number; readonly everyMs: number };

export const PATIENCE: Patience = { attempts: 5, everyMs: 3_000 };

export type Look = { readonly action: Action; readonly plan: Plan; readonly run: RunFacts; readonly patience: Patience };

/** Was it done? A target that stays away is `unknown`. */
export async function observeSurely(desk: Desk, look: Look, signal: AbortSignal): Promise<Observation> {
  const seen = await patiently(desk, { look, signal, ask: async () => look.action.observe(look.plan, await withProgress(desk, look.run)) });
  return seen.kind === "answered" ? seen.answer : { kind: "unknown", says: `the target could not be looked at (${seen.because})` };
}

/** Did it help? It is done, but a target that stays away leaves that open. */
export async function verifySurely(
  desk: Desk,
  look: Look,
  signal: AbortSignal,
): Promise<{ readonly kind: "verified"; readonly verification: Verification } | { readonly kind: "unknown"; readonly because: string }> {
  const seen = await patiently(desk, { look, signal, ask: async () => look.action.verify(look.plan, await withProgress(desk, look.run)) });
  if (seen.kind === "answered") return { kind: "verified", verification: seen.answer };
  return { kind: "unknown", because: `it was done, but whether it helped could not be measured (${seen.because}): look at the target` };
}

/** What the action would do now. A target that is away is a refusal here: nothing has been done yet. */
export async function planAnew(action: Action, target: Target, params: Readonly<Record<string, Json>>): Promise<Planned> {
  try {
    return await action.plan(target, params);
  } catch (error) {
    if (error instanceof OomphError) return { kind: "refused", because: error.message };
    throw error;
  }
}

/** With the progress that the act has saved meanwhile: it tells how far it came. */
export async function withProgress(desk: Desk, run: RunFacts): Promise<RunFacts> {
  const checkpoint = (await desk.store.runs.get(run.id))?.checkpoint;
  return checkpoint === undefined ? run : { ...run, checkpoint };
}

type Asking<Answer> = { readonly look: Look; readonly signal: AbortSignal; readonly ask: () => Promise<Answer> };
type Asked<Answer> = { readonly kind: "answered"; readonly answer: Answer } | { readonly kind: "no-answer"; readonly because: string };

async function patiently<Answer>(desk: Desk, { look, signal, ask }: Asking<Answer>): Promise<Asked<Answer>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { kind: "answered", answer: await ask() };
    } catch (error) {
      desk.log.warn({ runId: look.run.id, attempt, because: messageOf(error) }, "a target did not say how it stands");
      if (attempt >= look.patience.attempts) return { kind: "no-answer", because: messageOf(error) };
    }
    await desk.clock.sleep(look.patience.everyMs, signal);
  }
}
