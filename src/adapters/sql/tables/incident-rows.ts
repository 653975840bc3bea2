import type { Insertable, Selectable } from "kysely";
import type { Incident } from "../../../domain/incident.ts";
import type { Database } from "../database.ts";
import { decode } from "../decode.ts";
import { IncidentSchema } from "../schema.ts";
import { jsonOrNull } from "./rows.ts";

export function toIncident(row: Selectable<Database["incidents"]>): Incident {
  return decode(IncidentSchema, row, { table: "incidents", id: row.id });
}

export function toRow(incident: Incident): Insertable<Database["incidents"]> {
  return {
    id: incident.id,
    fingerprint: incident.fingerprint,
    target: JSON.stringify(incident.target),
    problem: incident.problem,
    state: incident.state,
    channel: incident.channel,
    root_ts: incident.rootTs ?? null,
    post_ts: incident.postTs ?? null,
    opened_by: JSON.stringify(incident.openedBy),
    opened_at_ms: incident.openedAtMs,
    last_seen_at_ms: incident.lastSeenAtMs,
    times_seen: incident.timesSeen,
    severity: incident.severity ?? null,
    storm_id: incident.stormId ?? null,
    traits: jsonOrNull(incident.traits),
    labels: jsonOrNull(incident.labels),
    resolved_at_ms: incident.resolvedAtMs ?? null,
  };
}
