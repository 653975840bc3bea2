import { withLabels, type HeardLabels } from "../domain/heard-labels.ts";
import type { Incident } from "../domain/incident.ts";
import type { Tables } from "../ports/store.ts";

/** Within a transaction: the incident with the labels of what was heard of it now, which are kept where they are new. */
export async function withItsLabels(
  { incidents }: Pick<Tables, "incidents">,
  incident: Incident,
  heard: { readonly labels?: HeardLabels },
): Promise<Incident> {
  const known = incident.labels ?? {};
  const labels = withLabels(known, heard.labels ?? {});
  if (labels === known) return incident;
  await incidents.setLabels(incident.id, labels);
  return { ...incident, labels };
}
