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
};

/** Within a transaction: somebody has reacted. False: nobody was waited for (any more). Where somebody was called, it is said who it is. */
export async function attendWithin(tables: Tables, desk: Desk, { incident, by }: Attending): Promise<boolean> {
  const atMs = desk.clock.nowMs();
  if (!(await tables.attention.attend(incident.id, { by, atMs }))) return false;
  const actor = { kind: "user", id: by } as const;
  await tables.audit.append({ kind: "incident-attended", actor, atMs, incidentId: incident.id, detail: {} });
  await tables.incidents.note({ incidentId: incident.id, atMs, actor, says: "Is on it" });
  const { sinceMs = atMs, mentionedAtMs, spreadAtMs } = (await tables.attention.get(incident.id)) ?? {};
  const attended = { kind: "attended", incident, by, sinceMs } as const;
  if (mentionedAtMs !== undefined) await desk.narrator(tables, { ...attended, where: "thread" });
  const channel = desk.unattended?.spread?.channel;
  if (spreadAtMs !== undefined && channel !== undefined) await desk.narrator(tables, { ...attended, where: { channel } });
  return true;
}

/** Who reacted in a thread: a click, a reply or words to Oomph. Looks before it writes: most have been reacted to. */
export async function attendThread(
  desk: Desk,
  { channel, threadTs, by }: { readonly channel: string; readonly threadTs: string; readonly by: string },
): Promise<void> {
  if (desk.unattended === undefined) return;
  const incident = await desk.store.incidents.findByThread(channel, threadTs);
  if (incident !== undefined) await attend(desk, { incident, by });
}

/** Like `attendWithin`, by itself. */
export async function attend(desk: Desk, attending: Attending): Promise<boolean> {
  if (attending.incident.state === "resolved") return false;
  const awaited = await desk.store.attention.get(attending.incident.id);
  if (awaited === undefined || awaited.attendedAtMs !== undefined) return false;
  return commit(desk, (tables) => attendWithin(tables, desk, attending));
}
