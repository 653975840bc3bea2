import type { Actor } from "../domain/actor.ts";
import { inOneLine, isWorse, type Alert } from "../domain/alert.ts";
import { claimOf } from "../domain/alert-claim.ts";
import { firingOf } from "../domain/alert-identity.ts";
import { codeOf } from "../domain/errors.ts";
import { given } from "../domain/given.ts";
import { withLabels, type HeardLabels } from "../domain/heard-labels.ts";
import type { Incident } from "../domain/incident.ts";
import { labelsOf, severityOf } from "../domain/silence.ts";
import { traitsOf } from "../domain/storm.ts";
import type { NewLook } from "../domain/new-look.ts";
import type { HeardAlert, Tables } from "../ports/store.ts";
import { mindAnew } from "./attention.ts";
import { commit, queueInvestigation } from "./commit.ts";
import type { Desk } from "./desk.ts";
import { isOverAlready, LATE_MS } from "./ended-alerts.ts";
import { tellKept } from "./hush.ts";
import { withItsLabels } from "./keep-labels.ts";
import { lookAnew, wordsOf, type Joined } from "./look-anew.ts";
import { fingerprintOf, joinWithin, openWithin, type Opened, type Opening } from "./open-incident.ts";

export type Hearing = Omit<Opening, "severity" | "traits" | "labels" | "alert"> & {
  /** The same key is the same alert, heard again. */
  readonly key: string;
  readonly alert: Joined["alert"] & Partial<Pick<Alert, "threshold" | "startsAtMs">>;
  readonly heardAtMs: number;
  /** Of a post, which may have been edited: when it came to be as it is. Later than its end it fires again. */
  readonly changedAtMs?: number;
};

export type Heard =
  | Opened
  /**
   * Nothing of it is news: this very alert has been counted before, before a crash or by another replica; or its sender's word that
   * it is over has overtaken it.
   */
  | { readonly kind: "heard-already" };

/** An alert about a target that was found: opens or joins its incident, and counts it there exactly once. */
export async function hearAlert(desk: Desk, hearing: Hearing): Promise<Heard> {
  const together = TOGETHER.get(desk) ?? { waiting: [], isBusy: false };
  TOGETHER.set(desk, together);
  return new Promise((resolve, reject) => {
    together.waiting.push({ hearing: weighed(hearing), resolve, reject });
    if (!together.isBusy) void hearWaiting(desk, together);
  });
}

/** With our word for how bad it is, where its sender has none, and with what it claims. */
function weighed(hearing: Hearing): Hearing {
  const alert = { ...hearing.alert, severity: severityOf(hearing.alert) };
  return { ...hearing, ...given({ claim: claimOf(alert) }), alert };
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
    // A store that is away is so for each of them: their jobs wait for it.
    if (batch.length === 1 || codeOf(error) === "store-unavailable") for (const { reject } of batch) reject(error);
    else for (const one of batch) await hearBatch(desk, [one]);
  }
}

/** Several in one transaction, with few statements however many they are. */
async function hearAlerts(desk: Desk, hearings: readonly Hearing[]): Promise<readonly Heard[]> {
  const all = await commit(desk, async (tables) => {
    const known = await tables.heard.known(hearings.map(({ key }) => key));
    const isFirst = ({ key }: Hearing, index: number): boolean => hearings.findIndex((other) => other.key === key) === index;
    const fingerprints = new Set(hearings.map(({ target, problem }) => fingerprintOf(target, problem)));
    const ended = await tables.ended.of([...fingerprints], desk.clock.nowMs() - LATE_MS);
    const isOvertaken = (hearing: Hearing): boolean =>
      !known.has(hearing.key) && firingOf(hearing.alert) !== undefined && isOverAlready(hearing, ended);
    const fresh = hearings.filter((hearing, index) => isFirst(hearing, index) && !isKnown(known, hearing) && !isOvertaken(hearing));
    const heard = await joinOpen(tables, desk, fresh);
    for (const [first, ...others] of grouped(
      fresh.filter((one) => !heard.has(one)),
      ownerOf,
    ).values()) {
      if (first === undefined) continue;
      heard.set(first, await hearWithin(tables, desk, first));
      for (const [hearing, opened] of await joinOpen(tables, desk, others)) heard.set(hearing, opened);
    }
    return hearings.map((hearing): Heard => heard.get(hearing) ?? { kind: "heard-already" });
  });
  for (const heard of new Set(all)) {
    if (heard.kind === "heard-already" || heard.investigation === undefined) continue;
    await queueInvestigation(desk, heard.investigation.id, heard.investigation.startedAtMs - desk.clock.nowMs());
  }
  return all;
}

function isKnown(known: ReadonlyMap<string, number | undefined>, { key, changedAtMs = 0 }: Hearing): boolean {
  return known.has(key) && changedAtMs <= (known.get(key) ?? Infinity);
}

function countedAs({ key, alert, heardAtMs: atMs }: Hearing, incident: Incident): HeardAlert {
  const { source, class: kind, severity } = alert;
  return { key, incidentId: incident.id, atMs, source, class: kind, severity, ...given({ fires: firingOf(alert) }) };
}

