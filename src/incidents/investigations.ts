import type { Offer } from "../domain/action-request.ts";
import type { StepFailure } from "../domain/evidence.ts";
import type { Diagnosis } from "../domain/finding.ts";
import type { Incident } from "../domain/incident.ts";
import type { Investigation } from "../domain/investigation.ts";
import type { OfferWithTitle } from "../ports/narrator.ts";
import type { Tables } from "../ports/store.ts";
import { concludeCheckUp } from "./check-up.ts";
import { commit } from "./commit.ts";
import { confirmKill } from "./confirm-kill.ts";
import type { Desk } from "./desk.ts";
import { titleOf, withoutForbidden } from "./offer-allowed.ts";

/** An investigation under way, and what it is for. */
export type Underway = { readonly incident: Incident; readonly investigation: Investigation };

export type Conclusion = {
  readonly diagnosis: Diagnosis;
  readonly failures: readonly StepFailure[];
  /** Why the target could not be looked at at all. */
  readonly because?: string;
};

const ACTOR = { kind: "oomph" } as const;

/** Marks an investigation as running. Begun before by a process that died: it runs again. Undefined: it has ended. */
export async function beginInvestigation(desk: Desk, investigationId: string): Promise<Underway | undefined> {
  return desk.store.transaction(async (tables) => {
    const investigation = await tables.investigations.get(investigationId);
    if (investigation === undefined) return undefined;
    const incident = await tables.incidents.get(investigation.incidentId);
    // One that waited may have been brought forward.
    const startedAtMs = Math.min(investigation.startedAtMs, desk.clock.nowMs());
    const change = { state: "running", startedAtMs } as const;
    if (incident === undefined || !(await tables.investigations.update(investigationId, change))) return undefined;
    await tables.incidents.transition(incident.id, ["open", "diagnosed"], "investigating", desk.clock.nowMs());
    return { incident, investigation: { ...investigation, ...change } };
  });
}

/** Stores what an investigation came to, offers what would help, and tells. False: it had been concluded already. */
export async function concludeInvestigation(desk: Desk, underway: Underway, reached: Conclusion): Promise<boolean> {
  const conclusion = { ...reached, diagnosis: await withoutForbidden(desk, underway.investigation.target, reached.diagnosis) };
  const endedAtMs = desk.clock.nowMs();
  const change = { state: "done", endedAtMs, ...conclusion } as const;
  const first = await commit(desk, async (tables) => {
    if (!(await tables.investigations.update(underway.investigation.id, change))) return false;
    const { isCheckUp } = underway.investigation;
    const offers = isCheckUp === true ? [] : await offerAdvice(tables, desk, { underway, diagnosis: conclusion.diagnosis });
    const { headline, verdict, confidence } = conclusion.diagnosis.finding;
    await record(tables, desk, { underway, says: headline, detail: { verdict, confidence, failedSteps: conclusion.failures.length } });
    const investigation = { ...underway.investigation, ...change };
    // As it stands now: its headline shows the state.
    const incident = (await tables.incidents.get(underway.incident.id)) ?? underway.incident;
    if (isCheckUp === true) {
      await concludeCheckUp(tables, desk, { incident, diagnosis: conclusion.diagnosis });
      return true;
    }
    await desk.narrator(tables, { kind: "diagnosed", incident, investigation, offers });
    await confirmKill(tables, desk, { incident, diagnosis: conclusion.diagnosis });
    return true;
  });
  if (first) desk.metrics.investigated(conclusion.diagnosis.finding.verdict, endedAtMs - underway.investigation.startedAtMs);
  return first;
}

/** Ends an investigation that could not be carried out, and says why. */
export async function failInvestigation(desk: Desk, underway: Underway, because: string): Promise<void> {
  const change = { state: "failed", endedAtMs: desk.clock.nowMs(), because } as const;
  await commit(desk, async (tables) => {
    if (!(await tables.investigations.update(underway.investigation.id, change))) return;
    await record(tables, desk, { underway, says: `The investigation failed: ${because}`, detail: { because } });
    const investigation = { ...underway.investigation, ...change };
    if (investigation.isCheckUp !== true)
      await desk.narrator(tables, { kind: "investigation-failed", incident: underway.incident, investigation, because });
  });
}

type Advising = { readonly underway: Underway; readonly diagnosis: Diagnosis };

async function offerAdvice(tables: Tables, desk: Desk, { underway, diagnosis }: Advising): Promise<readonly OfferWithTitle[]> {
  const { incident, investigation } = underway;
  const offers = diagnosis.finding.advice.map(({ actionId, params, why }): OfferWithTitle => {
    const offer: Offer = {
      id: desk.ids.next("off"),
      incidentId: incident.id,
      actionId,
      target: investigation.target,
      params,
      createdAtMs: desk.clock.nowMs(),
    };
    return { offer, title: titleOf(desk, actionId), why };
  });
  await tables.offers.add(offers.map(({ offer }) => offer));
  return offers;
}

type Recording = { readonly underway: Underway; readonly says: string; readonly detail: Readonly<Record<string, string | number>> };

async function record(tables: Tables, desk: Desk, { underway, says, detail }: Recording): Promise<void> {
  const atMs = desk.clock.nowMs();
  const { incident, investigation } = underway;
  await tables.incidents.transition(incident.id, ["investigating"], "diagnosed", atMs);
  await tables.audit.append({
    kind: "investigation-finished",
    actor: ACTOR,
    atMs,
    incidentId: incident.id,
    detail: { investigationId: investigation.id, runbookId: investigation.runbookId, ...detail },
  });
  const looked = investigation.isCheckUp === true ? `Looked whether it is over: ${says}` : says;
  await tables.incidents.note({ incidentId: incident.id, atMs, actor: ACTOR, says: looked });
}
