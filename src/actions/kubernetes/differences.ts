import { canonicalJson, type Json } from "../../domain/json.ts";
import { maskSecrets, maskVariable } from "../../domain/mask-secrets.ts";
import type { Plan } from "../../domain/plan.ts";
import { ACTION_MARK } from "./mark.ts";
import { shown } from "../words.ts";
import { isList, isObject } from "./pointer.ts";

type Change = Plan["changes"][number];
type Both = { readonly before: Json | undefined; readonly after: Json | undefined };

const MOST_SHOWN = 25;
const MOST_LETTERS = 200;

/** What differs between two states of an object, a row for each field. Values that look like secrets are masked. */
export function differences(before: Json, after: Json): readonly Change[] {
  const rows = compare([], { before, after });
  if (rows.length <= MOST_SHOWN) return rows;
  return [...rows.slice(0, MOST_SHOWN), { what: "and more", before: "-", after: `${rows.length - MOST_SHOWN} other fields` }];
}

function compare(path: readonly string[], { before, after }: Both): readonly Change[] {
  if (canonicalJson(before ?? null) === canonicalJson(after ?? null) || path.at(-1) === ACTION_MARK) return [];
  if (isBranch(before) && isBranch(after)) {
    const [left, right] = [membersOf(before), membersOf(after)];
    const keys = [...new Set([...left.keys(), ...right.keys()])];
    return keys.flatMap((key) => compare([...path, key], { before: left.get(key), after: right.get(key) }));
  }
  if (before === undefined && isBranch(after)) return compare(path, { before: isList(after) ? [] : {}, after });
  if (after === undefined && isBranch(before)) return compare(path, { before, after: isList(before) ? [] : {} });
  return [{ what: shown(inWords(path), MOST_LETTERS), before: valueIn(path, before), after: valueIn(path, after) }];
}

type Branch = Exclude<Json, null | boolean | number | string>;

function isBranch(value: Json | undefined): value is Branch {
  return isList(value) || isObject(value);
}

/** Entries of a list by their names, where they have some: their order is not what was changed. A name that is there twice is numbered. */
function membersOf(value: Branch): ReadonlyMap<string, Json | undefined> {
  if (!isList(value)) return new Map(Object.entries(value));
  const members = new Map<string, Json | undefined>();
  for (const [at, entry] of value.entries()) {
    const name = isObject(entry) && typeof entry["name"] === "string" ? entry["name"] : String(at);
    members.set(members.has(`[${name}]`) ? `[${name}#${at}]` : `[${name}]`, entry);
  }
  return members;
}

/** `containers[app].resources.limits.memory`: without what all changes of a template begin with. */
function inWords(path: readonly string[]): string {
  const text = path.map((step) => (step.startsWith("[") ? step : `.${step}`)).join("");
  return text.replace(/^\.spec\.(jobTemplate\.spec\.)?(template\.)?(spec\.)?/, "").replace(/^\./, "");
}

function valueIn(path: readonly string[], value: Json | undefined): string {
  if (value === undefined) return "not set";
  const text = typeof value === "string" ? value : canonicalJson(value);
  const isVariable = path.at(-1) === "value" && path.at(-3) === "env";
  const name = /^\[([^#]*)/.exec(path.at(-2) ?? "")?.[1]?.replace(/\]$/, "") ?? "";
  return shown(isVariable ? maskVariable(name, text) : maskSecrets(text), MOST_LETTERS);
}
