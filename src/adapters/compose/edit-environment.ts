import { isAlias, isMap, isScalar, isSeq, type Scalar, type YAMLMap, type YAMLSeq } from "yaml";
import type { ComposeChange } from "../../ports/compose-files.ts";
import type { Edit } from "./edit.ts";
import { addPair, removeLines } from "./add-pair.ts";
import { ByHand, indentAt, lineEnd, lineOf, pairOf, rangeOf, type Source } from "./source.ts";
import { writeScalar, type Style } from "./write-scalar.ts";

/** Edits that give a service its variables. */
export function editEnvironment(source: Source, { set, unset }: ComposeChange): readonly Edit[] {
  if (Object.keys(set).length === 0 && unset.length === 0) return [];
  const { map, service, text } = source;
  const found = pairOf(map, "environment");
  if (found === undefined) return addEnvironment(source, set, unset);
  const { value, key } = found;
  const line = lineOf(text, key.range[0]);
  if (isAlias(value)) {
    throw new ByHand(
      `the environment of ${service} (line ${line}) is taken over from &${value.source}, as that of others may be: change it there, or give ${service} its own.`,
    );
  }
  if ((isMap(value) || isSeq(value)) && value.anchor !== undefined && source.used.has(value.anchor))
    throw new ByHand(
      `the environment of ${service} (line ${line}) carries the anchor &${value.anchor}, by which others take it over: a change here would change them too.`,
    );
  if (isMap(value)) return editMap(source, value, { set, unset });
  if (isSeq(value)) return editList(source, value, { set, unset });
  throw new ByHand(`the environment of ${service} (line ${line}) is neither a map nor a list.`);
}

type Wanted = Pick<ComposeChange, "set" | "unset">;

function addEnvironment(source: Source, set: Wanted["set"], unset: Wanted["unset"]): readonly Edit[] {
  const { map, service } = source;
  const [missing] = unset;
  if (missing !== undefined)
    throw new ByHand(
      `${missing} is not in the environment of ${service} in this file: it comes from elsewhere (env_file, another file, the image).`,
    );
  if (isMerged(source, "environment")) {
    throw new ByHand(
      `the environment of ${service} comes from what is merged into it (<<): one of its own would take the place of all of it. Change it there.`,
    );
  }
  return [
    addPair(source, map, {
      key: "environment",
      value: Object.entries(set).map(([name, value]) => [name, writeScalar(value, "PLAIN")] as const),
    }),
  ];
}

/** Does a merge key bring it? */
function isMerged({ map, root }: Source, name: string): boolean {
  const own: unknown = map.toJS(root);
  return typeof own === "object" && own !== null && name in own && pairOf(map, name) === undefined;
}

function editMap(source: Source, map: YAMLMap, { set, unset }: Wanted): readonly Edit[] {
  const missing: (readonly [string, string])[] = [];
  const changed = Object.entries(set).flatMap(([name, value]) => {
    const found = pairOf(map, name);
    if (found !== undefined) return [replaceValue(source, { name, value, node: found.value, flow: map.flow === true })];
    missing.push([name, writeScalar(value, "PLAIN", map.flow === true ? "flow" : "value")]);
    return [];
  });
  const removed = unset.map((name) => {
    const found = pairOf(map, name);
    if (found === undefined)
      throw new ByHand(
        `${name} is not in the environment of ${source.service} itself: it comes from what is merged into it, from env_file or from the image.`,
      );
    if (map.flow === true || map.items.length <= unset.length)
      throw new ByHand(`${name} is the last of its line or map (line ${lineOf(source.text, found.key.range[0])}): take it out by hand.`);
    return removeLines(source, found.key.range[0], endOf(found.value) ?? found.key.range[1]);
  });
  return [...changed, ...removed, ...(missing.length === 0 ? [] : [addPair(source, map, { entries: missing })])].filter(isChange(source));
}

