import { isWorse, type Alert } from "../domain/alert.ts";
import { firingOf } from "../domain/alert-identity.ts";
import { given } from "../domain/given.ts";
import { traitsOf } from "../domain/storm.ts";
import type { Tables } from "../ports/store.ts";
import { commit, queueInvestigation } from "./commit.ts";
import type { Desk } from "./desk.ts";
import { tellKept } from "./hush.ts";
import { fingerprintOf, openWithin, type Opened, type Opening } from "./open-incident.ts";

export type Hearing = Omit<Opening, "severity" | "traits"> & {
  /** The same key is the same alert, heard again. */
  readonly key: string;
  readonly alert: Pick<Alert, "source" | "class" | "severity" | "subject" | "labels"> & Partial<Pick<Alert, "name">>;
  readonly heardAtMs: number;
  /** Of a post, which may have been edited: when it came to be as it is. Later than its end it fires again. */
  readonly changedAtMs?: number;
};

export type Heard =
  | Opened
  /** This very alert has been counted before: before a crash, or by another replica. */
  | { readonly kind: "heard-already" };

/** An alert about a target that was found: opens or joins its incident, and counts it there exactly once. */
export async function hearAlert(desk: Desk, hearing: Hearing): Promise<Heard> {
  const together = TOGETHER.get(desk) ?? { waiting: [], isBusy: false };
  TOGETHER.set(desk, together);
  return new Promise((resolve, reject) => {
    together.waiting.push({ hearing, resolve, reject });
    if (!together.isBusy) void hearWaiting(desk, together);
  });
}

type Waiting = { readonly hearing: Hearing; resolve(heard: Heard): void; reject(error: unknown): void };
type Together = { readonly waiting: Waiting[]; isBusy: boolean };

/** All that come in while a transaction runs share the next one: writers take turns, and a turn costs more than an alert. */
const TOGETHER = new WeakMap<Desk, Together>();
const MOST_TOGETHER = 50;

/** Never rejects. */
async function hearWaiting(desk: Desk, together: Together): Promise<void> {
  together.isBusy = true;
  for (let batch = together.waiting.splice(0, MOST_TOGETHER); batch.length > 0; batch = together.waiting.splice(0, MOST_TOGETHER))
    await hearBatch(desk, batch);
  together.isBusy = false;
}

/** What one of them breaks the others must not suffer: each is tried by itself then. */
async function hearBatch(desk: Desk, batch: readonly Waiting[]): Promise<void> {
  try {
    const all = await hearAlerts(
      desk,
      batch.map(({ hearing }) => hearing),
    );
    for (const [index, { resolve }] of batch.entries()) resolve(all[index] ?? { kind: "heard-already" });
  } catch (error) {
    const [only, ...others] = batch;
    if (others.length === 0) only?.reject(error);
    else for (const one of batch) await hearBatch(desk, [one]);
  }
}

/** Several in one transaction, in their order. */
async function hearAlerts(desk: Desk, hearings: readonly Hearing[]): Promise<readonly Heard[]> {
  if (hearings.length === 0) return [];
  const all = await commit(desk, async (tables) => {
    const known = new Map(await tables.heard.known(hearings.map(({ key }) => key)));
    const heard: Heard[] = [];
    for (const hearing of hearings) {
      heard.push(isKnown(known, hearing) ? { kind: "heard-already" } : await hearWithin(tables, desk, hearing));
      known.set(hearing.key, undefined);
    }
    return heard;
  });
  for (const heard of all) {
    if (heard.kind !== "heard-already" && heard.investigation !== undefined) await queueInvestigation(desk, heard.investigation.id);
  }
  return all;
}

function isKnown(known: ReadonlyMap<string, number | undefined>, { key, changedAtMs = 0 }: Hearing): boolean {
  return known.has(key) && changedAtMs <= (known.get(key) ?? Infinity);
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
  const { source, class: kind } = alert;
  const fires = given({ fires: firingOf(alert) });
  await tables.heard.add({ key, incidentId: id, atMs: heardAtMs, source, class: kind, severity: alert.severity, ...fires });
  if (alert.severity === null || !isWorse(alert.severity, severity)) return opened;
  await tables.incidents.setSeverity(id, alert.severity);
  const incident = { ...opened.incident, severity: alert.severity };
  // The first word on it is no change.
  if (severity !== null) await desk.narrator(tables, { kind: "worse", incident, actor: opening.actor, from: severity, to: alert.severity });
  return { ...opened, incident };
}
