import { isWorse, type Alert } from "../domain/alert.ts";
import { traitsOf } from "../domain/storm.ts";
import type { Tables } from "../ports/store.ts";
import { commit, queueInvestigation } from "./commit.ts";
import type { Desk } from "./desk.ts";
import { tellKept } from "./hush.ts";
import { fingerprintOf, openWithin, type Opened, type Opening } from "./open-incident.ts";

export type Hearing = Omit<Opening, "severity" | "traits"> & {
  /** The same key is the same alert, heard again. */
  readonly key: string;
  readonly alert: Pick<Alert, "source" | "class" | "severity" | "subject" | "labels">;
  readonly heardAtMs: number;
};

export type Heard =
  | Opened
  /** This very alert has been counted before: before a crash, or by another replica. */
  | { readonly kind: "heard-already" };

/** An alert about a target that was found: opens or joins its incident, and counts it there exactly once. */
export async function hearAlert(desk: Desk, hearing: Hearing): Promise<Heard> {
  const [heard] = await hearAlerts(desk, [hearing]);
  return heard ?? { kind: "heard-already" };
}

/** The alerts of one message, in one transaction; in their order. */
export async function hearAlerts(desk: Desk, hearings: readonly Hearing[]): Promise<readonly Heard[]> {
  if (hearings.length === 0) return [];
  const all = await commit(desk, async (tables) => {
    const known = new Set(await tables.heard.known(hearings.map(({ key }) => key)));
    const heard: Heard[] = [];
    for (const hearing of hearings) {
      heard.push(known.has(hearing.key) ? { kind: "heard-already" } : await hearWithin(tables, desk, hearing));
      known.add(hearing.key);
    }
    return heard;
  });
  for (const heard of all) {
    if (heard.kind !== "heard-already" && heard.investigation !== undefined) await queueInvestigation(desk, heard.investigation.id);
  }
  return all;
}

/** One thread tells of one incident: of several alerts in a post the first has the thread below it, the others begin their own. */
async function inOwnThread({ incidents }: Tables, opening: Opening): Promise<Opening> {
  const { rootTs, ...rest } = opening;
  if (rootTs === undefined) return opening;
  const there = await incidents.findByThread(opening.channel, rootTs);
  return there === undefined || there.fingerprint === fingerprintOf(opening.target, opening.problem) ? opening : rest;
}

async function hearWithin(tables: Tables, desk: Desk, { key, alert, heardAtMs, ...opening }: Hearing): Promise<Opened> {
  const told = { ...(await inOwnThread(tables, opening)), ...(alert.severity === null ? {} : { severity: alert.severity }) };
  const opened = await openWithin(tables, desk, { ...told, traits: traitsOf(opening.target, alert) });
  await tellKept(tables, desk, opened.incident);
  const { id, severity = null } = opened.incident;
  await tables.heard.add({ key, incidentId: id, atMs: heardAtMs, source: alert.source, class: alert.class, severity: alert.severity });
  if (alert.severity === null || !isWorse(alert.severity, severity)) return opened;
  await tables.incidents.setSeverity(id, alert.severity);
  const incident = { ...opened.incident, severity: alert.severity };
  // The first word on it is no change.
  if (severity !== null) await desk.narrator(tables, { kind: "worse", incident, actor: opening.actor, from: severity, to: alert.severity });
  return { ...opened, incident };
}
