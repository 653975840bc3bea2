import type { Escalation, EscalationEvent } from "../domain/escalation.ts";
import type { Incident } from "../domain/incident.ts";
import type { Tables } from "../ports/store.ts";
import type { Desk } from "./desk.ts";

/** An issue shows what happens again and again no more often than this. */
export const UPDATE_EVERY_MS = 15 * 60_000;

export type Escalating = {
  readonly incident: Incident;
  readonly event: EscalationEvent;
  /** What happened, a sentence with figures and units: it stands in the issue and in the mail. */
  readonly says: string;
};

/**
 * Has something told outside the chat, where the configuration wants it told, within the transaction in which it happened.
 * One issue and one mail per event for as long as the incident is open, however often this is called; `resolved` ends
 * what was told, and is told only where something was.
 */
export async function escalate(
  tables: Pick<Tables, "escalations">,
  desk: Pick<Desk, "escalation" | "ids" | "clock">,
  { incident, event, says }: Escalating,
): Promise<void> {
  const { escalation } = desk;
  if (escalation === undefined) return;
  if (event !== "resolved" && !escalation.on.includes(event)) return;
  const raised = await tables.escalations.ofIncident(incident.id);
  for (const kind of escalation.kinds) {
    const earlier = raised.filter((one) => one.kind === kind);
    if (event === "resolved" && !isOpen(earlier)) continue;
    await tables.escalations.raise(
      { incidentId: incident.id, kind, key: keyOf(event, earlier), event, says },
      { newId: desk.ids.next("esc"), nowMs: desk.clock.nowMs(), updateEveryMs: UPDATE_EVERY_MS },
    );
  }
}

function isOpen(earlier: readonly Escalation[]): boolean {
  return earlier.length > 0 && earlier.at(-1)?.event !== "resolved";
}

/** A reopened incident is told of again. */
function keyOf(event: EscalationEvent, earlier: readonly Escalation[]): string {
  const ended = earlier.filter((one) => one.event === "resolved").length;
  return ended === 0 ? event : `${event}-${ended + 1}`;
}
