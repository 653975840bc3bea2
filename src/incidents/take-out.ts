import { given } from "../domain/given.ts";
import type { Incident } from "../domain/incident.ts";
import type { Investigation } from "../domain/investigation.ts";
import type { StormMember } from "../domain/storm.ts";
import type { OfferWithTitle } from "../ports/narrator.ts";
import type { Tables } from "../ports/store.ts";
import { commit, queueInvestigation } from "./commit.ts";
import type { Desk } from "./desk.ts";

export type TakenOut = { readonly kind: "taken-out" | "has-its-own"; readonly incident: Incident } | { readonly kind: "no-such-incident" };

/** Takes an incident out of its storm into a thread of its own, where it is told from now on. */
export async function takeOut(desk: Desk, incidentId: string): Promise<TakenOut> {
  const { outcome, investigation } = await commit(desk, async (tables): Promise<{ outcome: TakenOut; investigation?: Investigation }> => {
    const incident = await tables.incidents.get(incidentId);
    if (incident === undefined) return { outcome: { kind: "no-such-incident" } };
    if (incident.stormId === undefined) return { outcome: { kind: "has-its-own", incident } };
    const { incident: alone, ...taken } = await takeOutWithin(tables, desk, incident);
    return { outcome: { kind: "taken-out", incident: alone }, ...taken };
  });
  if (investigation !== undefined) await queueInvestigation(desk, investigation.id);
  return outcome;
}

/** Within a transaction: an investigation that had not had its turn is created, and queued by the caller. */
export async function takeOutWithin(
  tables: Tables,
  desk: Desk,
  incident: Incident,
): Promise<{ readonly incident: Incident; readonly investigation?: Investigation }> {
  const { stormId: _, ...alone } = incident;
  const member = await tables.storms.member(incident.id);
  await tables.storms.takeOut(incident.id);
  const { words: alert } = await tables.storms.alertOf(incident.id);
  await desk.narrator(tables, { kind: "taken-out", incident: alone, ...given({ says: member?.headline, alert }) });
  if (member?.look === "waiting") return { incident: alone, investigation: await lookInto(tables, desk, member) };
  if (member?.look === "done") await tellReport(tables, desk, alone);
  return { incident: alone };
}

/** Within a transaction: a member's turn has come. The investigation is queued by the caller. */
export async function lookInto(tables: Tables, desk: Desk, { incidentId, runbookId, target }: StormMember): Promise<Investigation> {
  const { claim: alert } = await tables.storms.alertOf(incidentId);
  const investigation: Investigation = {
    id: desk.ids.next("inv"),
    incidentId,
    runbookId,
    target,
    ...given({ alert }),
    state: "queued",
    startedAtMs: desk.clock.nowMs(),
    failures: [],
  };
  await tables.investigations.create(investigation);
  await tables.storms.lookedInto(incidentId, investigation.id);
  return investigation;
}

/** What was found out while it was one of many. */
async function tellReport(tables: Tables, desk: Desk, incident: Incident): Promise<void> {
  const [investigation] = await tables.investigations.ofIncident(incident.id);
  if (investigation?.diagnosis === undefined) return;
  const { advice } = investigation.diagnosis.finding;
  const offers = (await tables.offers.ofIncident(incident.id)).map((offer): OfferWithTitle => {
    const title = desk.planner.actions.find(({ id }) => id === offer.actionId)?.title ?? offer.actionId;
    return { offer, title, why: advice.find(({ actionId }) => actionId === offer.actionId)?.why ?? "" };
  });
  await desk.narrator(tables, { kind: "diagnosed", incident, investigation, offers });
}
