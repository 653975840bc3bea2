import type { AlertStatus, Severity } from "./alert.ts";

/** Where something stands in a JSON document, step by step: names of fields, places in lists. */
export type JsonPath = readonly string[];

/** How the JSON of a sender that Oomph does not know becomes alerts. */
export type AlertMapping = {
  /** The list of alerts; absent: the document is one alert. The paths below begin at each of its items. */
  readonly alerts?: JsonPath;
  readonly name?: JsonPath;
  readonly status?: JsonPath;
  /** The sender's own words for it, in small letters (`0`, `down`); what is not among them is read as of any sender. */
  readonly statusWords: Readonly<Record<string, AlertStatus>>;
  readonly severity?: JsonPath;
  /** The same. */
  readonly severityWords: Readonly<Record<string, Severity>>;
  /** What it says for people; each path is a line. */
  readonly text: readonly JsonPath[];
  readonly labels: Readonly<Record<string, JsonPath>>;
  readonly startsAt?: JsonPath;
  readonly value?: JsonPath;
  readonly link?: JsonPath;
  /** The sender's own id of the message, from the document's beginning. */
  readonly id?: JsonPath;
};

const MOST_STEPS = 16;

/** `data.alerts.0.title`. Undefined: it is no path of at most 16 steps, begins as JSONPath does (`$.`), or leads into what every object has. */
export function readJsonPath(text: string): JsonPath | undefined {
  const steps = text.split(".");
  const areSteps = steps.every((step) => /^[\w $@/:-]{1,100}$/.test(step) && !NO_FIELDS.has(step));
  return areSteps && steps[0] !== "$" && steps.length <= MOST_STEPS ? steps : undefined;
}

const NO_FIELDS = new Set(["__proto__", "prototype", "constructor"]);

/** What stands at a place of a parsed document; undefined: nothing. What objects inherit is not looked at. */
export function valueAt(document: unknown, path: JsonPath): unknown {
  let value = document;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Object.getOwnPropertyDescriptor(value, step)?.value;
  }
  return value;
}
