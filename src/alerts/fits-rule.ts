import type { AlertFacts, AlertSource } from "../domain/alert.ts";
import type { AlertCondition, AlertRule } from "../domain/alert-rule.ts";
import { namesOf, squeeze, type AlertName } from "./alert-names.ts";
import { findPhrase, fitsAny, mayHold, patternsOf, phraseOf, wordsOf, type Patterns, type Phrase } from "./patterns.ts";
import { withoutCallNames } from "./call-names.ts";
import { saidIn } from "./said.ts";
import { victimLabels } from "./victim-labels.ts";

/** How far the words of a sentence may be apart. */
const REACH = 120;

/** An alert as rules look at it: made once, asked by many. */
export type Asked = {
  readonly names: readonly AlertName[];
  readonly labels: ReadonlyMap<string, string>;
  /** Name and text, in lower case with single spaces. */
  readonly text: string;
  readonly lines: readonly string[];
  /** The words of the text. */
  readonly words: ReadonlySet<string>;
  /** What is measured, and the names in it, because it may be an expression. */
  readonly metrics: readonly string[];
  readonly source: AlertSource;
};

export function askedOf(facts: AlertFacts, source: AlertSource): Asked {
  const spoken = withoutCallNames(facts);
  const { text } = saidIn((spoken.name === null ? spoken.text : `${spoken.name}\n${spoken.text}`).replaceAll(ADDRESS, " "));
  const labels = labelsOf(facts);
  return {
    names: namesOf(spoken),
    labels,
    text,
    lines: text.split("\n"),
    words: wordsOf(text),
    metrics: metricsIn((facts.metric ?? "").toLowerCase()),
    source,
  };
}

/** As they are written, but for those that say who reports instead of who suffers. */
function labelsOf(facts: AlertFacts): Asked["labels"] {
  const labels = new Map(Object.entries(facts.labels).map(([name, value]) => [name.toLowerCase(), value.toLowerCase()] as const));
  const ofVictim = victimLabels(facts.labels);
  for (const place of ["pod", "container", "namespace"]) {
    const value = ofVictim.get(place);
    if (value === undefined) labels.delete(place);
    else labels.set(place, value.toLowerCase());
  }
  return labels;
}

// Where something leads says nothing about what is wrong.
const ADDRESS = /https?:\/\/\S+/gi;
const MOST_METRICS = 40;

function metricsIn(metric: string): readonly string[] {
  return metric === "" ? [] : [metric, ...(metric.match(/[a-z_][\w.:]{2,200}/g) ?? []).slice(0, MOST_METRICS)];
}

export type CompiledRule = Pick<AlertRule, "id" | "verdict"> & { fits(asked: Asked): boolean };

/** A rule made ready to be asked often. */
export function compileRule({ id, verdict, when, unless = [] }: AlertRule): CompiledRule {
  const [reasons, exceptions] = [when.map(compiled), unless.map(compiled)];
  return { id, verdict, fits: (asked) => reasons.some((fits) => fits(asked)) && !exceptions.some((fits) => fits(asked)) };
}

type Test = (asked: Asked) => boolean;

/** A condition in which nothing is given fits nothing. */
function compiled({ name, parts, labels, phrases, sentence, metric, source }: AlertCondition): Test {
  const tests = [
    source === undefined ? undefined : fitsSource(source),
    name === undefined ? undefined : fitsName(name),
    parts === undefined ? undefined : fitsParts(parts),
    labels === undefined ? undefined : fitsLabels(labels),
    metric === undefined ? undefined : fitsMetric(metric),
    phrases === undefined ? undefined : fitsPhrases(phrases),
    sentence === undefined ? undefined : fitsSentence(sentence),
  ].filter((test) => test !== undefined);
  return (asked) => tests.length > 0 && tests.every((test) => test(asked));
}

function fitsSource(sources: readonly AlertSource[]): Test {
  return ({ source }) => sources.includes(source);
}

function fitsName(patterns: readonly string[]): Test {
  const squeezed = patternsOf(patterns.map(squeeze));
  return ({ names }) => names.some((name) => fitsAny(name.squeezed, squeezed));
}

function fitsParts(groups: readonly (readonly string[])[]): Test {
  const lower = groups.map(lowered);
  return ({ names }) => names.some(({ parts }) => lower.every((group) => parts.some((part) => fitsAny(part, group))));
}

function fitsLabels(patterns: Readonly<Record<string, readonly string[]>>): Test {
  const lower = Object.entries(patterns).map(([label, values]) => ({ label: label.toLowerCase(), values: lowered(values) }));
  return ({ labels }) =>
    lower.every(({ label, values }) => {
      const value = labels.get(label);
      return value !== undefined && fitsAny(value, values);
    });
}

function fitsMetric(patterns: readonly string[]): Test {
  const lower = lowered(patterns);
  return ({ metrics }) => metrics.some((metric) => fitsAny(metric, lower));
}

function fitsPhrases(patterns: readonly string[]): Test {
  const phrases = patterns.map(phraseOf);
  return ({ text, words }) => phrases.some((phrase) => mayHold(words, phrase) && findPhrase(text, phrase) >= 0);
}

function fitsSentence({ of, near }: NonNullable<AlertCondition["sentence"]>): Test {
  const [subjects, troubles] = [of.map(phraseOf), near.map(phraseOf)];
  return ({ lines, text, words }) => {
    const inText = (phrase: Phrase): boolean => mayHold(words, phrase) && text.includes(phrase.words);
    const subjectsHere = subjects.filter(inText);
    const troublesHere = subjectsHere.length === 0 ? [] : troubles.filter(inText);
    if (troublesHere.length === 0) return false;
    return lines.some((line) => subjectsHere.some((subject) => standsNear(line, subject, troublesHere)));
  };
}

function standsNear(line: string, subject: Phrase, troubles: readonly Phrase[]): boolean {
  const longest = Math.max(...troubles.map(({ words }) => words.length)) + 1;
  let lookedTo = 0;
  for (let at = findPhrase(line, subject); at >= 0; at = findPhrase(line, subject, at + 1)) {
    // What was looked at already is not looked at again, so that a line full of subjects costs no more than another.
    const around = line.slice(Math.max(0, at - REACH, lookedTo - longest), at + subject.words.length + REACH);
    if (troubles.some((trouble) => findPhrase(around, trouble) >= 0)) return true;
    lookedTo = at + subject.words.length + REACH;
  }
  return false;
}

function lowered(patterns: readonly string[]): Patterns {
  return patternsOf(patterns.map((pattern) => pattern.toLowerCase()));
}
