import type { DeliveryPriority } from "../domain/delivery.ts";
import type { Incident } from "../domain/incident.ts";
import type { Message } from "../domain/message.ts";
import { rootSlotOf } from "../incidents/thread-link.ts";
import { rootMessage } from "../messages/root.ts";
import type { News } from "../ports/narrator.ts";
import type { Tables } from "../ports/store.ts";

export type RootLine = { readonly slot: string; readonly message: Message; readonly priority: DeliveryPriority };

/** The alert's own post is the root where there is one, and is not ours to edit: `sayMark` says there how it stands. */
export function root(incident: Incident, says?: string, priority = says === undefined ? urgency(incident) : 2): readonly RootLine[] {
  if (incident.rootTs !== undefined) return [];
  return [{ slot: rootSlotOf(incident), priority, message: rootMessage({ incident, ...(says === undefined ? {} : { says }) }) }];
}

/** Of what an incident begins with. */
export function urgency({ severity }: Incident): DeliveryPriority {
  return severity === "critical" ? 1 : 2;
}

/** An incident of a storm that has been told alone before: its root goes on to say how it stands. */
export async function rootInStorm({ outbox }: Tables, news: News): Promise<readonly RootLine[]> {
  if (news.kind !== "reopened" && news.kind !== "resolved") return [];
  if ((await outbox.bySlot(rootSlotOf(news.incident))) === undefined) return [];
  return root(
    news.incident,
    news.kind === "resolved" ? news.says : "It is back, and told together with others that came at the same time",
    3,
  );
}
