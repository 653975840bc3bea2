import type { Incident } from "../domain/incident.ts";
import { placeIn, stormOf, traitsOf, type MemberAlert, type Newcomer } from "../domain/storm.ts";
import type { Tables } from "../ports/store.ts";
import type { Desk } from "./desk.ts";

type Placing = { readonly incident: Incident; readonly runbookId: string; readonly alert: MemberAlert };

/**
 * Within the transaction in which an incident opens: the storm in whose thread it is told, where it waits to be looked
 * into. Undefined: it gets a thread of its own. Who asks by hand always does.
 */
export async function placeInStorm(tables: Tables, desk: Desk, { incident, runbookId, alert }: Placing): Promise<string | undefined> {
  const stormId = await stormFor(tables, desk, incident);
  if (stormId === undefined) {
    // It was told in a storm before it was resolved.
    if (incident.stormId !== undefined) await tables.storms.takeOut(incident.id);
    return undefined;
  }
  await tables.storms.join({ incidentId: incident.id, stormId, runbookId, alert }, desk.clock.nowMs());
  return stormId;
}

async function stormFor(tables: Tables, { storms, clock, ids }: Desk, incident: Incident): Promise<string | undefined> {
  if (storms === undefined || incident.openedBy.kind === "user") return undefined;
  const newcomer = asNewcomer(incident);
  const active = await tables.storms.active();
  const joined = newcomer.severity === "critical" ? undefined : stormOf(newcomer, active);
  if (joined !== undefined) return joined.id;

  const nowMs = clock.nowMs();
  const recent = (await tables.incidents.openedAlone(nowMs - storms.withinMs)).filter(({ id }) => id !== incident.id);
  const placing = placeIn(storms, newcomer, { recent: recent.map(asNewcomer), active });
  switch (placing.kind) {
    case "own-thread":
      return undefined;
    case "join":
      return placing.stormId;
    case "begin": {
      const { channel } = incident;
      const id = ids.nextShort("stm");
      await tables.storms.begin({ id, channel, trait: placing.trait, state: "active", beganAtMs: nowMs, lastMemberAtMs: nowMs });
      return id;
    }
  }
}

function asNewcomer({ target, traits, severity }: Incident): Newcomer {
  return { traits: traits ?? traitsOf(target), severity };
}
