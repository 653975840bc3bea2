import type { ActionRequest } from "../domain/action-request.ts";
import type { Incident } from "../domain/incident.ts";
import type { DoneFacts } from "../messages/resolved-note.ts";
import type { Tables } from "../ports/store.ts";

// More are told of nowhere: an incident with more acts than this is told by `/oom show`.
const MOST_ACTS = 20;

/** What was done in an incident, for its last word. */
export async function doneIn(tables: Tables, { id }: Incident, titleOf: (actionId: string) => string): Promise<DoneFacts> {
  const requests = await tables.requests.list({ incidentId: id, limit: MOST_ACTS });
  const acts = await Promise.all(requests.filter(isDone).map((request) => actOf(tables, request, titleOf)));
  return { reports: await tables.heard.counts(id), acts: acts.toReversed() };
}

function isDone({ state }: ActionRequest): boolean {
  return state === "succeeded" || state === "ineffective" || state === "failed" || state === "unknown";
}

async function actOf(
  { requests }: Tables,
  { id, actionId, state, plan, requestedBy, createdAtMs: atMs }: ActionRequest,
  titleOf: (actionId: string) => string,
): Promise<DoneFacts["acts"][number]> {
  const decisions = await requests.decisions(id);
  const approvedBy = decisions.filter(({ kind }) => kind !== "deny").map(({ userId }) => userId);
  return { title: titleOf(actionId), state, atMs, looked: plan.risk === "none", requestedBy, approvedBy };
}
