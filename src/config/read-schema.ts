import { z } from "zod";
import { keysOf, schemaAt, secretKeysOf, type Path } from "./outline-schema.ts";
import { knownKeys, show, type Problem } from "./problem.ts";
import type { RawDocument } from "./raw-document.ts";
import { Document } from "./schema.ts";
import { docOf, isAbsent } from "./setting-schema.ts";

/** `document`: undefined where there are problems. */
export type Checked<Output> = { readonly document: Output | undefined; readonly problems: readonly Problem[] };

/** Reads a raw document by the schema; every problem is named by where to mend it. */
export function checkDocument<Output>(schema: z.ZodType<Output>, content: unknown, raw: RawDocument): Checked<Output> {
  const result = schema.safeParse(content);
  if (result.success) return { document: result.data, problems: [] };
  return { document: undefined, problems: result.error.issues.flatMap((issue) => explain(issue, content, raw)) };
}

function explain(issue: z.core.$ZodIssue, content: unknown, raw: RawDocument): readonly Problem[] {
  const path = issue.path.filter((step) => typeof step !== "symbol");
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey([...path, key], raw));
  if (raw.isBroken(path)) return [];
  const schema = schemaAt(Document, path);
  const doc = schema === undefined ? undefined : docOf(schema);
  const received = valueAt(content, path);
  const variable = doc?.env !== undefined && isAbsent(received) ? ` (${doc.env})` : "";
  return [
    {
      key: `${raw.keyOf(path)}${variable}`,
      expected: doc === undefined ? sectionWords(schema) : issue.message,
      received: doc !== undefined && isAbsent(received) ? "nothing: it is not set" : show(received, doc?.secret === true),
    },
  ];
}

function unknownKey(path: Path, raw: RawDocument): Problem {
  const schema = schemaAt(Document, path.slice(0, -1));
  const known = schema === undefined ? [] : [...keysOf(schema), ...secretKeysOf(schema).map((key) => `${key}File`)];
  return { key: raw.keyOf(path), expected: knownKeys(String(path.at(-1)), known), received: "a name that Oomph does not know" };
}

function sectionWords(schema: z.ZodType | undefined): string {
  const keys = schema === undefined ? [] : keysOf(schema);
  if (schema instanceof z.ZodArray) return "a list";
  return keys.length === 0 ? "another kind of value" : `a section with keys such as ${keys.slice(0, 3).join(", ")}`;
}

function valueAt(content: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined),
    content,
  );
}
