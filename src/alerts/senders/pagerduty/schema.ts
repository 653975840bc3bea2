import { z } from "zod";
import { section, Word } from "../loose-schema.ts";

/* PagerDuty's webhooks of version 3, one event each. Source: PagerDuty, "Webhooks Overview", "Event payloads". */

const Reference = section({ summary: Word });

const PagerDutyEvent = z.object({
  event: z.object({
    event_type: z.string().max(100),
    id: z.string().min(1).max(128).optional().catch(undefined),
    occurred_at: Word,
    data: section({
      id: Word,
      title: Word,
      html_url: Word,
      urgency: Word,
      created_at: Word,
      incident_key: Word,
      priority: Reference,
      service: Reference,
      escalation_policy: Reference,
    }),
  }),
});
export type PagerDutyEvent = z.output<typeof PagerDutyEvent>["event"];

/** Undefined: it is no event of PagerDuty's. */
export function parsePagerDutyEvent(body: unknown): PagerDutyEvent | undefined {
  return PagerDutyEvent.safeParse(body).data?.event;
}
