import { nextCheckUpMs, PROMISED_QUIET_MS, QUIET_MS, saysOver } from "../domain/check-up.ts";
import { formatDuration } from "../domain/duration.ts";
import type { Diagnosis } from "../domain/finding.ts";
import type { Incident } from "../domain/incident.ts";
import type { Investigation } from "../domain/investigation.ts";
import { targetKey } from "../domain/target.ts";
import { isTroubled } from "../domain/watch.ts";
import type { Tables } from "../ports/store.ts";
import { commit, queueInvestigation } from "./commit.ts";
import type { Desk } from "./desk.ts";
import { resolveWithin } from "./resolve.ts";

const ACTOR = { kind: "oomph" } as const;
/** Looks cost their targets something; the others follow at the next sweep. */
const MOST_AT_ONCE = 5;
/** What the watch has not seen lately it knows nothing of. */
const SEEN_LATELY_MS = 15 * 60_000;

/**
 * Incidents of alerts that have not been heard of for long: over, where the watch sees nothing wrong; else it is looked whether they
 * are. How many. May run on several replicas at once.
 */
export async function checkUp(desk: Desk): Promise<number> {
  const due = await desk.store.incidents.dueCheckUp({ nowMs: desk.clock.nowMs(), quietMs: QUIET_MS, limit: MOST_AT_ONCE });
  for (const incident of due) {
    const investigation = await commit(desk, (tables) => checkWithin(tables, desk, incident));
    if (investigation !== undefined) await queueInvestigation(desk, investigation.id);
  }
  return due.length;
}

async function checkWithin(tables: Tables, desk: Desk, incident: Incident): Promise<Investigation | undefined> {
  const nowMs = desk.clock.nowMs();
  const { id, lastSeenAtMs } = incident;
  const isPromised = (await tables.heard.firing(id)).length > 0;
  const tooEarly = isPromised && nowMs - lastSeenAtMs < PROMISED_QUIET_MS;
  const nextMs = tooEarly ? lastSeenAtMs + PROMISED_QUIET_MS : nextCheckUpMs(lastSeenAtMs, nowMs);
  if (!(await tables.incidents.checkedUp(id, { nowMs, nextMs })) || tooEarly) return undefined;
  if (await isWellWatched(tables, incident, nowMs)) {
    const says = `Not heard of for ${formatDuration(nowMs - lastSeenAtMs)}, and the watch sees nothing wrong with it`;
    await resolveWithin(tables, desk, { incident, actor: ACTOR, says });
    return undefined;
  }
  const [last] = await tables.investigations.ofIncident(id);
  if (last === undefined || (await tables.investigations.isUnderway(id))) return undefined;
  const { runbookId, target } = last;
  const investigation: Investigation = {
    id: desk.ids.next("inv"),
    incidentId: id,
    runbookId,
    target,
    isCheckUp: true,
    state: "queued",
    startedAtMs: nowMs,
    failures: [],
  };
  await tables.investigations.create(investigation);
  return investigation;
}

/** The watch looks at memory, at nothing else. */
async function isWellWatched({ watched }: Tables, { target, problem }: Incident, nowMs: number): Promise<boolean> {
  if (problem === "workload-metrics") return false;
  const parts = await watched.ofOwner(targetKey(target));
  return (
    parts.length > 0 && parts.every((one) => nowMs - one.seenAtMs < SEEN_LATELY_MS && one.newest !== undefined && !isTroubled(one, nowMs))
  );
}

export type CheckedUp = { readonly incident: Incident; readonly diagnosis: Diagnosis };

/** Within a transaction: what the look came to. It is over, or the thread says that it is not, in one message that is edited. */
export async function concludeCheckUp(tables: Tables, desk: Desk, { incident, diagnosis }: CheckedUp): Promise<void> {
  const nowMs = desk.clock.nowMs();
  const { headline } = diagnosis.finding;
  const quietMs = nowMs - incident.lastSeenAtMs;
  // It was heard of while it was looked at.
  if (quietMs < QUIET_MS) return undefined;
  if (saysOver(diagnosis)) {
    const says = `Not heard of for ${formatDuration(quietMs)}, and a look says: ${headline}`;
    await resolveWithin(tables, desk, { incident, actor: ACTOR, says });
    return undefined;
  }
  return desk.narrator(tables, { kind: "checked-up", incident, headline, quietMs, nextMs: nextCheckUpMs(incident.lastSeenAtMs, nowMs) });
}
