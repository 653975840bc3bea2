import type { Escalation } from "../domain/escalation.ts";
import { commit } from "../incidents/commit.ts";
import { UPDATE_EVERY_MS } from "../incidents/escalate.ts";
import type { EscalateDeps } from "./escalation-deps.ts";
import type { Told } from "./told-so-far.ts";

export type Arrived = {
  /** The number, or the Message-ID. */
  readonly externalId: string;
  readonly externalUrl?: string;
  readonly reached: readonly string[];
  /** Which of what was raised is told by this, as it was read. */
  readonly covers: readonly Escalation[];
};

/** Records that something has been told outside the chat, and says so in the thread. */
export async function recordArrival({ desk, codeHost }: EscalateDeps, { incident, escalation }: Told, arrived: Arrived): Promise<void> {
  const { externalId, externalUrl, reached, covers } = arrived;
  await commit(desk, async (tables) => {
    const atMs = desk.clock.nowMs();
    const place = { externalId, reached, ...(externalUrl === undefined ? {} : { externalUrl }) };
    const arrival = { ...place, atMs, nextUpdateAtMs: atMs + UPDATE_EVERY_MS };
    const fresh = covers.filter(({ state }) => state === "due");
    for (const { id, times } of fresh) await tables.escalations.sent(id, { ...arrival, times });
    await tables.audit.append({
      kind: "escalated",
      actor: { kind: "oomph" },
      atMs,
      incidentId: incident.id,
      detail: { to: escalation.kind, events: fresh.map(({ key }) => key), ...place },
    });
    await tables.incidents.note({ incidentId: incident.id, atMs, actor: { kind: "oomph" }, says: noteOf(escalation, arrived) });
    const ofKind = (await tables.escalations.ofIncident(incident.id)).filter(({ kind }) => kind === escalation.kind);
    await desk.narrator(tables, {
      kind: "escalated",
      incident,
      escalation,
      escalations: ofKind,
      repository: codeHost?.repository ?? "",
      ...(escalation.told === undefined ? {} : { lateMs: atMs - escalation.dueSinceMs }),
    });
  });
}

function noteOf({ kind, event }: Escalation, { externalId, externalUrl, reached }: Arrived): string {
  return kind === "mail" ? `Mail (${event}) sent to ${reached.join(", ")}` : `Issue #${externalId} agrees (${event}): ${externalUrl ?? ""}`;
}
