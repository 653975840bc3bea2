import { isWorse, type Alert } from "../domain/alert.ts";
import { firingOf } from "../domain/alert-identity.ts";
import { calmOf, isQuiet, isWithin, nextChange, weeklyOf } from "../domain/calm.ts";
import { given } from "../domain/given.ts";
import type { Incident } from "../domain/incident.ts";
import { shareNext } from "../domain/share-next.ts";
import { covers, labelsOf, type Noise, type Silence } from "../domain/silence.ts";
import type { Hushed, SilenceTable } from "../ports/quiet-tables.ts";
import type { Tables } from "../ports/store.ts";
import type { Desk } from "./desk.ts";
import { isOverAlready, LATE_MS } from "./ended-alerts.ts";
import { withTheirLabels } from "./keep-labels.ts";
import { fingerprintOf } from "./opening.ts";

/** Whose quiet is kept: what waits for the end of quiet hours is told together then. */
export const QUIET_HOURS = "quiet-hours";

/** Before the name of a window of the configuration. */
export const MAINTENANCE = "maintenance:";

/** How long it is remembered what was kept quiet, and counted in `/oom silences`. */
const REMEMBERED_MS = 30 * 86_400_000;

/**
 * Who wants quiet about this now: id of a silence, `maintenance:<name>` or `quiet-hours`; undefined: nobody. What somebody has
 * silenced by hand is not told when quiet hours end.
 */
export async function hushOf(
  { silences, incidents }: Pick<Tables, "silences" | "incidents">,
  { calm, clock }: Pick<Desk, "calm" | "clock">,
  noise: Noise,
): Promise<string | undefined> {
  const nowMs = clock.nowMs();
  const wanted = calm === undefined ? undefined : calmOf(calm, noise, nowMs);
  if (wanted?.kind === "maintenance") return `${MAINTENANCE}${wanted.name}`;
  const shared = LIVE.get(silences) ?? shareNext(() => silences.live(clock.nowMs()));
  LIVE.set(silences, shared);
  const live = await shared();
  const placed = live.some(({ what }) => what.kind === "storm") ? await placedInStorm(incidents, noise) : noise;
  return live.find((one) => covers(one, placed))?.id ?? (wanted === undefined ? undefined : QUIET_HOURS);
}

/** With the storm in which it is told, where its incident is open and in one. */
async function placedInStorm(incidents: Tables["incidents"], noise: Noise): Promise<Noise> {
  const { target, problem } = noise;
  if (target === undefined || problem === undefined) return noise;
  return { ...noise, ...given({ stormId: (await incidents.unresolved(fingerprintOf(target, problem)))?.stormId }) };
}

/** Of alerts that come in heaps each is asked about, and many may share an answer. */
const LIVE = new WeakMap<SilenceTable, () => Promise<readonly Silence[]>>();

export type Hushing = Omit<Hushed, "fingerprint"> & {
  /** Absent: the watch's. */
  readonly alert?: Pick<Alert, "source" | "class" | "severity" | "name" | "labels" | "subject"> & Partial<Pick<Alert, "startsAtMs">>;
  /** Of a post, which may have been edited since. */
  readonly changedAtMs?: number;
};

/**
 * Counts something that is not told, once for its key, within a transaction: into its incident where one is open, which is told of
 * it as little as anybody. False: it has been counted before.
 */
export async function hushWithin(tables: Tables, { alert, changedAtMs, ...hushed }: Hushing): Promise<boolean> {
  const { key, target, problem, atMs, severity } = hushed;
  const known = await tables.heard.known([key]);
  if (known.has(key) && (changedAtMs ?? 0) <= (known.get(key) ?? Infinity)) return false;
  const fingerprint = target === undefined || problem === undefined ? undefined : fingerprintOf(target, problem);
  if (!(await tables.hushed.add({ ...hushed, ...given({ fingerprint }) }))) return false;
  const open = fingerprint === undefined ? undefined : await tables.incidents.unresolved(fingerprint);
  if (open === undefined) return true;
  await tables.incidents.join([open.fingerprint], { times: 1, atMs });
  if (alert !== undefined) {
    await withTheirLabels(tables, [{ incident: open, labels: labelsOf(alert) }]);
    const { source, class: kind } = alert;
    const heard = { alert, target: open.target, problem: open.problem, heardAtMs: atMs, ...given({ changedAtMs }) };
    // One that is known and comes again was edited since.
    const isOver = !known.has(key) && (await isOvertaken(tables, heard));
    const fires = isOver ? undefined : firingOf(alert);
    await tables.heard.add([{ key, incidentId: open.id, atMs, source, class: kind, severity, ...given({ fires }) }]);
  }
  if (severity !== null && isWorse(severity, open.severity ?? null)) await tables.incidents.setSeverity(open.id, severity);
  return true;
}

/** Its sender's word that it is over came in first: it counts, and nobody waits for its end. */
async function isOvertaken({ ended }: Tables, hearing: Parameters<typeof isOverAlready>[0]): Promise<boolean> {
  const since = hearing.heardAtMs - LATE_MS;
  return isOverAlready(hearing, await ended.of([fingerprintOf(hearing.target, hearing.problem)], since));
}

/** It is told again: how much of it was kept quiet meanwhile is said in its thread, once. */
export async function tellKept(tables: Tables, desk: Pick<Desk, "narrator">, incident: Incident): Promise<void> {
  const kept = await tables.hushed.tell(incident.fingerprint);
  if (kept !== undefined) await desk.narrator(tables, { kind: "kept-quiet", incident, ...kept });
}

/** Is it time to tell what waited for the end of quiet hours? */
export function isTimeToTell({ calm, clock }: Pick<Desk, "calm" | "clock">): boolean {
  return calm === undefined || !isQuiet(calm, clock.nowMs());
}

/** When what of the configuration wants quiet now ends; undefined: never, or it is somebody's silence. */
export function endOfCalm({ calm, clock }: Pick<Desk, "calm" | "clock">, by: string): number | undefined {
  const windows = calm?.maintenance.filter(({ name }) => by === `${MAINTENANCE}${name}`).map(({ when }) => when) ?? [];
  const quiet = by === QUIET_HOURS && calm?.quietHours !== undefined ? [weeklyOf(calm.quietHours)] : [];
  const now = [...windows, ...quiet].find((when) => isWithin(when, clock.nowMs()));
  return now === undefined ? undefined : nextChange(now, clock.nowMs());
}

/** Forgets what was kept quiet long ago. What waits to be told is kept. */
export function forgetHushed({ store, clock }: Pick<Desk, "store" | "clock">): Promise<number> {
  return store.hushed.forget(clock.nowMs() - REMEMBERED_MS, QUIET_HOURS);
}
