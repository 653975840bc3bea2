import { inOneLine, type Severity } from "../domain/alert.ts";
import type { NewAuditEntry } from "../domain/audit.ts";
import { given } from "../domain/given.ts";
import type { Incident, IncidentEvent } from "../domain/incident.ts";
import type { Investigation } from "../domain/investigation.ts";
import { formatTarget } from "../domain/target.ts";
import type { Tables } from "../ports/store.ts";
import { mind } from "./attention.ts";
import type { Desk } from "./desk.ts";
import type { Opened, Opening } from "./opening.ts";

/** An incident that was opened, reopened or joined. */
export type Telling = Pick<Opened, "kind" | "incident"> & {
  readonly opening: Opening;
  readonly investigation: Investigation | undefined;
  /** How bad it was before it was reopened. */
  readonly was?: Severity;
};

/** Within a transaction: into the audit and the timelines; and somebody is waited for. */
export async function record(tables: Tables, desk: Desk, tellings: readonly Telling[]): Promise<void> {
  const atMs = desk.clock.nowMs();
  const [entry, ...more] = tellings.map((telling) => entryOf(telling, atMs));
  if (entry === undefined) return;
  await tables.audit.append(entry, ...more);
  await tables.incidents.note(...tellings.flatMap((telling) => notesOf(telling, atMs)));
  const minded = tellings.map(({ kind, incident, opening: { actor } }) => ({ kind, incident, actor }));
  await mind(tables, desk, minded);
}

function entryOf({ kind, incident, opening: { target, problem, channel, actor }, investigation }: Telling, atMs: number): NewAuditEntry {
  const detail = { target: formatTarget(target), problem, channel, investigationId: investigation?.id ?? null };
  return { kind: `incident-${kind}`, actor, atMs, incidentId: incident.id, detail };
}

function notesOf({ kind, incident, opening: { actor, alert }, was }: Telling, atMs: number): readonly IncidentEvent[] {
  const weighed = was === undefined || was === incident.severity ? "" : ` (${was} before, ${incident.severity ?? "not weighed"} now)`;
  const told = alert === undefined || kind === "joined" ? [] : [inOneLine(alert)];
  return [`${NOTES[kind]}${weighed}`, ...told].map((says) => ({ incidentId: incident.id, atMs, actor, says }));
}

// By whom stands beside it.
const NOTES: Readonly<Record<Opened["kind"], string>> = { opened: "Opened", joined: "Reported again", reopened: "Reopened" };

/** Within a transaction: in its thread. */
export async function tell(tables: Tables, desk: Desk, { kind, incident, opening, investigation }: Telling): Promise<void> {
  const { actor, steps } = opening;
  const alert = given({ alert: opening.alert });
  if (kind === "opened" && investigation !== undefined) return desk.narrator(tables, { kind, incident, investigation, steps, ...alert });
  if (kind === "opened") return undefined;
  if (kind === "joined" && opening.news === true) return lookingAgain(tables, desk, { incident, investigation, steps });
  // Alerts that come in heaps are counted; what is not told now is told when the lapse is over.
  if (kind === "joined" && actor.kind === "alert" && !(await mayTellAgain(tables, desk, incident))) return undefined;
  return desk.narrator(tables, { kind, incident, actor, ...alert, ...(investigation === undefined ? {} : { investigation, steps }) });
}

/** A thread is told of further reports at most this often. */
export const TOLD_AGAIN_MS = 10_000;

function mayTellAgain({ incidents }: Tables, { clock }: Desk, { id }: Incident): Promise<boolean> {
  return incidents.mayTell(id, { nowMs: clock.nowMs(), lapseMs: TOLD_AGAIN_MS });
}

/** What is new is said by who brought it; only the new progress message is missing. */
async function lookingAgain(
  tables: Tables,
  desk: Desk,
  { incident, investigation, steps }: Pick<Telling, "incident" | "investigation"> & Pick<Opening, "steps">,
): Promise<void> {
  if (investigation !== undefined) await desk.narrator(tables, { kind: "progress", incident, investigation, steps });
}
