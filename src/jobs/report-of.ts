import type { Message } from "../domain/message.ts";
import type { ActionDoc } from "../domain/plan.ts";
import { reportMessage, type OfferFacts } from "../messages/report.ts";
import type { News, OfferWithTitle } from "../ports/narrator.ts";

type Diagnosed = Extract<News, { readonly kind: "diagnosed" }>;
/** For titles and risks. */
type Acts = { readonly actions: readonly ActionDoc[] };

/** The report as it stands in its thread. Undefined: there is none. */
export function reportOf({ incident, investigation, offers }: Diagnosed, teller: Acts): Message | undefined {
  const { diagnosis, target, failures, startedAtMs, endedAtMs } = investigation;
  if (diagnosis === undefined) return undefined;
  return reportMessage({
    target,
    diagnosis,
    failures,
    incidentId: incident.id,
    offers: offers.map((offer) => offerFacts(offer, teller)),
    ...(endedAtMs === undefined ? {} : { tookMs: endedAtMs - startedAtMs }),
  });
}

/** An offer as it stands in a report. */
export function offerFacts({ offer, title, why }: OfferWithTitle, teller: Acts): OfferFacts {
  const risk = teller.actions.find((action) => action.id === offer.actionId)?.risk;
  const detail = Object.values(offer.params)
    .filter((value) => typeof value === "string" || typeof value === "number")
    .join(", ");
  return { id: offer.id, title, why, ...(detail === "" ? {} : { detail }), ...(risk === undefined ? {} : { risk }) };
}
