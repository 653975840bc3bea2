import type { Severity } from "../domain/alert.ts";
import { given } from "../domain/given.ts";
import type { Incident } from "../domain/incident.ts";
import type { OpenedOrJoined, Tables } from "../ports/store.ts";
import type { Desk } from "./desk.ts";
import { withTheirLabels } from "./keep-labels.ts";
import { investigationOf, type Opened, type Opening } from "./opening.ts";
import { placeInStorms } from "./place-in-storm.ts";
import { record, tell, type Telling } from "./tell-opening.ts";

export type Beginning = OpenedOrJoined & { readonly opening: Opening };

/**
 * Within the transaction in which incidents were opened or reopened: each waits in its storm, or has a thread and an investigation of
 * its own. In the order of the openings.
 */
export async function beginAll(tables: Tables, desk: Desk, found: readonly Beginning[]): Promise<readonly Opened[]> {
  const weighed = await weighedAnew(tables, found);
  const places = await placeInStorms(tables, desk, weighed.map(placingOf));
  const begun = weighed.map((beginning) => begunAs(desk, beginning, places.get(beginning.incident.id)));
  for (const { investigation } of begun) if (investigation !== undefined) await tables.investigations.create(investigation);
  await record(tables, desk, begun);
  for (const one of begun) {
    const stormId = places.get(one.incident.id);
    if (stormId === undefined) await tell(tables, desk, one);
    else if (one.kind === "reopened") await tell(tables, desk, { ...one, incident: { ...one.incident, stormId } });
  }
  return begun.map(({ kind, incident, investigation }) => {
    const stormId = places.get(incident.id);
    return { kind, incident: { ...incident, ...given({ stormId }) }, ...given({ investigation }) };
  });
}

type Weighed = Beginning & {
  /** Of one that is reopened: before. */
  readonly was?: Severity;
};

/** With the labels of what was heard of them now; what is reopened is as bad as what opens it again says, whatever it was before. */
async function weighedAnew(tables: Tables, found: readonly Beginning[]): Promise<readonly Weighed[]> {
  const heard = found.map(({ incident, opening }) => ({ incident, labels: opening.labels }));
  const labelled = await withTheirLabels(tables, heard);
  const weighed: Weighed[] = [];
  for (const [index, { kind, opening, incident: before }] of found.entries()) {
    const incident = labelled[index] ?? before;
    if (kind === "opened") weighed.push({ kind, opening, incident });
    else weighed.push({ kind, opening, incident: await asBadAs(tables, incident, opening), ...given({ was: before.severity }) });
  }
  return weighed;
}

async function asBadAs({ incidents }: Tables, seen: Incident, { severity }: Opening): Promise<Incident> {
  if (seen.severity === severity) return seen;
  await incidents.setSeverity(seen.id, severity ?? null);
  const { severity: _, ...rest } = seen;
  return { ...rest, ...given({ severity }) };
}

function placingOf({ incident, opening: { runbookId, alert, claim } }: Weighed): Parameters<typeof placeInStorms>[2][number] {
  return { incident, runbookId, alert: given({ words: alert, claim }) };
}

/** In a storm its turn comes later. */
function begunAs(desk: Desk, { kind, opening, incident: seen, was }: Weighed, stormId: string | undefined): Telling {
  const { stormId: _, ...incident } = seen;
  const investigation = stormId === undefined ? investigationOf(desk, incident, opening) : undefined;
  return { kind, incident, opening, investigation, ...given({ was }) };
}
