import type { Incident } from "../../src/domain/incident.ts";
import type { IncidentTable, OpenedOrJoined } from "../../src/ports/store.ts";

/** One alone. */
export async function openOrJoin(incidents: IncidentTable, candidate: Incident, reopenWithinMs = 0): Promise<OpenedOrJoined> {
  const [one] = await incidents.openOrJoin([candidate], reopenWithinMs);
  if (one === undefined) throw new Error(`expected incident ${candidate.id} to be opened or joined, got none`);
  return one;
}
