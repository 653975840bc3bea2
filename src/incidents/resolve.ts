import { isListed } from "../domain/access.ts";
import type { Actor } from "../domain/actor.ts";
import type { Incident, Problem } from "../domain/incident.ts";
import type { Target } from "../domain/target.ts";
import type { Tables } from "../ports/store.ts";
import { commit } from "./commit.ts";
import type { Desk } from "./desk.ts";
import { escalate } from "./escalate.ts";
import { personOrReason } from "./may-request.ts";
import { fingerprintOf } from "./open-incident.ts";
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

/** The sender of the alert says that it is over. */
export async function resolveByAlert(
  desk: Desk,
  alert: { readonly target: Target; readonly problem: Problem; readonly source: string },
): Promise<Resolved> {
  const incident = await findUnresolved(desk.store, alert);
  if (incident === undefined) return { kind: "no-such-incident" };
  return resolve(desk, { incident, actor: { kind: "alert", source: alert.source }, says: "The alert resolved" });
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
  await desk.narrator(tables, { kind: "resolved", incident: { ...incident, state: "resolved", resolvedAtMs: atMs }, actor, says });
  return true;
}
