import { given } from "../domain/given.ts";
import { grouped } from "../domain/grouped.ts";
import { withLabels, type HeardLabels } from "../domain/heard-labels.ts";
import type { Incident } from "../domain/incident.ts";
import type { NewLook } from "../domain/new-look.ts";
import { labelsOf } from "../domain/silence.ts";
import type { Tables } from "../ports/store.ts";
import type { Desk } from "./desk.ts";
import { countedAs, ownerOf, type Hearing } from "./hearing.ts";
import { tellKept } from "./hush.ts";
import { withTheirLabels } from "./keep-labels.ts";
import { lookAnew } from "./look-anew.ts";
import { joinWithin } from "./join-incident.ts";
import type { Opened, Opening } from "./opening.ts";
import { worsened } from "./worsened.ts";

/** By the fingerprint of their incident. */
type Groups = ReadonlyMap<string, readonly Hearing[]>;
type Looks = ReadonlyMap<string, NewLook>;

/**
 * Within a transaction: those whose incidents are open, which in a storm are nearly all. Each incident is counted on and told once
 * for all of them. Those that are left out have no open incident.
 */
export async function joinOpen(tables: Tables, desk: Desk, hearings: readonly Hearing[]): Promise<ReadonlyMap<Hearing, Opened>> {
  const heard = new Map<Hearing, Opened>();
  if (hearings.length === 0) return heard;
  const groups = grouped(hearings, ownerOf);
  const counted = await countJoining(tables, desk, groups);
  const incidents = await withTheirLabels(
    tables,
    counted.map((incident) => ({ incident, labels: labelsOfAll(groups.get(incident.fingerprint) ?? []) })),
  );
  const untold = await tables.hushed.untold(incidents.map(({ fingerprint }) => fingerprint));
  const looks = await looksAt(tables, desk, { incidents, groups });
  // Counted before it is told how many there are.
  await tables.heard.add(incidents.flatMap((one) => (groups.get(one.fingerprint) ?? []).map((hearing) => countedAs(hearing, one))));
  for (const incident of incidents) {
    const group = groups.get(incident.fingerprint) ?? [];
    const isUntold = untold.includes(incident.fingerprint);
    const opened = await joinOne(tables, desk, { incident, group, isUntold, ...given({ look: looks.get(incident.id) }) });
    for (const hearing of group) heard.set(hearing, opened);
  }
  await stirStorms(tables, desk, incidents);
  return heard;
}

/** The open incidents, seen as many times more as there are alerts of each. */
async function countJoining({ incidents }: Tables, { clock }: Desk, groups: Groups): Promise<readonly Incident[]> {
  const joined: Incident[] = [];
  for (const [times, alike] of grouped([...groups], ([, group]) => group.length)) {
    const fingerprints = alike.map(([fingerprint]) => fingerprint);
    joined.push(...(await incidents.join(fingerprints, { times, atMs: clock.nowMs() })));
  }
  return joined;
}

/** Which of those with threads of their own are looked at anew, by the incident's id; those of storms have their turns. */
async function looksAt(
  tables: Tables,
  desk: Desk,
  { incidents, groups }: { readonly incidents: readonly Incident[]; readonly groups: Groups },
): Promise<Looks> {
  const alone = incidents.filter(({ stormId }) => stormId === undefined);
  const last = await tables.investigations.newest(alone.map(({ id }) => id));
  const looks = new Map<string, NewLook>();
  for (const investigation of last) {
    const incident = alone.find(({ id }) => id === investigation.incidentId);
    if (incident === undefined) continue;
    const look = await lookAnew(tables, desk, { incident, joined: groups.get(incident.fingerprint) ?? [], last: investigation });
    if (look !== undefined) looks.set(incident.id, look);
  }
  return looks;
}

type JoiningOne = {
  readonly incident: Incident;
  readonly group: readonly Hearing[];
  readonly look?: NewLook;
  /** Something of it was kept back. */
  readonly isUntold: boolean;
};

async function joinOne(tables: Tables, desk: Desk, { incident, group, look, isUntold }: JoiningOne): Promise<Opened> {
  const [first] = group;
  if (first !== undefined && incident.stormId === undefined) await joinWithin(tables, desk, { incident, opening: unsaid(first) });
  if (isUntold) await tellKept(tables, desk, incident);
  const opened = { kind: "joined", incident, ...given({ investigation: look?.investigation }) } as const;
  return worsened(tables, desk, { opened, hearings: group, ...given({ look }) });
}

/** Of alerts that join only what is new is said. */
function unsaid(hearing: Hearing): Opening {
  const { alert: _, ...opening } = hearing;
  return opening;
}

function labelsOfAll(hearings: readonly Hearing[]): HeardLabels {
  return hearings.reduce<HeardLabels>((all, { alert }) => withLabels(all, labelsOf(alert)), {});
}

async function stirStorms({ storms }: Tables, { clock }: Desk, incidents: readonly Incident[]): Promise<void> {
  for (const id of new Set(incidents.flatMap(({ stormId }) => stormId ?? []))) await storms.stir(id, clock.nowMs());
}
