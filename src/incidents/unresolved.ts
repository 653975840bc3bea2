import type { IncidentState } from "../domain/incident.ts";

/** Unresolved, in every state that an incident can be in. */
export const UNRESOLVED: readonly IncidentState[] = ["open", "investigating", "diagnosed", "acting", "verifying"];
