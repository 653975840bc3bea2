import { z } from "zod";
import { parseBytes } from "../domain/bytes.ts";
import { dashed } from "../domain/dashed.ts";
import type { Json } from "../domain/json.ts";
import type { ActionDoc } from "../domain/plan.ts";
import { received } from "./words.ts";

/** Params as people type them (all text) or as a plan froze them (numbers, text and lists). */
export type ReadParams<Params> =
  | { readonly kind: "read"; readonly params: Params }
  | { readonly kind: "refused"; readonly because: string };

/** A size that was asked for: absolute, or a share on top of the present one. */
export type MemorySize = { readonly kind: "bytes"; readonly bytes: number } | { readonly kind: "rise"; readonly percent: number };

/** The parameters of a family of actions: by name, what each expects, which every refusal says. */
export function paramKinds<Name extends string>(expected: Readonly<Record<Name, string>>) {
  /** A parameter that is written as one word. `read` gives undefined for what it does not understand. */
  function field<Value>(name: Name, read: (text: string) => Value | undefined) {
    return z.union([z.string(), z.number(), z.boolean()]).transform((given, context): Value => {
      const value = read(String(given).trim());
      if (value !== undefined) return value;
      context.addIssue({ code: "custom", message: expected[name], input: given });
      return z.NEVER;
    });
  }

  function yesNo(name: Name) {
    return field(name, (text) => ({ yes: true, true: true, no: false, false: false })[text.toLowerCase()]);
  }

  /** Reads params; names may be written `keysPerSecond` or `keys-per-second`. Every problem is named at once. */
  function readParams<Params>(schema: z.ZodType<Params>, doc: ActionDoc, given: Readonly<Record<string, Json>>): ReadParams<Params> {
    const params = Object.fromEntries(Object.entries(given).map(([name, value]) => [camel(name), value]));
    const parsed = schema.safeParse(params);
    if (parsed.success) return { kind: "read", params: parsed.data };
    const problems = parsed.error.issues.flatMap((issue) => describeIssue(issue, params));
    return { kind: "refused", because: `${doc.id}: ${[...new Set(problems)].join("; ")}. ${known(doc)}` };
  }

  function describeIssue(issue: z.core.$ZodIssue, params: Readonly<Record<string, Json>>): readonly string[] {
    if (issue.code === "unrecognized_keys") return issue.keys.map((name) => `there is no parameter --${dashed(name)}`);
    const name = String(issue.path[0] ?? "");
    return [`--${dashed(name)} expected ${expectedOf(name)}, got ${received(params[name])}`];
  }

  function expectedOf(name: string): string {
    return Object.entries<string>(expected).find(([known]) => known === name)?.[1] ?? "something else";
  }

  return { field, yesNo, readParams };
}

/** A whole number of at least `least`. */
export function readWhole(text: string, least: number): number | undefined {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) && number >= least ? number : undefined;
}

/** `512mb`, `1048576` or `+50%`. */
export function readMemorySize(text: string): MemorySize | undefined {
  const rise = /^\+(\d{1,4})\s*%$/.exec(text)?.[1];
  if (rise !== undefined) return Number(rise) === 0 ? undefined : { kind: "rise", percent: Number(rise) };
  const size = parseBytes(text);
  return size === undefined ? undefined : { kind: "bytes", bytes: size };
}

function known(doc: ActionDoc): string {
  if (doc.params.length === 0) return "It takes no parameters.";
  const list = doc.params.map(({ name, says, required }) => `--${dashed(name)}${required ? " (required)" : ""}: ${says}`);
  return `It takes ${list.join("; ")}.`;
}

function camel(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
