import type { z } from "zod";
import { isRecord, Items, section, Word, Words } from "../loose-schema.ts";

/*
 * Grafana's alerting before version 9, one rule each. Source: Grafana 8, "Legacy alerting notifications", webhook. What
 * unified alerting sends has the form of Alertmanager's groups.
 */

const LegacyAlert = section({
  ruleName: Word,
  title: Word,
  state: Word,
  message: Word,
  ruleUrl: Word,
  tags: Words,
  evalMatches: Items,
});
export type LegacyAlert = z.output<typeof LegacyAlert>;

const EvalMatch = section({ value: Word, metric: Word, tags: Words });
export type EvalMatch = z.output<typeof EvalMatch>;

/** Undefined: it is none. */
export function parseLegacyAlert(body: unknown): LegacyAlert | undefined {
  return isRecord(body) && (typeof body["ruleName"] === "string" || Array.isArray(body["evalMatches"]))
    ? LegacyAlert.parse(body)
    : undefined;
}

export function parseEvalMatch(item: unknown): EvalMatch {
  return EvalMatch.parse(item);
}
