import { z } from "zod";
import { ALERT_CLASSES, ALERT_SOURCES, SEVERITIES } from "../domain/alert.ts";
import { maintenance, quietHours, unattended } from "./calm-schema.ts";
import { oneOf, text } from "./kinds.ts";
import { optional, setting, type SettingKind } from "./setting-schema.ts";

const MOST_PATTERNS = 200;
const MOST_CHARACTERS = 200;

/** One or several. A text with a comma in it is one. */
const patterns: SettingKind<readonly string[]> = {
  expected: `a list of 1 to ${MOST_PATTERNS} texts of at most ${MOST_CHARACTERS} characters, in which \`*\` stands for anything (no regular expressions)`,
  read: patternsIn,
};

const groups: SettingKind<readonly (readonly string[])[]> = {
  expected: "a list of lists of texts, such as [[redis*, valkey*], [memory, oom]]: of each list one part of the name must fit",
  read(value) {
    if (!Array.isArray(value) || value.length === 0 || value.length > MOST_PATTERNS) return undefined;
    const given: readonly unknown[] = value;
    const read = given.map(patternsIn).filter((group) => group !== undefined);
    return read.length === given.length ? read : undefined;
  },
};

const ruleId: SettingKind<string> = {
  expected: "a name of small letters, digits and hyphens, such as batch-jobs",
  read: (value) => (typeof value === "string" && /^[a-z0-9][a-z0-9-]{0,62}$/.test(value) ? value : undefined),
};

const sources: SettingKind<readonly (typeof ALERT_SOURCES)[number][]> = {
  expected: `a list out of ${ALERT_SOURCES.join(", ")}`,
  read(value) {
    const given = patternsIn(value);
    const known = (given ?? []).flatMap((name) => ALERT_SOURCES.find((source) => source === name) ?? []);
    return given !== undefined && known.length === given.length ? known : undefined;
  },
};

function patternsIn(value: unknown): readonly string[] | undefined {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  const fitting = given.filter((item) => typeof item === "string" && item.trim() !== "" && item.length <= MOST_CHARACTERS);
  const isAll = fitting.length === given.length && given.length > 0 && given.length <= MOST_PATTERNS;
  return isAll ? fitting.filter((item) => typeof item === "string") : undefined;
}

const condition = z.strictObject({
  name: optional(patterns, { says: "Patterns for the alert's whole name, in which only letters and digits count: `HighMemory*`" }),
  parts: optional(groups, { says: "Patterns for the parts of its name: `KubePodOOMKilled` has the parts kube, pod, oom, killed" }),
  labels: z
    .record(z.string(), setting(patterns, { says: "Patterns for the value of the label of this name, which must be there" }))
    .optional(),
  phrases: optional(patterns, { says: "Whole words in its name or text; with `*` at an end they may go on there" }),
  sentence: z
    .strictObject({
      of: setting(patterns, { says: "Words, and" }),
      near: setting(patterns, { says: "other words that stand on the same line, at most 120 characters away" }),
    })
    .optional(),
  metric: optional(patterns, { says: "Patterns for the name of what is measured" }),
  source: optional(sources, { says: "Who sends" }),
});

const verdict = z.strictObject({
  memory: setting(oneOf("yes", "no", "unsure"), { says: "`no` silences it, `unsure` offers to look", expected: "one of yes, no, unsure" }),
  class: optional(oneOf(...ALERT_CLASSES), { says: "What kind of trouble it tells of; `memory_high` where nothing is said" }),
  about: optional(oneOf("redis", "container", "workload", "node", "unknown"), { says: "Whose memory; else told by what the alert names" }),
  severity: optional(oneOf(...SEVERITIES), { says: "How bad it is, whatever its sender says" }),
  nobody: optional(oneOf("yes", "no", "unsure"), { says: "Taken instead of `memory` where the alert names nobody" }),
});

const rule = z.strictObject({
  id: setting(ruleId, { says: "Told where the rule has decided" }),
  says: setting(text, { says: "What it recognises, for people", fallback: "a rule of the configuration" }),
  when: z.array(condition),
  unless: z.array(condition).optional(),
  verdict,
});

export const alerts = z
  .strictObject({
    rules: z.array(rule).prefault([]),
    maintenance,
    quietHours,
    unattended,
  })
  .prefault({});

export type AlertsDocument = z.output<typeof alerts>;
