import type { EscalationEvent } from "../domain/escalation.ts";
import type { Incident } from "../domain/incident.ts";
import type { StepProgress } from "../domain/evidence.ts";
import type { Target } from "../domain/target.ts";
import { commit } from "../incidents/commit.ts";
import { escalate } from "../incidents/escalate.ts";
import { openIncident } from "../incidents/open-incident.ts";
import { findUnresolved, resolveWithin } from "../incidents/resolve.ts";
import type { Tables } from "../ports/store.ts";
import type { WatchDeps } from "./watch-deps.ts";

const ACTOR = { kind: "oomph" } as const;
const PROBLEM = "container-memory";

export type Telling = {
  readonly target: Target;
  readonly kind: "warning" | "critical" | "leak" | "killed";
  /** A sentence with figures and units. */
  readonly says: string;
  /** Tells one trouble from the next of the same kind: when it began. The same again edits what was said. */
  readonly sinceMs: number;
};

/**
 * Opens or joins the target's incident, has it looked into anew, says in its thread what is new and has it escalated.
 * `remember` runs in the transaction in which that is said: told and remembered are one.
 */
export async function tell(deps: WatchDeps, telling: Telling, remember: (tables: Tables) => Promise<void>): Promise<Incident> {
  const { desk, runbook, channel } = deps;
  const steps = runbook.steps.map(({ id, title }): StepProgress => ({ step: id, title, state: { kind: "waiting" } }));
  const { incident } = await openIncident(desk, {
    target: telling.target,
    problem: PROBLEM,
    channel,
    actor: ACTOR,
    runbookId: runbook.id,
    steps,
    news: true,
  });
  await commit(desk, async (tables) => {
    const { kind, says, sinceMs } = telling;
    await tables.incidents.note({ incidentId: incident.id, atMs: desk.clock.nowMs(), actor: ACTOR, says });
    await desk.narrator(tables, { kind: "watched", incident, trouble: kind, says, sinceMs });
    await escalate(tables, desk, { incident, event: kind satisfies EscalationEvent, says });
    await remember(tables);
  });
  return incident;
}

/** The trouble is over: resolves the incident, if the watch opened it and nobody is acting on it. */
export async function tellCalm(
  { desk }: WatchDeps,
  { target, says }: { readonly target: Target; readonly says: string },
  remember: (tables: Tables) => Promise<void>,
): Promise<void> {
  await commit(desk, async (tables) => {
    await remember(tables);
    const incident = await findUnresolved(tables, { target, problem: PROBLEM });
    if (incident === undefined || incident.openedBy.kind !== "oomph" || incident.state === "acting" || incident.state === "verifying")
      return;
    await resolveWithin(tables, desk, { incident, actor: ACTOR, says });
  });
}
