import type { Actor } from "../domain/actor.ts";
import type { Incident } from "../domain/incident.ts";
import type { Tables } from "../ports/store.ts";
import { commit } from "./commit.ts";
import type { Desk } from "./desk.ts";
import { escalate } from "./escalate.ts";

/** A kill is told by the watch, by posts and by webhooks within moments of each other: it is escalated once. */
const SAME_KILL_MS = 2 * 60_000;

export type KillReport = {
  readonly incident: Incident;
  /** Who told of it. */
  readonly actor: Actor;
  /** Who was killed, and how it was found whose it was: sentences with figures and units. */
  readonly says: string;
};

/** Somebody but the watch tells of a kill in an incident's target: said in its thread, noted, and escalated as `killed`. */
export async function reportKill(desk: Desk, { incident, actor, says }: KillReport): Promise<void> {
  await commit(desk, async (tables) => {
    if (!(await isNoted(tables, incident, says)))
      await tables.incidents.note({ incidentId: incident.id, atMs: desk.clock.nowMs(), actor, says });
    await desk.narrator(tables, { kind: "alerted", incident, says });
    if (!(await isKillEscalated(tables, desk, incident))) await escalate(tables, desk, { incident, event: "killed", says });
  });
}

/** The same words by another way, or once more after a crash. */
async function isNoted({ incidents }: Tables, { id }: Incident, says: string): Promise<boolean> {
  return (await incidents.timeline(id)).some((event) => event.says === says);
}

/** Is a kill of the last minutes escalated already, whoever told of it? */
export async function isKillEscalated({ escalations }: Tables, { clock }: Desk, { id }: Incident): Promise<boolean> {
  const raised = await escalations.ofIncident(id);
  return raised.some(({ event, lastRaisedAtMs }) => event === "killed" && clock.nowMs() - lastRaisedAtMs < SAME_KILL_MS);
}
