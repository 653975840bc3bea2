import { withLabels, type HeardLabels } from "../domain/heard-labels.ts";
import type { Incident } from "../domain/incident.ts";
import type { Tables } from "../ports/store.ts";

export type Labelled = { readonly incident: Incident; readonly labels?: HeardLabels | undefined };

/** Within a transaction: the incidents with the labels of what was heard of each now, which are kept where they are new. */
export async function withTheirLabels({ incidents }: Pick<Tables, "incidents">, heard: readonly Labelled[]): Promise<readonly Incident[]> {
  const all = heard.map(({ incident, labels = {} }) => {
    const known = incident.labels ?? {};
    const kept = withLabels(known, labels);
    return kept === known ? { incident } : { incident: { ...incident, labels: kept }, news: { id: incident.id, labels: kept } };
  });
  await incidents.setLabels(all.flatMap(({ news }) => news ?? []));
  return all.map(({ incident }) => incident);
}
