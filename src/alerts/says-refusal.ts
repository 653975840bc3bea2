import type { AlertFacts } from "../domain/alert.ts";

const MOST_CHARACTERS = 4_000;

// As people and monitors say it; Redis's own words have a rule.
const REFUSED =
  /\b(?:refus|reject)(?:es|ed|ing|s)? (?:all |every |new )?(?:writes?|write commands?)\b|\bwrites? (?:commands? )?(?:(?:are|is|were|get|being|to it) ){0,2}(?:refused|rejected|fail(?:s|ed|ing)?)\b/i;
const NO_MORE = /\b(?:no longer|not|stopped|never) (?:refus|reject)/i;

/** Does an alert about the memory of a Redis say that it refuses writes now? */
export function saysRefusal({ name, text }: Pick<AlertFacts, "name" | "text">): boolean {
  const words = `${name ?? ""}\n${text.slice(0, MOST_CHARACTERS)}`;
  return REFUSED.test(words) && !NO_MORE.test(words);
}
