import { z } from "zod";
import { docOf, type SettingDoc } from "./setting-schema.ts";

export type Setting = {
  /** `redis.connections.<name>.url`, `access.policies[].approvers` as steps: `<name>` and `[]` stand for any. */
  readonly path: readonly string[];
  readonly doc: SettingDoc;
};

export type Path = readonly (string | number)[];

/** Every setting of a section, in the order of the schema. */
export function settingsOf(schema: z.ZodType, path: readonly string[] = []): readonly Setting[] {
  const doc = docOf(schema);
  if (doc !== undefined) return [{ path, doc }];
  return children(schema).flatMap(([step, child]) => settingsOf(child, [...path, step]));
}

/** The section or setting at a place in a document; undefined: there is none. */
export function schemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return bareOf(schema);
  const child = children(schema).find(([name]) => name === String(step) || name === "<name>" || name === "[]")?.[1];
  return child === undefined ? undefined : schemaAt(child, rest);
}

/** Names of the keys that a section knows; empty for a setting and for maps and lists. */
export function keysOf(schema: z.ZodType): readonly string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** Keys that are secret, of a section. */
export function secretKeysOf(schema: z.ZodType): readonly string[] {
  return children(schema).flatMap(([key, child]) => (docOf(child)?.secret === true ? [key] : []));
}

function children(schema: z.ZodType): readonly (readonly [string, z.ZodType])[] {
  const bare = bareOf(schema);
  if (bare instanceof z.ZodObject) return Object.entries(bare.shape).filter(isSchemaEntry);
  if (bare instanceof z.ZodRecord && bare.valueType instanceof z.ZodType) return [["<name>", bare.valueType]];
  if (bare instanceof z.ZodArray && bare.element instanceof z.ZodType) return [["[]", bare.element]];
  return [];
}

function bareOf(schema: z.ZodType): z.ZodType {
  const inner =
    docOf(schema) === undefined && (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault) ? schema.unwrap() : schema;
  return inner instanceof z.ZodType ? inner : schema;
}

function isSchemaEntry(entry: readonly [string, unknown]): entry is readonly [string, z.ZodType] {
  return entry[1] instanceof z.ZodType;
}
