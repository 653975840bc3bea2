import type { Escalation } from "../domain/escalation.ts";
import { OomphError } from "../domain/errors.ts";
import type { Diagnosis } from "../domain/finding.ts";
import type { Incident } from "../domain/incident.ts";
import type { Desk } from "../incidents/desk.ts";
import { threadLink } from "../incidents/thread-link.ts";
import type { EscalateDeps } from "./escalation-deps.ts";

/** What one attempt works with, read after it was claimed. */
export type Told = {
  readonly incident: Incident;
  /** The one that was claimed. */
  readonly escalation: Escalation;
  /** Everything of its kind for the incident, in the order of being raised. */
  readonly raised: readonly Escalation[];
  readonly diagnosis?: Diagnosis;
  readonly lookedAtMs?: number;
  readonly threadUrl?: string;
  readonly issueUrl?: string;
  /** When the attempt began. */
  readonly nowMs: number;
};

export async function toldSoFar({ desk, chat }: EscalateDeps, claimed: Escalation): Promise<Told> {
  const { store, clock } = desk;
  const incident = await store.incidents.get(claimed.incidentId);
  if (incident === undefined) throw new OomphError("internal", `escalation ${claimed.id} is of an incident that is not in the store`);
  const all = await store.escalations.ofIncident(incident.id);
  const investigations = await store.investigations.ofIncident(incident.id);
  const investigation = investigations.find((one) => one.diagnosis !== undefined);
  const threadUrl = await threadLink({ desk, chat }, incident);
  const issueUrl = all.find((one) => one.externalUrl !== undefined)?.externalUrl;
  return {
    incident,
    escalation: all.find(({ id }) => id === claimed.id) ?? claimed,
    raised: all.filter(({ kind }) => kind === claimed.kind),
    nowMs: clock.nowMs(),
    ...(investigation?.diagnosis === undefined ? {} : { diagnosis: investigation.diagnosis, lookedAtMs: investigation.startedAtMs }),
    ...(threadUrl === undefined ? {} : { threadUrl }),
    ...(issueUrl === undefined ? {} : { issueUrl }),
  };
}

/** An investigation of the incident is under way. */
export async function isVerdictComing({ store }: Desk, { incidentId, event }: Escalation): Promise<boolean> {
  if (event === "resolved") return false;
  const [newest] = await store.investigations.ofIncident(incidentId);
  return newest?.state === "queued" || newest?.state === "running";
}
