import type { Sender } from "../sender.ts";
import { readGroup } from "./group.ts";
import { parseGroup, parseGroupedAlert } from "./schema.ts";

/** Prometheus' Alertmanager: its webhook. */
export const alertmanager = {
  source: "alertmanager" as const,
  readSent: (body: unknown) => readGroup(body),
  knowsSent,
} satisfies Sender;

/** A list of alerts can be anybody's; his have labels. */
function knowsSent(body: unknown): boolean {
  const group = parseGroup(body);
  const labelled = [
    group?.commonLabels,
    group?.groupLabels,
    ...(group?.alerts ?? []).slice(0, 100).map((item) => parseGroupedAlert(item)?.labels),
  ];
  return labelled.some((labels) => Object.keys(labels ?? {}).length > 0);
}
