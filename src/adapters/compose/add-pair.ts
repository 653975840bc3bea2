import { isPair, type YAMLMap } from "yaml";
import type { Edit } from "./edit.ts";
import { ByHand, indentAt, lineEnd, lineOf, lineStart, rangeOf, type Source } from "./source.ts";

/** Lines of a map by their keys; a value is written already, or is lines of a map again. */
export type Entry = readonly [key: string, value: string | readonly Entry[]];

type Addition = { readonly entries: readonly Entry[] } | { readonly key: string; readonly value: string | readonly Entry[] };

/** The edit that adds lines behind the last of a map, as far in as it is. */
export function addPair(source: Source, map: YAMLMap, addition: Addition): Edit {
  const { text, eol, service } = source;
  const entries: readonly Entry[] = "entries" in addition ? addition.entries : [[addition.key, addition.value]];
  const last = map.items.at(-1);
  if (map.flow === true) return addToFlow(source, map, entries);
  if (last === undefined || !isPair(last)) throw new ByHand(`a part of service ${service} is empty: write it by hand.`);
  const [keyStart, keyEnd] = rangeOf(last.key);
  const indent = indentAt(text, keyStart);
  if (indent === undefined)
    throw new ByHand(`service ${service} (line ${lineOf(text, keyStart)}) is written on one line with other things: change it by hand.`);
  const end = last.value === null ? keyEnd : rangeOf(last.value)[1];
  // The end of a block is the start of what follows it: back to the last line that has something of it.
  const at = lineEnd(text, Math.max(keyEnd, lastFilled(text, end)));
  return {
    start: at,
    end: at,
    text: linesOf(entries, indent, stepOf(source, indent))
      .map((line) => `${eol}${line}`)
      .join(""),
  };
}

/** The edit that takes out the lines from one position to another, with their line breaks. */
export function removeLines({ text, service }: Source, start: number, end: number): Edit {
  const from = lineStart(text, start);
  if (!/^[ -]*$/.test(text.slice(from, start)))
    throw new ByHand(`service ${service} (line ${lineOf(text, start)}) has several things on one line: change it by hand.`);
  const next = text.indexOf("\n", Math.max(start, lastFilled(text, end)));
  return { start: from, end: next === -1 ? text.length : next + 1, text: "" };
}

function addToFlow({ service, text }: Source, map: YAMLMap, entries: readonly Entry[]): Edit {
  const last = map.items.at(-1);
  const flat = entries.map(([key, value]) => {
    if (typeof value !== "string")
      throw new ByHand(`service ${service} (line ${lineOf(text, rangeOf(map)[0])}) is written in braces: change it by hand.`);
    return `${key}: ${value}`;
  });
  if (last === undefined || !isPair(last)) {
    const at = rangeOf(map)[0] + 1;
    return { start: at, end: at, text: flat.join(", ") };
  }
  const end = last.value === null ? rangeOf(last.key)[1] : rangeOf(last.value)[1];
  return { start: end, end, text: flat.map((one) => `, ${one}`).join("") };
}

function linesOf(entries: readonly Entry[], indent: string, step: string): readonly string[] {
  return entries.flatMap(([key, value]) =>
    typeof value === "string" ? [`${indent}${key}: ${value}`] : [`${indent}${key}:`, ...linesOf(value, indent + step, step)],
  );
}

/** How much further in each level is: as the service is against its name. */
function stepOf({ text, map }: Source, indent: string): string {
  const first = map.items[0];
  const own = first === undefined ? indent : (indentAt(text, rangeOf(first.key)[0]) ?? indent);
  return " ".repeat(Math.max(1, Math.min(8, Math.round(own.length / 2)) || 2));
}

/** The last position before `end` that is not white space; what is commented out behind a block is not of it. */
function lastFilled(text: string, end: number): number {
  let at = Math.min(end, text.length) - 1;
  while (at > 0 && /\s/.test(text[at] ?? "")) at -= 1;
  return at;
}
