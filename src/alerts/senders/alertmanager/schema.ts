import { isRecord, Items, section, Word, Words } from "../loose-schema.ts";
import type { z } from "zod";

/*
 * What Alertmanager posts to a webhook_config, version 4 and older ones, and what Grafana's unified alerting made of it.
 * Sources: Prometheus, "webhook_config"; Grafana, "Configure the webhook notifier for Alerting".
 */

const AlertGroup = section({
  /** "4" of Alertmanager, "1" of Grafana. */
  version: Word,
  status: Word,
  alerts: Items,
  groupLabels: Words,
  commonLabels: Words,
  commonAnnotations: Words,
  externalURL: Word,
  /** How many the sender itself has left out (`max_alerts`). */
  truncatedAlerts: Word,
  orgId: Word,
});
export type AlertGroup = z.output<typeof AlertGroup>;

const GroupedAlert = section({
  status: Word,
  labels: Words,
  annotations: Words,
  startsAt: Word,
  generatorURL: Word,
  dashboardURL: Word,
  panelURL: Word,
  values: Words,
  /** `[ var='A' labels={instance=a:9100} value=1 ]` */
  valueString: Word,
});
export type GroupedAlert = z.output<typeof GroupedAlert>;

/** Undefined: it has no list of alerts. What its API lists (`/api/v2/alerts`) is such a list without more. */
export function parseGroup(body: unknown): AlertGroup | undefined {
  if (Array.isArray(body) && body.some(isRecord)) return AlertGroup.parse({ alerts: body });
  return isRecord(body) && Array.isArray(body["alerts"]) ? AlertGroup.parse(body) : undefined;
}

/** Undefined: it is no alert at all. */
export function parseGroupedAlert(item: unknown): GroupedAlert | undefined {
  return isRecord(item) ? GroupedAlert.parse(item) : undefined;
}
