import { ALERT_CLASSES, SEVERITIES } from "./alert.ts";
import { nearest } from "./nearest.ts";
import { severityOf, SEVERITY_WORDS } from "./severity-words.ts";

/** What is expected where a label's value is a word that no alert has: of `severity` and `class` all are known. Undefined: it is fine. */
export function unknownWord(label: string, value: string): string | undefined {
  const word = value.toLowerCase();
  if (label.toLowerCase() === "severity" && severityOf(word) === null) return among(word, SEVERITIES, [...SEVERITY_WORDS.keys()]);
  if (label.toLowerCase() === "class" && !ALERT_CLASSES.some((one) => one === word)) return among(word, ALERT_CLASSES, ALERT_CLASSES);
  return undefined;
}

function among(word: string, known: readonly string[], meant: readonly string[]): string {
  const [near] = nearest(word, meant);
  return `one of ${known.join(", ")}${near === undefined ? "" : ` (did you mean ${near}?)`}`;
}
