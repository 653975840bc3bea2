import type { AlertFacts } from "../../../domain/alert.ts";
import { given } from "../../../domain/given.ts";
import { bounded, linkOf, severityOf, statusOfWord, timeOf } from "../../facts.ts";
import { comparable } from "../../victim-labels.ts";
import { isRecord, Word } from "../loose-schema.ts";
import { timeOfNumber } from "../times.ts";
import { linesOf } from "../words.ts";

// How senders usually call what an alert says, the likelier first; compared as `comparable` makes them.
const NAMES = [
  "alertname",
  "alert_name",
  "alert",
  "alertrule",
  "rulename",
  "rule_name",
  "title",
  "problem",
  "problem_name",
  "event_name",
  "search_name",
];
const MORE_NAMES = ["policy_name", "condition_name", "trigger_name", "trigger", "check_name", "check", "subject", "name"];
const STATES = ["status", "state", "alert_state", "current_state", "new_state", "event_state", "monitorcondition"];
const SEVERITIES = ["severity", "level", "priority", "urgency", "criticality"];
const STARTS = ["startsat", "fireddatetime", "starts_at", "started_at", "start_time", "fired_at", "timestamp", "time", "created_at"];
const LINKS = ["url", "link", "alert_url", "dashboard_url"];
const VALUES = ["value", "current_value", "observed_value"];
const METRICS = ["metric", "metric_name"];

const MOST_FIELDS = 256;
const MOST_DEPTH = 5;
const MOST_LABEL_CHARACTERS = 253;

/** One alert in JSON of which nobody has said how it is read: by what its fields are usually called, wherever they stand. Undefined: it is none. */
export function guessedFacts(item: unknown): AlertFacts | undefined {
  const fields = fieldsOf(item);
  const first = (names: readonly string[]): string | undefined => names.map((name) => fields.get(name)).find((word) => word !== undefined);
  const name = first([...NAMES, ...MORE_NAMES]);
  const [state, severity] = [first(STATES), first(SEVERITIES)];
  const sentences = [...fields.values()].filter(isSentence);
  const isAlert = (state !== undefined || severity !== undefined || first(NAMES) !== undefined) && (name ?? sentences[0]) !== undefined;
  if (!isAlert) return undefined;
  const start = first(STARTS);
  return bounded({
    name: name ?? null,
    status: statusOfWord(state) ?? "firing",
    severity: severityOf(severity),
    labels: Object.fromEntries([...fields].filter(([label, word]) => !SAID_ELSEWHERE.has(label) && word.length <= MOST_LABEL_CHARACTERS)),
    text: linesOf(sentences),
    ...given({
      metric: first(METRICS),
      value: first(VALUES),
      startsAtMs: timeOfNumber(start) ?? timeOf(start),
      link: linkOf(first(LINKS)),
    }),
  });
}

/** Is JSON titled as alerts are, whatever it says beside? A log's line, an object of a cluster and a message are not. */
export function isTitled(item: unknown): boolean {
  return isRecord(item) && entriesOf(item).some(([key, value]) => NAMES.includes(comparable(key)) && typeof value === "string");
}

const SAID_ELSEWHERE = new Set([...NAMES, ...STATES, ...STARTS, ...LINKS, ...VALUES, "description", "message", "summary", "text"]);

function isSentence(word: string): boolean {
  return /\S\s+\S/.test(word) && !/^https?:/.test(word);
}

/** What stands further out wins; of lists only such of one word are looked into. */
function fieldsOf(item: unknown): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let level = [item].filter(isRecord);
  for (let depth = 0; depth < MOST_DEPTH && level.length > 0; depth += 1) {
    const entries = level.flatMap(entriesOf).slice(0, MOST_FIELDS);
    for (const [key, value] of entries) {
      const word = Word.parse(Array.isArray(value) && value.length === 1 ? value[0] : value);
      const name = comparable(key);
      if (word !== undefined && word !== "" && name !== "" && !fields.has(name) && fields.size < MOST_FIELDS) fields.set(name, word);
    }
    level = entries.map(([, value]) => value).filter(isRecord);
  }
  return fields;
}

function entriesOf(holder: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] {
  return Object.keys(holder)
    .slice(0, MOST_FIELDS)
    .map((key) => [key, holder[key]]);
}
