import type { Diagnosis } from "../domain/finding.ts";
import type { Incident } from "../domain/incident.ts";
import type { Tables } from "../ports/store.ts";
import type { Desk } from "./desk.ts";
import { escalate } from "./escalate.ts";
import { isKillEscalated } from "./report-kill.ts";

/** An alert tells of what has just happened: an earlier kill is another one. */
const JUST_NOW_MS = 60 * 60_000;

export type Confirmed = { readonly incident: Incident; readonly diagnosis: Diagnosis };

/**
 * An alert without the kernel's lines is somebody's word; where the look that it led to has found a kill, that is escalated
 * as any other. Who asks by hand is there already.
 */
export async function confirmKill(tables: Tables, desk: Desk, { incident, diagnosis: { kills } }: Confirmed): Promise<void> {
  if (kills === undefined || incident.openedBy.kind !== "alert") return;
  if (kills.lastAtMs !== undefined && kills.lastAtMs < incident.openedAtMs - JUST_NOW_MS) return;
  if (await isKillEscalated(tables, desk, incident)) return;
  await escalate(tables, desk, { incident, event: "killed", says: kills.says });
}