function editList(source: Source, list: YAMLSeq, { set, unset }: Wanted): readonly Edit[] {
  const { text, service } = source;
  const missing: string[] = [];
  const itemOf = (name: string): Scalar | undefined =>
    list.items.find(
      (item): item is Scalar =>
        isScalar(item) && typeof item.value === "string" && (item.value === name || item.value.startsWith(`${name}=`)),
    );
  if (list.items.some((item) => !isScalar(item)))
    throw new ByHand(`the environment of ${service} is a list with aliases in it: change it by hand.`);
  const changed = Object.entries(set).flatMap(([name, value]) => {
    const item = itemOf(name);
    if (item === undefined) {
      missing.push(writeScalar(`${name}=${value}`, "PLAIN", list.flow === true ? "flow" : "entry"));
      return [];
    }
    refuseVariable(source, name, item);
    const [start, end] = rangeOf(item);
    return [{ start, end, text: writeScalar(`${name}=${value}`, styleOf(source, item), list.flow === true ? "flow" : "entry") }];
  });
  const removed = unset.map((name) => {
    const item = itemOf(name);
    if (item === undefined)
      throw new ByHand(
        `${name} is not in the environment of ${service} in this file: it comes from elsewhere (env_file, another file, the image).`,
      );
    const [start, end] = rangeOf(item);
    if (list.flow === true || list.items.length <= unset.length)
      throw new ByHand(`${name} is the last of its line or list (line ${lineOf(text, start)}): take it out by hand.`);
    return removeLines(source, start, end);
  });
  return [...changed, ...removed, ...addItems(source, list, missing)].filter(isChange(source));
}

function addItems({ text, eol, service }: Source, list: YAMLSeq, items: readonly string[]): readonly Edit[] {
  const last = list.items.at(-1);
  if (items.length === 0) return [];
  if (last === undefined) throw new ByHand(`the environment of ${service} is an empty list: write it by hand.`);
  const [start, end] = rangeOf(last);
  if (list.flow === true) return [{ start: end, end, text: items.map((item) => `, ${item}`).join("") }];
  const dash = text.lastIndexOf("-", start);
  const indent = indentAt(text, dash);
  if (indent === undefined)
    throw new ByHand(
      `the environment of ${service} (line ${lineOf(text, start)}) is written on one line with other things: change it by hand.`,
    );
  const at = lineEnd(text, end);
  return [{ start: at, end: at, text: items.map((item) => `${eol}${indent}-${text.slice(dash + 1, start)}${item}`).join("") }];
}

type Replacing = { readonly name: string; readonly value: string; readonly node: unknown; readonly flow: boolean };

function replaceValue(source: Source, { name, value, node, flow }: Replacing): Edit {
  if (isAlias(node)) {
    const [start, end] = rangeOf(node);
    return { start, end, text: writeScalar(value, "PLAIN", flow ? "flow" : "value") };
  }
  if (!isScalar(node)) throw new ByHand(`${name} is not a plain value in the environment of ${source.service}: change it by hand.`);
  refuseVariable(source, name, node);
  const [start, end] = rangeOf(node);
  // A number or word that says the same already stays as it is written.
  if (String(node.value) === value.replaceAll("$", "$$$$")) return { start, end, text: source.text.slice(start, end) };
  return { start, end, text: writeScalar(value, styleOf(source, node), flow ? "flow" : "value") };
}

/** What is shared, or comes from somewhere else when Compose runs, is not to be changed here. */
function refuseVariable({ text, service, used }: Source, name: string, node: Scalar): void {
  const [start, end] = rangeOf(node);
  const where = `${name} of ${service} (line ${lineOf(text, start)})`;
  if (node.anchor !== undefined && used.has(node.anchor))
    throw new ByHand(`${where} carries the anchor &${node.anchor}, by which others take it over: change it by hand.`);
  const written = text.slice(start, end);
  const variable = /(?<!\$)(?:\$\$)*\$\{?([A-Za-z_]\w*)/.exec(written)?.[1];
  if (variable !== undefined)
    throw new ByHand(`${where} is filled from the variable ${variable}: change that, in .env or where Compose is run.`);
  if (node.value === null || node.value === name)
    throw new ByHand(`${where} has no value here: it is taken from where Compose is run. Change it there.`);
}

function styleOf({ text }: Source, node: Scalar): Style {
  if (node.type === "PLAIN" || node.type === "QUOTE_SINGLE" || node.type === "QUOTE_DOUBLE") return node.type;
  const line = lineOf(text, rangeOf(node)[0]);
  throw new ByHand(`the value in line ${line} is a block of several lines: change it by hand.`);
}

function endOf(node: unknown): number | undefined {
  return node === null || node === undefined ? undefined : rangeOf(node)[1];
}

function isChange({ text }: Source): (edit: Edit) => boolean {
  return ({ start, end, text: instead }) => text.slice(start, end) !== instead;
}
