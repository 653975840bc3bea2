import type { AlertFacts, AlertStatus } from "../domain/alert.ts";
import { PLACE_LABELS } from "./place-words.ts";

export { severityOf } from "../domain/severity-words.ts";

// What is more than this is no alert for people: it is cut, never refused, because a part of an alert is better than none.
const MOST_LABELS = 64;
const MOST_LABEL_CHARACTERS = 1024;
const MOST_TEXT_CHARACTERS = 40_000;
const MOST_NAME_CHARACTERS = 256;
const MOST_VALUE_CHARACTERS = 256;

/** Facts within bounds: 64 labels of 1,024 characters, 40,000 characters of text, a name and a value of 256. Every parser's last step. */
export function bounded(facts: AlertFacts): AlertFacts {
  const labels = mostUseful(Object.entries(facts.labels)).map(
    ([name, value]) => [name.slice(0, MOST_NAME_CHARACTERS), value.slice(0, MOST_LABEL_CHARACTERS)] as const,
  );
  return {
    ...facts,
    name: facts.name === null ? null : facts.name.slice(0, MOST_NAME_CHARACTERS),
    labels: Object.fromEntries(labels),
    text: facts.text.slice(0, MOST_TEXT_CHARACTERS),
    ...(facts.metric === undefined ? {} : { metric: facts.metric.slice(0, MOST_LABEL_CHARACTERS) }),
    ...(facts.value === undefined ? {} : { value: facts.value.slice(0, MOST_VALUE_CHARACTERS) }),
  };
}

/** Senders sort labels by name: of too many, `pod` and `severity` would be among the first to go. */
function mostUseful(labels: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  if (labels.length <= MOST_LABELS) return labels;
  const isOfUse = ([name]: readonly [string, string]): boolean =>
    SPOKEN_OF.has(
      name
        .toLowerCase()
        .replace(/^exported_/, "")
        .replace(/[^a-z0-9]+/g, "_"),
    );
  return [...labels.filter(isOfUse), ...labels.filter((label) => !isOfUse(label))].slice(0, MOST_LABELS);
}

const SPOKEN_OF = new Set([...PLACE_LABELS, "alertname", "severity", "reason", "threshold", "metrics_path"]);

/** A sender's word for the state, in ours. Undefined: none of the usual words. */
export function statusOfWord(word: string | undefined): AlertStatus | undefined {
  return STATUS_WORDS.get((word ?? "").trim().toLowerCase());
}

const STATUS_WORDS = new Map<string, AlertStatus>([
  ...[
    "firing",
    "fired",
    "alerting",
    "alarm",
    "triggered",
    "open",
    "active",
    "activated",
    "problem",
    "warn",
    "error",
    "created",
    "no_data",
  ].map((word) => [word, "firing"] as const),
  ...["resolved", "ok", "normal", "recovered", "closed", "inactive", "deactivated"].map((word) => [word, "resolved"] as const),
]);

/** Milliseconds since 1970 of an ISO 8601 time with its zone, nanoseconds and `+0000` included. Undefined: none, or year 1 (never). */
export function timeOf(text: string | undefined): number | undefined {
  // By itself Date.parse makes something of nearly anything: of `12` December 2001.
  if (text === undefined || text.length > 64 || !/^\s*\d{4}-\d\d-\d\d[T ]\d/.test(text)) return undefined;
  const ms = Date.parse(
    text
      .trim()
      .replace(/(\.\d{3})\d+/, "$1")
      .replace(/([+-]\d\d)(\d\d)$/, "$1:$2"),
  );
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

/** Something that may be followed: http or https, at most 2,048 characters. */
export function linkOf(text: string | undefined): string | undefined {
  return text !== undefined && text.length <= 2048 && /^https?:\/\/[^\s<>|]+$/.test(text) ? text : undefined;
}
