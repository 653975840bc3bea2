import type { AlertFacts } from "../../../domain/alert.ts";
import { valueAt, type AlertMapping, type JsonPath } from "../../../domain/alert-mapping.ts";
import { given } from "../../../domain/given.ts";
import { bounded, linkOf, severityOf, statusOfWord, timeOf } from "../../facts.ts";
import { isRecord, Word, WordList } from "../loose-schema.ts";
import { MOST_ALERTS, type ReadSent, type Sent } from "../sender.ts";
import { timeOfNumber } from "../times.ts";
import { linesOf } from "../words.ts";
import { guessedFacts } from "./guess.ts";

/** JSON of a sender that Oomph does not know, read by a mapping from the configuration; by guess, where that names no field of an alert's. */
export function createGenericReader(mapping: AlertMapping): ReadSent {
  return (body): Sent => {
    const items = mapping.alerts === undefined ? [body] : valueAt(body, mapping.alerts);
    if (!Array.isArray(items)) return { kind: "unfit", because: `${(mapping.alerts ?? []).join(".")}: expected a list of alerts` };
    const list: readonly unknown[] = items;
    const facts = list
      .slice(0, MOST_ALERTS)
      .filter(isRecord)
      .map((item) => factsOf(item, mapping));
    if (mapping.alerts === undefined && facts.length === 0) return { kind: "unfit", because: "the body: expected an object" };
    const id = wordAt(body, mapping.id);
    const leftOut = list.length - facts.length;
    return { kind: "facts", facts, ...given({ id: id?.slice(0, 256) }), ...(leftOut === 0 ? {} : { leftOut }) };
  };
}

function factsOf(item: unknown, mapping: AlertMapping): AlertFacts {
  const isMapped = mapping.name !== undefined || mapping.text.length > 0 || Object.keys(mapping.labels).length > 0;
  const guessed = isMapped ? undefined : guessedFacts(item);
  const at = (path: JsonPath | undefined): string | undefined => wordAt(item, path);
  const labels = Object.entries(mapping.labels).flatMap(([name, path]) => {
    const value = at(path);
    return value === undefined ? [] : [[name, value] as const];
  });
  const start = at(mapping.startsAt);
  return bounded({
    name: at(mapping.name) ?? null,
    labels: Object.fromEntries(labels),
    text: linesOf(mapping.text.flatMap((path) => wordsAt(item, path))),
    ...guessed,
    status: meantBy(at(mapping.status), mapping.statusWords) ?? statusOfWord(at(mapping.status)) ?? guessed?.status ?? "firing",
    severity: meantBy(at(mapping.severity), mapping.severityWords) ?? severityOf(at(mapping.severity)) ?? guessed?.severity ?? null,
    ...given({ value: at(mapping.value), startsAtMs: timeOfNumber(start) ?? timeOf(start), link: linkOf(at(mapping.link)) }),
  });
}

function meantBy<Meaning>(word: string | undefined, words: Readonly<Record<string, Meaning>>): Meaning | undefined {
  const plain = (word ?? "").trim().toLowerCase();
  return Object.hasOwn(words, plain) ? words[plain] : undefined;
}

function wordAt(item: unknown, path: JsonPath | undefined): string | undefined {
  return path === undefined ? undefined : Word.parse(valueAt(item, path));
}

/** A word, or a list of them. */
function wordsAt(item: unknown, path: JsonPath): readonly string[] {
  const value = valueAt(item, path);
  return Array.isArray(value) ? WordList.parse(value) : [Word.parse(value) ?? ""];
}
