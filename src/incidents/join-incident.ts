import { given } from "../domain/given.ts";
import { isUnderway, type Investigation } from "../domain/investigation.ts";
import type { Tables } from "../ports/store.ts";
import type { Desk } from "./desk.ts";
import { withTheirLabels } from "./keep-labels.ts";
import { investigationOf, type Opened } from "./opening.ts";
import { takeOutWithin } from "./take-out.ts";
import { record, tell, type Telling } from "./tell-opening.ts";

type Joining = Pick<Telling, "incident" | "opening">;

/** Within a transaction: it is open, and was counted there as seen again. */
export async function joinWithin(tables: Tables, desk: Desk, { incident: found, opening }: Joining): Promise<Opened> {
  const [incident = found] = await withTheirLabels(tables, [{ incident: found, labels: opening.labels }]);
  if (incident.stormId !== undefined) return joinMember(tables, desk, { incident, opening });
  const another = await anotherOf(tables, desk, { incident, opening });
  const telling = { kind: "joined", incident, opening, investigation: another } as const;
  // Alerts that fire again are counted, each by its key; ten thousand of them are no ten thousand entries.
  if (opening.actor.kind !== "alert") await record(tables, desk, [telling]);
  await tell(tables, desk, telling);
  return { kind: "joined", incident, ...given({ investigation: another }) };
}

/** Its storm's list has the count; who asks by hand wants to follow it alone. */
async function joinMember(tables: Tables, desk: Desk, { incident, opening }: Joining): Promise<Opened> {
  if (opening.actor.kind !== "user") {
    if (incident.stormId !== undefined) await tables.storms.stir(incident.stormId, desk.clock.nowMs());
    return { kind: "joined", incident };
  }
  const { incident: alone, investigation: itsTurn } = await takeOutWithin(tables, desk, incident);
  const investigation = itsTurn ?? (await anotherOf(tables, desk, { incident: alone, opening }));
  const telling = { kind: "joined", incident: alone, opening, investigation } as const;
  await record(tables, desk, [telling]);
  await tell(tables, desk, telling);
  return { kind: "joined", incident: alone, ...(investigation === undefined ? {} : { investigation }) };
}

/**
 * A person who asks again wants to know how it is now. Whether an alert that joins is worth another look is decided where all
 * that joined at once are known (`look-anew.ts`). One that waits its time is brought forward; it is queued by the caller.
 */
async function anotherOf(tables: Tables, desk: Desk, { incident, opening }: Joining): Promise<Investigation | undefined> {
  if (opening.actor.kind !== "user" && opening.news === undefined) return undefined;
  if (incident.state === "acting" || incident.state === "verifying") return undefined;
  const [last] = await tables.investigations.newest([incident.id]);
  if (last?.state === "queued" && last.startedAtMs > desk.clock.nowMs()) return last;
  if (last !== undefined && isUnderway(last)) return undefined;
  const another = investigationOf(desk, incident, opening);
  await tables.investigations.create(another);
  return another;
}
