import { isWorse, type Alert } from "../domain/alert.ts";
import { firingOf } from "../domain/alert-identity.ts";
import { calmOf, isQuiet } from "../domain/calm.ts";
import { given } from "../domain/given.ts";
import type { Incident } from "../domain/incident.ts";
import { shareNext } from "../domain/share-next.ts";
import { covers, labelsOf, type Noise, type Silence } from "../domain/silence.ts";
import type { Hushed, SilenceTable } from "../ports/quiet-tables.ts";
import type { Tables } from "../ports/store.ts";
import type { Desk } from "./desk.ts";
import { withTheirLabels } from "./keep-labels.ts";
import { fingerprintOf } from "./opening.ts";

/** Whose quiet is kept: what waits for the end of quiet hours is told together then. */
export const QUIET_HOURS = "quiet-hours";

/** How long it is remembered what was kept quiet, and counted in `/oom silences`. */
const REMEMBERED_MS = 30 * 86_400_000;

/**
 * Who wants quiet about this now: id of a silence, `maintenance:<name>` or `quiet-hours`; undefined: nobody. What somebody has
 * silenced by hand is not told when quiet hours end.
 */
export async function hushOf(
  { silences }: Pick<Tables, "silences">,
  { calm, clock }: Pick<Desk, "calm" | "clock">,
  noise: Noise,
): Promise<string | undefined> {
  const nowMs = clock.nowMs();
  const wanted = calm === undefined ? undefined : calmOf(calm, noise, nowMs);
  if (wanted?.kind === "maintenance") return `maintenance:${wanted.name}`;
  const live = LIVE.get(silences) ?? shareNext(() => silences.live(clock.nowMs()));
  LIVE.set(silences, live);
  const silence = (await live()).find((one) => covers(one, noise));
  return silence?.id ?? (wanted === undefined ? undefined : QUIET_HOURS);
}

/** Of alerts that come in heaps each is asked about, and many may share an answer. */
const LIVE = new WeakMap<SilenceTable, () => Promise<readonly Silence[]>>();

export type Hushing = Omit<Hushed, "fingerprint"> & {
  /** Absent: the watch's. */
  readonly alert?: Pick<Alert, "source" | "class" | "severity" | "name" | "labels" | "subject">;
};

/**
 * Counts something that is not told, once for its key, within a transaction: into its incident where one is open, which is told of
 * it as little as anybody. False: it has been counted before.
 */
export async function hushWithin(tables: Tables, { alert, ...hushed }: Hushing): Promise<boolean> {
  const { key, target, problem, atMs, severity } = hushed;
  if (await tables.heard.has(key)) return false;
  const fingerprint = target === undefined || problem === undefined ? undefined : fingerprintOf(target, problem);
  if (!(await tables.hushed.add({ ...hushed, ...(fingerprint === undefined ? {} : { fingerprint }) }))) return false;
  const open = fingerprint === undefined ? undefined : await tables.incidents.unresolved(fingerprint);
  if (open === undefined) return true;
  await tables.incidents.join([open.fingerprint], { times: 1, atMs });
  if (alert !== undefined) {
    await withTheirLabels(tables, [{ incident: open, labels: labelsOf(alert) }]);
    const { source, class: kind } = alert;
    await tables.heard.add([{ key, incidentId: open.id, atMs, source, class: kind, severity, ...given({ fires: firingOf(alert) }) }]);
  }
  if (severity !== null && isWorse(severity, open.severity ?? null)) await tables.incidents.setSeverity(open.id, severity);
  return true;
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

/** Forgets what was kept quiet long ago. What waits to be told is kept. */
export function forgetHushed({ store, clock }: Pick<Desk, "store" | "clock">): Promise<number> {
  return store.hushed.forget(clock.nowMs() - REMEMBERED_MS, QUIET_HOURS);
}
