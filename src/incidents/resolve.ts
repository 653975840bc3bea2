import { isListed } from "../domain/access.ts";
import type { Alert } from "../domain/alert.ts";
import { identityOf, isSameAlert, type AlertIdentity } from "../domain/alert-identity.ts";
import type { Actor } from "../domain/actor.ts";
import { formatDuration } from "../domain/duration.ts";
import { given } from "../domain/given.ts";
import type { Incident, Problem } from "../domain/incident.ts";
import type { Target } from "../domain/target.ts";
import type { Tables } from "../ports/store.ts";
import { commit } from "./commit.ts";
import type { Desk } from "./desk.ts";
import { escalate } from "./escalate.ts";
import { forgoLook, WELL } from "./look-anew.ts";
import { personOrReason } from "./may-request.ts";
import { fingerprintOf } from "./opening.ts";
import { endFulfilled } from "./silences.ts";
import { UNRESOLVED } from "./unresolved.ts";

export type Resolved =
  | { readonly kind: "resolved"; readonly incident: Incident }
  | { readonly kind: "already-resolved"; readonly incident: Incident }
  | { readonly kind: "no-such-incident" }
  | { readonly kind: "refused"; readonly because: string };

/** A person says that it is over. Whoever may investigate may say so. */
export async function resolveIncident(
  desk: Desk,
  { incidentId, userId }: { readonly incidentId: string; readonly userId: string },
): Promise<Resolved> {
  const person = await personOrReason(desk, userId);
  if (typeof person === "string") return { kind: "refused", because: person };
  if (!isListed(person, desk.rules.investigators))
    return { kind: "refused", because: "this is for those who may investigate (access.investigators)" };
  const incident = await desk.store.incidents.get(incidentId);
  if (incident === undefined) return { kind: "no-such-incident" };
  return resolve(desk, { incident, actor: { kind: "user", id: userId }, says: "Marked as resolved" });
}

export type Ending = {
  readonly target: Target;
  readonly problem: Problem;
  readonly alert: Pick<Alert, "source" | "name" | "subject" | "labels" | "memory"> & Partial<Pick<Alert, "startsAtMs">>;
  /** When its sender's word of it came in. */
  readonly atMs: number;
  /** Of a post: when it was posted, which may have been edited since. Absent: the same. */
  readonly postedAtMs?: number;
};

/**
 * The sender of an alert says that it is over. Its incident is, when no other alert of it fires. What was not heard firing ends
 * nothing that a person has opened, and nothing at all where it may be about something else than memory.
 */
export async function resolveByAlert(
  desk: Desk,
  { target, problem, alert, atMs, postedAtMs = atMs }: Ending,
): Promise<Resolved | { readonly kind: "goes-on"; readonly incident: Incident; readonly firing: number }> {
  const actor = { kind: "alert", source: alert.source } as const;
  return commit(desk, async (tables) => {
    const fingerprint = fingerprintOf(target, problem);
    await tables.ended.add({ fingerprint, alert: identityOf(alert), atMs: postedAtMs, ...given({ startsAtMs: alert.startsAtMs }) });
    const open = await tables.incidents.unresolved(fingerprint);
    const incident = open ?? (await tables.incidents.lastResolved(fingerprint));
    if (incident === undefined) return { kind: "no-such-incident" };
    const all = await tables.heard.firing(incident.id);
    const over = all.filter((one) => isSameAlert(one, identityOf(alert)));
    const others = all.filter((one) => !over.includes(one));
    const firing = others.length;
    await tables.heard.end(incident.id, over, atMs);
    if (open === undefined) return { kind: "already-resolved", incident };
    if (firing > 0) {
      const says = `${alert.name ?? "An alert"} resolved; ${stillFiring(others)}`;
      if (over.length > 0) await tables.incidents.note({ incidentId: incident.id, atMs: desk.clock.nowMs(), actor, says });
      return { kind: "goes-on", incident, firing };
    }
    const mayEnd = over.length > 0 || (alert.memory === "yes" && incident.openedBy.kind !== "user");
    if (!mayEnd) return { kind: "goes-on", incident, firing };
    const first = await resolveWithin(tables, desk, {
      incident,
      actor,
      says: `The alert resolved${await lastSeen(tables, desk, incident)}`,
    });
    return { kind: first ? "resolved" : "already-resolved", incident: { ...incident, state: "resolved" } };
  });
}

/** Named, so that who waits for the end knows for what. */
function stillFiring(others: readonly AlertIdentity[]): string {
  const names = others
    .slice(0, MOST_NAMED)
    .map(({ name = "one without a name", instance, pod }) => [name, instance ?? pod].filter(Boolean).join(" of "));
  const more = others.length > MOST_NAMED ? ` and ${others.length - MOST_NAMED} more` : "";
  return `${others.length === 1 ? "1 other alert still fires" : `${others.length} others still fire`}: ${names.join(", ")}${more}`;
}

const MOST_NAMED = 5;

/** Whoever reads that it is over is told what was wrong when somebody last looked, for nobody has looked since. */
async function lastSeen({ investigations }: Tables, { clock }: Desk, { id }: Incident): Promise<string> {
  const last = (await investigations.ofIncident(id)).find(({ diagnosis }) => diagnosis !== undefined);
  if (last?.diagnosis === undefined || WELL.has(last.diagnosis.finding.verdict)) return "";
  return `. Last looked at ${formatDuration(clock.nowMs() - last.startedAtMs)} before: ${last.diagnosis.finding.headline}`;
}

/** The incident that a report about this target and problem belongs to now. */
export async function findUnresolved(
  tables: Pick<Tables, "incidents">,
  { target, problem }: { readonly target: Target; readonly problem: Problem },
): Promise<Incident | undefined> {
  return tables.incidents.unresolved(fingerprintOf(target, problem));
}

export type Resolving = { readonly incident: Incident; readonly actor: Actor; readonly says: string };

async function resolve(desk: Desk, resolving: Resolving): Promise<Resolved> {
  const first = await commit(desk, (tables) => resolveWithin(tables, desk, resolving));
  return { kind: first ? "resolved" : "already-resolved", incident: { ...resolving.incident, state: "resolved" } };
}

/** Resolves within a transaction. False: it was resolved already. */
export async function resolveWithin(tables: Tables, desk: Desk, { incident, actor, says }: Resolving): Promise<boolean> {
  const atMs = desk.clock.nowMs();
  if (!(await tables.incidents.transition(incident.id, UNRESOLVED, "resolved", atMs))) return false;
  await tables.audit.append({ kind: "incident-resolved", actor, atMs, incidentId: incident.id, detail: { because: says } });
  await tables.incidents.note({ incidentId: incident.id, atMs, actor, says });
  await escalate(tables, desk, { incident, event: "resolved", says });
  await endFulfilled(tables, desk, incident);
  await forgoLook(tables, desk, incident);
  await desk.narrator(tables, { kind: "resolved", incident: { ...incident, state: "resolved", resolvedAtMs: atMs }, actor, says });
  return true;
}
