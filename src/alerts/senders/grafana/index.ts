import { isRecord } from "../loose-schema.ts";
import type { Sender, Sent } from "../sender.ts";
import { readGroup } from "../alertmanager/group.ts";
import { readLegacy } from "./legacy.ts";
import { readValueString } from "./values.ts";

/** Grafana: what its contact points of kind webhook send, unified and legacy. */
export const grafana = {
  source: "grafana" as const,
  readSent,
  knowsSent(body: unknown): boolean {
    return isRecord(body) && (readLegacy(body) !== undefined || (Array.isArray(body["alerts"]) && isGrafanas(body)));
  },
} satisfies Sender;

function readSent(body: unknown): Sent {
  return (
    readLegacy(body) ??
    readGroup(body, ({ values, valueString }) => {
      const reading = readValueString(valueString);
      return { ...(reading === undefined ? {} : { labels: reading.labels }), value: reading?.value ?? Object.values(values)[0] };
    })
  );
}

/** What Alertmanager's groups do not have. */
function isGrafanas(body: Readonly<Record<string, unknown>>): boolean {
  return body["version"] === "1" || typeof body["orgId"] === "number";
}
