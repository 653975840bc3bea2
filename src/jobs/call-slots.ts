import type { Incident } from "../domain/incident.ts";
import type { AttentionStep } from "../ports/quiet-tables.ts";

export type Called = { readonly incident: Pick<Incident, "id" | "stormId">; readonly sinceMs: number };

/** All calls for an incident begin so: a storm calls once for all of its, and one that was reopened anew, because an edit pings nobody. */
export function callSlots({ incident: { id, stormId }, sinceMs }: Called): string {
  return stormId === undefined ? `${id}/unattended/${sinceMs}` : `${stormId}/unattended`;
}

/** Where a group is called, and where another channel is told. */
export function callSlot(called: Called, step: AttentionStep): string {
  return step === "mention" ? callSlots(called) : `${callSlots(called)}/elsewhere`;
}

/** Where a person is told by direct message. */
export function directSlot(called: Called, userId: string): string {
  return `${callSlots(called)}/direct/${userId}`;
}
