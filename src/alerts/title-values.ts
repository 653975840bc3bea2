import { severityOf } from "./facts.ts";
import { REPORTERS } from "./name-words.ts";
import { isKubernetesName, isLikeMachine, podShape } from "./pod-shape.ts";

/** What a title without labels' names lets one guess. */
export type TitlePlaces = { readonly pod?: string; readonly namespace?: string; readonly others: readonly string[] };

/** The values of a title: of the labels that a group shares, and of those that its alerts share beside. Each in the order of the labels' names. */
export type TitleValues = {
  readonly grouped: readonly string[];
  readonly common: readonly string[];
  /** Words of a sentence, in which no order says what they are. */
  readonly spoken: readonly string[];
};

const MOST_WORDS = 40;
const NOTHING = new Set([
  "http",
  "https",
  "metrics",
  "http-metrics",
  "https-metrics",
  "web",
  "true",
  "false",
  "none",
  "null",
  "firing",
  "resolved",
]);

/**
 * Alertmanager's default title has the values of labels without their names, by the order of their names: a pod is known by
 * its shape, and the word before it can be its namespace (n comes before p); one behind it cannot.
 */
export function placesInTitle({ grouped, common, spoken }: TitleValues): TitlePlaces {
  const [ofGroup, beside] = [grouped, common].map((values) => values.filter(mayName).slice(0, MOST_WORDS));
  const all = [...(ofGroup ?? []), ...(beside ?? [])];
  const named = spoken.filter((word) => /[-\d]/.test(word) && mayName(word)).slice(0, MOST_WORDS);
  const perhaps = all.filter((word) => podShape(word) === "maybe");
  const pod = all.find((word) => podShape(word) === "surely") ?? perhaps.find((word) => !isLikeMachine(word)) ?? perhaps[0];
  if (pod === undefined) return { others: [...all, ...named] };
  const namespace = namespaceOf(pod, ofGroup ?? [], beside ?? []);
  return { pod, ...(namespace === undefined ? {} : { namespace }), others: [...all, ...named].filter((word) => word !== pod) };
}

/** One candidate is taken; of several only the nearest before the pod, which is so where a container stands before it. */
function namespaceOf(pod: string, grouped: readonly string[], common: readonly string[]): string | undefined {
  const inGroup = grouped.includes(pod);
  const before = (inGroup ? grouped.slice(0, grouped.indexOf(pod)) : common.slice(0, common.indexOf(pod))).filter(isNamespace);
  const groupWords = inGroup ? [] : grouped.filter(isNamespace);
  if (groupWords.length === 1 && before.length < 2) return groupWords[0];
  return groupWords.length > 1 && before.length < 2 ? undefined : before.at(-1);
}

function isNamespace(word: string): boolean {
  return isKubernetesName(word) && !word.includes(".") && podShape(word) !== "surely";
}

function mayName(word: string): boolean {
  const lower = word.toLowerCase();
  if (lower.length < 2 || /[=*`]/.test(lower) || severityOf(lower) !== null || NOTHING.has(lower) || /^\d{1,5}(?:\.\d+)?%?$/.test(lower))
    return false;
  return !REPORTERS.some((reporter) => lower.includes(reporter));
}

const TITLE = /\[(?:firing|resolved)[^\]\n]{0,40}\]([^\n]{0,500})/i;

/** The first word is the alert's name, or the name that is known; what the group shares comes before the parenthesis. */
export function titleValues(text: string, name: string | null): TitleValues {
  const titled = (TITLE.exec(text)?.[1] ?? "").trim();
  const rest = name !== null && titled.startsWith(name) ? `Name ${titled.slice(name.length).trim()}` : titled;
  const opened = rest.lastIndexOf("(");
  const [before, inside] = opened < 0 ? [rest, ""] : [rest.slice(0, opened), rest.slice(opened + 1).replace(/\).*$/, "")];
  const words = (part: string): readonly string[] => part.split(/[\s()]+/).filter((word) => word !== "");
  const [, ...others] = words(before);
  // A name of several words goes on with capitals.
  const values = others.findIndex((word) => !/^[A-Z]/.test(word));
  const bare = values < 0 ? [] : others.slice(values);
  const isSpoken = bare.some(isProse);
  return { grouped: isSpoken ? [] : bare, common: words(inside), spoken: isSpoken ? bare : [] };
}

const PROSE = new Set([
  "at",
  "of",
  "on",
  "in",
  "is",
  "are",
  "has",
  "was",
  "for",
  "than",
  "over",
  "above",
  "below",
  "under",
  "by",
  "to",
  "the",
  "with",
]);

/** A word of a sentence, which no label has as its value. */
export function isProse(word: string): boolean {
  return PROSE.has(word.toLowerCase());
}