/** Those whose incidents are open, which in a storm are nearly all: each incident is counted on and told once for all of them. */
async function joinOpen(tables: Tables, desk: Desk, hearings: readonly Hearing[]): Promise<Map<Hearing, Opened>> {
  if (hearings.length === 0) return new Map();
  const groups = grouped(hearings, ownerOf);
  const atMs = desk.clock.nowMs();
  const incidents: Incident[] = [];
  for (const [times, alike] of grouped([...groups], ([, group]) => group.length)) {
    const fingerprints = alike.map(([fingerprint]) => fingerprint);
    incidents.push(...(await tables.incidents.join(fingerprints, { times, atMs })));
  }
  const untold = await tables.hushed.untold(incidents.map(({ fingerprint }) => fingerprint));
  const looks = await looksAt(tables, desk, { incidents, groups });
  // Counted before it is told how many there are.
  await tables.heard.add(incidents.flatMap((one) => (groups.get(one.fingerprint) ?? []).map((hearing) => countedAs(hearing, one))));
  const storms = new Set<string>();
  const heard = new Map<Hearing, Opened>();
  for (const incident of incidents) {
    const group = groups.get(incident.fingerprint) ?? [];
    const [opening] = group;
    if (opening === undefined) continue;
    const labelled = await withItsLabels(tables, incident, { labels: labelsOfAll(group) });
    if (incident.stormId !== undefined) storms.add(incident.stormId);
    else await joinWithin(tables, desk, { incident: labelled, opening: unsaid(opening) });
    if (untold.includes(incident.fingerprint)) await tellKept(tables, desk, incident);
    const look = looks.get(incident.id);
    const joined = { kind: "joined", incident, ...given({ investigation: look?.investigation }) } as const;
    const opened = await worsened(tables, desk, { opened: joined, hearings: group, ...given({ look }) });
    for (const hearing of group) heard.set(hearing, opened);
  }
  for (const id of storms) await tables.storms.stir(id, atMs);
  return heard;
}

/** Of alerts that join only what is new is said. */
function unsaid(hearing: Hearing): Opening {
  const { alert: _, ...opening } = hearing;
  return opening;
}

function labelsOfAll(hearings: readonly Hearing[]): HeardLabels {
  return hearings.reduce<HeardLabels>((all, { alert }) => withLabels(all, labelsOf(alert)), {});
}

/** What opens an incident, with what the alert says of it. */
function openingOf(hearing: Hearing): Opening {
  const { alert, key: _, heardAtMs: __, changedAtMs: ___, ...opening } = hearing;
  const said = given({ severity: alert.severity ?? undefined, alert: alert.says === undefined ? undefined : wordsOf(alert) });
  return { ...opening, ...said, traits: traitsOf(opening.target, alert), labels: withLabels({}, labelsOf(alert)) };
}

function ownerOf({ target, problem }: Hearing): string {
  return fingerprintOf(target, problem);
}

function grouped<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

type Joining = { readonly incidents: readonly Incident[]; readonly groups: ReadonlyMap<string, readonly Hearing[]> };

/** Which of those with threads of their own are looked at anew, by the incident's id; those of storms have their turns. */
async function looksAt(tables: Tables, desk: Desk, { incidents, groups }: Joining): Promise<ReadonlyMap<string, NewLook>> {
  const alone = incidents.filter(({ stormId }) => stormId === undefined);
  const last = await tables.investigations.newest(alone.map(({ id }) => id));
  const looks = new Map<string, NewLook>();
  for (const investigation of last) {
    const incident = alone.find(({ id }) => id === investigation.incidentId);
    if (incident === undefined) continue;
    const look = await lookAnew(tables, desk, { incident, joined: groups.get(incident.fingerprint) ?? [], last: investigation });
    if (look !== undefined) looks.set(incident.id, look);
  }
  return looks;
}

async function hearWithin(tables: Tables, desk: Desk, hearing: Hearing): Promise<Opened> {
  const opened = await openWithin(tables, desk, await inOwnThread(tables, openingOf(hearing)));
  await tables.heard.add([countedAs(hearing, opened.incident)]);
  await tellKept(tables, desk, opened.incident);
  return worsened(tables, desk, { opened, hearings: [hearing] });
}

/** One thread tells of one incident: of several alerts in a post the first has the thread below it, the others begin their own. */
async function inOwnThread({ incidents }: Tables, opening: Opening): Promise<Opening> {
  const { rootTs, ...rest } = opening;
  if (rootTs === undefined) return opening;
  const there = await incidents.findByThread(opening.channel, rootTs);
  return there === undefined || there.fingerprint === fingerprintOf(opening.target, opening.problem) ? opening : rest;
}

type Worsening = { readonly opened: Opened; readonly hearings: readonly Hearing[]; readonly look?: NewLook };

/** As bad as the worst of them, where that is worse than it was; and what is looked at anew because of them is said. */
async function worsened(tables: Tables, desk: Desk, { opened, hearings, look }: Worsening): Promise<Opened> {
  const { severity: from = null } = opened.incident;
  const worst = hearings.reduce((worse, one) => (isWorse(one.alert.severity, worse.alert.severity) ? one : worse));
  const { severity: to } = worst.alert;
  const { actor } = worst;
  const isRise = to !== null && isWorse(to, from);
  const incident = isRise ? { ...opened.incident, severity: to } : opened.incident;
  if (isRise) {
    await tables.incidents.setSeverity(incident.id, to);
    if (from !== null || to === "critical") await mindAnew(tables, desk, incident);
  }
  if (look !== undefined) await noteLook(tables, desk, { incident, look, actor });
  // The first word on it is no change.
  if (isRise && from !== null) await desk.narrator(tables, { kind: "worse", incident, actor, from, to, ...given({ look }) });
  else if (look !== undefined) await desk.narrator(tables, { kind: "looked-at-anew", incident, actor, look });
  return { ...opened, incident };
}

type Looking = { readonly incident: Incident; readonly look: NewLook; readonly actor: Actor };

async function noteLook({ incidents }: Tables, { clock }: Desk, { incident, look, actor }: Looking): Promise<void> {
  await incidents.note({ incidentId: incident.id, atMs: clock.nowMs(), actor, says: `Looked at anew: ${inOneLine(look.alert)}` });
}
