import { isMap, isScalar, type YAMLMap } from "yaml";
import type { ComposeChange } from "../../ports/compose-files.ts";
import { addPair, type Entry } from "./add-pair.ts";
import type { Edit } from "./edit.ts";
import { ByHand, lineOf, mapIn, pairOf, rangeOf, type Source } from "./source.ts";
import { writeScalar, writeSize, type Style } from "./write-scalar.ts";

/** Edits that give a service its memory limit, where it has one already, else where files of this version have it. */
export function editLimit(source: Source, { limitBytes }: ComposeChange): readonly Edit[] {
  if (limitBytes === undefined) return [];
  const { map, service, text } = source;
  const swap = pairOf(map, "memswap_limit");
  if (swap !== undefined)
    throw new ByHand(
      `${service} has a limit of memory and swap together (memswap_limit, line ${lineOf(text, swap.key.range[0])}): change both by hand.`,
    );
  const place = placeOf(source);
  switch (place.kind) {
    case "there":
      return replaceSize(source, place.value, limitBytes);
    case "add":
      return [addPair(source, place.map, { entries: nested(place.keys, writeSize(limitBytes, undefined)) })];
  }
}

/** Where the limit stands or would stand: as the names on the way to it. */
export function limitPath(service: Readonly<Record<string, unknown>>, version: string): readonly string[] {
  const deploy = ["deploy", "resources", "limits", "memory"];
  if (at(service, deploy) !== undefined) return deploy;
  if (service["mem_limit"] !== undefined) return ["mem_limit"];
  const isThree = version.startsWith("3");
  return isThree || at(service, deploy.slice(0, 3)) !== undefined ? deploy : ["mem_limit"];
}

type Place =
  | { readonly kind: "there"; readonly value: unknown }
  | { readonly kind: "add"; readonly map: YAMLMap; readonly keys: readonly string[] };

function placeOf({ map, root, service, text, used }: Source): Place {
  const model = recordOf(map.toJS(root));
  const version = root.get("version");
  const path = limitPath(model, typeof version === "string" || typeof version === "number" ? String(version) : "");
  let within = map;
  for (const [depth, name] of path.entries()) {
    const found = pairOf(within, name);
    if (found === undefined) {
      if (at(model, path.slice(0, depth + 1)) !== undefined)
        throw new ByHand(`${path.slice(0, depth + 1).join(".")} of ${service} comes from what is merged into it (<<): change it there.`);
      return { kind: "add", map: within, keys: path.slice(depth) };
    }
    if (depth === path.length - 1) return { kind: "there", value: found.value };
    const next = mapIn(within, name);
    if (next === undefined || !isMap(next) || (next.anchor !== undefined && used.has(next.anchor)))
      throw new ByHand(
        `${name} of ${service} (line ${lineOf(text, found.key.range[0])}) is shared with others, or not a map: change it by hand.`,
      );
    within = next;
  }
  throw new ByHand(`the limit of ${service} has no place in this file: change it by hand.`);
}

function replaceSize({ text, service, used }: Source, node: unknown, bytes: number): readonly Edit[] {
  const [start, end] = rangeOf(node);
  const where = `the limit of ${service} (line ${lineOf(text, start)})`;
  if (!isScalar(node) || (node.anchor !== undefined && used.has(node.anchor)))
    throw new ByHand(`${where} is shared with others: change it by hand.`);
  if (text.slice(start, end).includes("$"))
    throw new ByHand(`${where} is filled from a variable: change that, in .env or where Compose is run.`);
  const style: Style = node.type === "QUOTE_SINGLE" || node.type === "QUOTE_DOUBLE" ? node.type : "PLAIN";
  const instead = writeScalar(writeSize(bytes, String(node.value)), style);
  return text.slice(start, end) === instead ? [] : [{ start, end, text: instead }];
}

function nested([key = "", ...rest]: readonly string[], value: string): readonly Entry[] {
  return [[key, rest.length === 0 ? value : nested(rest, value)]];
}

function at(value: unknown, path: readonly string[]): unknown {
  let now = value;
  for (const name of path) {
    if (typeof now !== "object" || now === null) return undefined;
    now = new Map(Object.entries(now)).get(name);
  }
  return now;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
