import type { Actor } from "../domain/actor.ts";
import type { Incident } from "../domain/incident.ts";
import type { Tables } from "../ports/store.ts";
import { commit } from "./commit.ts";
import type { Desk } from "./desk.ts";

type Minded = { readonly kind: "opened" | "joined" | "reopened"; readonly incident: Incident; readonly actor: Actor };

/** Somebody is waited for from the moment in which something else than a person opens an incident; a person who asks again has reacted. */
export async function mind(tables: Tables, desk: Desk, all: readonly Minded[]): Promise<void> {
  for (const { incident, actor } of all) if (actor.kind === "user") await attendWithin(tables, desk, { incident, by: actor.id });
  if (desk.unattended === undefined) return;
  const awaited = all.filter(({ kind, actor }) => actor.kind !== "user" && kind !== "joined");
  await tables.attention.wait(
    awaited.map(({ incident }) => incident.id),
    desk.clock.nowMs(),
  );
}

/** It has become worse: who has reacted to less has not reacted to this. */
export async function mindAnew(tables: Tables, { unattended, clock }: Desk, { id, openedBy }: Incident): Promise<void> {
  const isAwaited = openedBy.kind !== "user" || (await tables.attention.get(id)) !== undefined;
  if (unattended !== undefined && isAwaited) await tables.attention.wait([id], clock.nowMs());
}

export type Attending = {
  readonly incident: Incident;
  /** Slack user id. */
  readonly by: string;
  /** It is told in a storm, and only this one was reacted to. */
  readonly isAlone?: true;
};

/**
 * Within a transaction: somebody has reacted, to all that share the thread of a storm. False: nobody was waited for (any more).
 * Where somebody was called, it is said who it is.
 */
export async function attendWithin(tables: Tables, desk: Desk, { incident, by, isAlone }: Attending): Promise<boolean> {
  const atMs = desk.clock.nowMs();
  const own = await tables.attention.attend(incident.id, { by, atMs });
  const stormId = isAlone === true ? undefined : incident.stormId;
  const others = stormId === undefined ? 0 : await tables.attention.attendStorm(stormId, { by, atMs });
  if (!own && others === 0) return false;
  const actor = { kind: "user", id: by } as const;
  const detail = stormId === undefined ? {} : { storm: stormId, others };
  await tables.audit.append({ kind: "incident-attended", actor, atMs, incidentId: incident.id, detail });
  await tables.incidents.note({ incidentId: incident.id, atMs, actor, says: stormId === undefined ? "Is on it" : "Is on its storm" });
  const { sinceMs = atMs, mentionedAtMs, spreadAtMs } = (await tables.attention.get(incident.id)) ?? {};
  const isCalled = stormId !== undefined || mentionedAtMs !== undefined || spreadAtMs !== undefined;
  if (isCalled) await desk.narrator(tables, { kind: "attended", incident, by, sinceMs });
  return true;
}

/** Who reacted in a thread: a click, a reply or words to Oomph. Looks before it writes: most have been reacted to. */
export async function attendThread(
  desk: Desk,
  { channel, threadTs, by }: { readonly channel: string; readonly threadTs: string; readonly by: string },
): Promise<void> {
  if (desk.unattended === undefined) return;
  const { incidents, storms } = desk.store;
  const incident = (await incidents.findByThread(channel, threadTs)) ?? (await storms.memberByThread(channel, threadTs));
  if (incident !== undefined) await attend(desk, { incident, by });
}

/** Like `attendWithin`, by itself. */
export async function attend(desk: Desk, attending: Attending): Promise<boolean> {
  const { id, state, stormId } = attending.incident;
  if (state === "resolved") return false;
  const awaited = await desk.store.attention.get(id);
  if (stormId === undefined && (awaited === undefined || awaited.attendedAtMs !== undefined)) return false;
  return commit(desk, (tables) => attendWithin(tables, desk, attending));
}
