import type { Incident } from "../domain/incident.ts";
import { placeIn, stormOf, traitsOf, type MemberAlert, type Newcomer, type Storm } from "../domain/storm.ts";
import type { Tables } from "../ports/store.ts";
import type { Desk } from "./desk.ts";

export type Placing = { readonly incident: Incident; readonly runbookId: string; readonly alert: MemberAlert };

/**
 * Within the transaction in which incidents open: the storms in whose threads they are told, where they wait to be looked
 * into, by the incident's id. Those that are left out get threads of their own. Who asks by hand always does.
 */
export async function placeInStorms(tables: Tables, desk: Desk, placings: readonly Placing[]): Promise<ReadonlyMap<string, string>> {
  const places = new Map<string, string>();
  const newcomers = placings.flatMap(({ incident }) => (incident.openedBy.kind === "user" ? [] : [incident]));
  const find = finder(tables, desk, newcomers);
  for (const incident of newcomers) {
    const stormId = await find(incident);
    if (stormId !== undefined) places.set(incident.id, stormId);
  }
  const joining = placings.flatMap(({ incident: { id }, ...rest }) => {
    const stormId = places.get(id);
    return stormId === undefined ? [] : [{ incidentId: id, stormId, ...rest }];
  });
  if (joining.length > 0) await tables.storms.join(joining, desk.clock.nowMs());
  // They were told in a storm before they were resolved.
  for (const { incident } of placings)
    if (incident.stormId !== undefined && !places.has(incident.id)) await tables.storms.takeOut(incident.id);
  return places;
}

/** Finds a storm for one after the other: who has been placed is there when the next one is. What is there before is read once. */
function finder(tables: Tables, desk: Desk, all: readonly Incident[]): (incident: Incident) => Promise<string | undefined> {
  const { storms, clock } = desk;
  if (storms === undefined) return async () => undefined;
  let active: readonly Storm[] | undefined;
  let recent: readonly Newcomer[] | undefined;
  return async (incident) => {
    const newcomer = asNewcomer(incident);
    active ??= await tables.storms.active();
    const joined = newcomer.severity === "critical" ? undefined : stormOf(newcomer, active);
    if (joined !== undefined) return joined.id;

    recent ??= (await tables.incidents.openedAlone(clock.nowMs() - storms.withinMs)).filter(({ id }) => !isOneOf(all, id)).map(asNewcomer);
    const placing = placeIn(storms, newcomer, { recent, active });
    if (placing.kind === "join") return placing.stormId;
    if (placing.kind === "own-thread") recent = [...recent, newcomer];
    if (placing.kind !== "begin") return undefined;
    const storm = stormBy(desk, incident, placing.trait);
    await tables.storms.begin(storm);
    active = [...active, storm];
    return storm.id;
  };
}

function isOneOf(incidents: readonly Incident[], id: string): boolean {
  return incidents.some((one) => one.id === id);
}

function stormBy({ ids, clock }: Desk, { channel }: Incident, trait: Storm["trait"]): Storm {
  const nowMs = clock.nowMs();
  return { id: ids.nextShort("stm"), channel, trait, state: "active", beganAtMs: nowMs, lastMemberAtMs: nowMs };
}

function asNewcomer({ target, traits, severity }: Incident): Newcomer {
  return { traits: traits ?? traitsOf(target), severity };
}
