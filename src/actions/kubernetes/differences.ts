import { canonicalJson, type Json } from "../../domain/json.ts";
import { maskSecrets, maskVariable } from "../../domain/mask-secrets.ts";
import type { Plan } from "../../domain/plan.ts";
import { ACTION_MARK } from "../../ports/cluster-acts.ts";
import { shown } from "../words.ts";
import { isList, isObject } from "./pointer.ts";

type Change = Plan["changes"][number];
type Both = { readonly before: Json | undefined; readonly after: Json | undefined };

const MOST_SHOWN = 25;

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
  return [{ what: shown(inWords(path)), before: valueIn(path, before), after: valueIn(path, after) }];
}

function isBranch(value: Json | undefined): value is Exclude<Json, null | boolean | number | string> {
  return isList(value) || isObject(value);
}

/** Entries of a list by their names, where they have some: their order is not what was changed. */
function membersOf(value: Exclude<Json, null | boolean | number | string>): ReadonlyMap<string, Json | undefined> {
  if (!isList(value)) return new Map(Object.entries(value));
  const names = value.map((entry) => (isObject(entry) && typeof entry["name"] === "string" ? entry["name"] : undefined));
  const areNamed = new Set(names).size === value.length && !names.includes(undefined);
  return new Map(value.map((entry, at) => [`[${areNamed ? names[at] : at}]`, entry]));
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
  return shown(isVariable ? maskVariable((path.at(-2) ?? "").slice(1, -1), text) : maskSecrets(text));
}
