import { sql } from "kysely";
import { grouped } from "../../../domain/grouped.ts";
import type { Incident, IncidentState } from "../../../domain/incident.ts";
import type { OpenedOrJoined } from "../../../ports/store.ts";
import type { Db } from "../scope.ts";
import { toIncident, toRow } from "./incident-rows.ts";

/** How often it was reported, and when for the last time. */
type Seen = Pick<Incident, "lastSeenAtMs" | "timesSeen">;

/** A few statements, however many there are. */
export async function openOrJoin(db: Db, candidates: readonly Incident[], reopenWithinMs: number): Promise<readonly OpenedOrJoined[]> {
  const done = new Map<string, OpenedOrJoined>();
  const left = (): readonly Incident[] => candidates.filter(({ fingerprint }) => !done.has(fingerprint));
  for (const [, alike] of grouped(candidates, ({ timesSeen, lastSeenAtMs }) => `${timesSeen} ${lastSeenAtMs}`))
    for (const incident of await joinAlike(db, alike)) done.set(incident.fingerprint, { kind: "joined", incident });
  for (const incident of await reopen(db, left(), reopenWithinMs)) done.set(incident.fingerprint, { kind: "reopened", incident });
  for (const incident of await open(db, left())) done.set(incident.fingerprint, { kind: "opened", incident });
  return candidates.flatMap(({ fingerprint }) => done.get(fingerprint) ?? []);
}

/** All of them seen as often and as lately as the first. */
async function joinAlike(db: Db, alike: readonly Incident[]): Promise<readonly Incident[]> {
  const [first] = alike;
  const fingerprints = alike.map(({ fingerprint }) => fingerprint);
  return first === undefined ? [] : join(db, fingerprints, first);
}

/** Those that are not resolved. */
export async function join(db: Db, fingerprints: readonly string[], seen: Seen): Promise<readonly Incident[]> {
  if (fingerprints.length === 0) return [];
  const rows = await seenAgain(db, seen)
    .where("fingerprint", "in", fingerprints)
    .where("state", "<>", "resolved" satisfies IncidentState)
    .returningAll()
    .execute();
  return rows.map(toIncident);
}

/** Of each the one that was resolved last, where that is not too long ago. */
async function reopen(db: Db, candidates: readonly Incident[], reopenWithinMs: number): Promise<readonly Incident[]> {
  if (candidates.length === 0) return [];
  const resolved = await db
    .selectFrom("incidents")
    .select(["position", "fingerprint", "resolved_at_ms"])
    .where(
      "fingerprint",
      "in",
      candidates.map(({ fingerprint }) => fingerprint),
    )
    .where("resolved_at_ms", ">=", Math.min(...candidates.map(({ openedAtMs }) => openedAtMs)) - reopenWithinMs)
    .orderBy("resolved_at_ms")
    .orderBy("position")
    .execute();
  const reopened: Incident[] = [];
  for (const candidate of candidates) {
    const newest = resolved.findLast(
      (row) => row.fingerprint === candidate.fingerprint && (row.resolved_at_ms ?? 0) >= candidate.openedAtMs - reopenWithinMs,
    );
    if (newest === undefined) continue;
    const anew = seenAgain(db, candidate).set({ state: "open", resolved_at_ms: null }).where("position", "=", newest.position);
    reopened.push(toIncident(await anew.returningAll().executeTakeFirstOrThrow()));
  }
  return reopened;
}

async function open(db: Db, candidates: readonly Incident[]): Promise<readonly Incident[]> {
  if (candidates.length === 0) return [];
  const rows = await db.insertInto("incidents").values(candidates.map(toRow)).returningAll().execute();
  return rows.map(toIncident);
}

function seenAgain(db: Db, { lastSeenAtMs, timesSeen }: Seen) {
  return db.updateTable("incidents").set({
    times_seen: sql`times_seen + ${timesSeen}`,
    // Alerts may come in out of order.
    last_seen_at_ms: sql`case when last_seen_at_ms < ${lastSeenAtMs} then ${lastSeenAtMs} else last_seen_at_ms end`,
  });
}
