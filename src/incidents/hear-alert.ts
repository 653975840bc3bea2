import { isWorse, type Alert } from "../domain/alert.ts";
import type { Tables } from "../ports/store.ts";
import { commit } from "./commit.ts";
import type { Desk } from "./desk.ts";
import { fingerprintOf, openWithin, queueInvestigation, type Opened, type Opening } from "./open-incident.ts";

export type Hearing = Opening & {
  /** The same key is the same alert, heard again. */
  readonly key: string;
  readonly alert: Pick<Alert, "source" | "class" | "severity">;
  readonly heardAtMs: number;
};

export type Heard =
  | Opened
  /** This very alert has been counted before: before a crash, or by another replica. */
  | { readonly kind: "heard-already" };

/** An alert about a target that was found: opens or joins its incident, and counts it there exactly once. */
export async function hearAlert(desk: Desk, hearing: Hearing): Promise<Heard> {
  const heard = await commit(desk, (tables) => hearWithin(tables, desk, hearing));
  if (heard.kind !== "heard-already" && heard.investigation !== undefined) await queueInvestigation(desk, heard.investigation.id);
  return heard;
}

/** One thread tells of one incident: of several alerts in a post the first has the thread below it, the others begin their own. */
async function inOwnThread({ incidents }: Tables, opening: Opening): Promise<Opening> {
  const { rootTs, ...rest } = opening;
  if (rootTs === undefined) return opening;
  const there = await incidents.findByThread(opening.channel, rootTs);
  return there === undefined || there.fingerprint === fingerprintOf(opening.target, opening.problem) ? opening : rest;
}

async function hearWithin(tables: Tables, desk: Desk, { key, alert, heardAtMs, ...opening }: Hearing): Promise<Heard> {
  if (await tables.heard.has(key)) return { kind: "heard-already" };
  const opened = await openWithin(tables, desk, await inOwnThread(tables, opening));
  const { id, severity = null } = opened.incident;
  await tables.heard.add({ key, incidentId: id, atMs: heardAtMs, source: alert.source, class: alert.class, severity: alert.severity });
  if (alert.severity === null || !isWorse(alert.severity, severity)) return opened;
  await tables.incidents.setSeverity(id, alert.severity);
  const incident = { ...opened.incident, severity: alert.severity };
  // The first word on it is no change.
  if (severity !== null) await desk.narrator(tables, { kind: "worse", incident, actor: opening.actor, from: severity, to: alert.severity });
  return { ...opened, incident };
}
