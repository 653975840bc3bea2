import { parseMoment } from "../domain/calm.ts";
import { unknownWord } from "../domain/known-words.ts";
import { WORKLOAD_RESOURCES } from "../domain/target.ts";
import { treeAt } from "./name-checks.ts";
import { show, type Problem } from "./problem.ts";
import type { RawDocument } from "./raw-document.ts";
import { isAbsent } from "./setting-schema.ts";
import { isTree } from "./yaml-file.ts";

/** What only two settings together show to be wrong in maintenance windows, quiet hours and calls for help. */
export function calmChecks(raw: RawDocument): readonly Problem[] {
  const alerts = treeAt(raw.content, "alerts");
  const { maintenance, quietHours, unattended } = alerts;
  const windows: readonly unknown[] = Array.isArray(maintenance) ? maintenance : [];
  return [
    ...windows.flatMap((window, index) => (isTree(window) ? windowProblems(raw, index, window) : [])),
    ...(isTree(quietHours) ? hoursProblems(raw, quietHours) : []),
    ...(isTree(unattended) ? unattendedProblems(raw, unattended) : []),
  ];
}

type Section = Readonly<Record<string, unknown>>;

function windowProblems(raw: RawDocument, index: number, window: Section): readonly Problem[] {
  return [...timeProblems(raw, index, window), ...scopeProblems(raw, index, window)];
}

const KINDS = ["redis", "docker", "node", ...WORKLOAD_RESOURCES] as const;
const PATTERN = new RegExp(`^(?:[\\w.-]+:)?(?:${KINDS.join("|")})/[^*]*\\*?$`);

/** What can never fit: a target without its kind, words for severity or class that no alert has. */
function scopeProblems(raw: RawDocument, index: number, { targets, labels }: Section): readonly Problem[] {
  const at = (...rest: readonly string[]): string => raw.keyOf(["alerts", "maintenance", index, ...rest]);
  const given: readonly unknown[] = Array.isArray(targets) ? targets : [];
  const wrong = given.filter((item) => typeof item === "string" && item !== "*" && !PATTERN.test(item));
  const kinds = `a kind (${KINDS.join(", ")}) before the name and \`*\` at most at its end, such as docker/kong or deploy/shop/*`;
  return [
    ...wrong.map((item) => ({ key: at("targets"), expected: kinds, received: show(item, false) })),
    ...(isTree(labels) ? labelProblems(labels, (name) => at("labels", name)) : []),
  ];
}

function labelProblems(labels: Section, at: (name: string) => string): readonly Problem[] {
  return Object.entries(labels).flatMap(([name, value]) => {
    const expected = typeof value === "string" && !value.endsWith("*") ? unknownWord(name, value) : undefined;
    return expected === undefined ? [] : [{ key: at(name), expected, received: show(value, false) }];
  });
}

function timeProblems(raw: RawDocument, index: number, { from, to, weekly }: Section): readonly Problem[] {
  const key = raw.keyOf(["alerts", "maintenance", index]);
  const [once, each] = [!isAbsent(from) || !isAbsent(to), !isAbsent(weekly)];
  if (once === each) return [{ key, expected: "either weekly, or from and to", received: once ? "both" : "neither" }];
  if (each) return [];
  if (isAbsent(from) || isAbsent(to)) return [{ key, expected: "from and to", received: isAbsent(from) ? "to alone" : "from alone" }];
  const [fromMs, toMs] = [parseMoment(String(from)), parseMoment(String(to))];
  if (fromMs === undefined || toMs === undefined || fromMs < toMs) return [];
  return [{ key: raw.keyOf(["alerts", "maintenance", index, "to"]), expected: `a time after ${String(from)}`, received: String(to) }];
}

function hoursProblems(raw: RawDocument, { from, to }: Section): readonly Problem[] {
  if (isAbsent(from) || from !== to) return [];
  return [{ key: raw.keyOf(["alerts", "quietHours", "to"]), expected: "another time than from", received: String(to) }];
}

function unattendedProblems(raw: RawDocument, unattended: Section): readonly Problem[] {
  const { mention, secondChannel, afterMinutes = 10, afterMinutesSecond = 30 } = unattended;
  if (!isAbsent(mention) && !isAbsent(secondChannel) && Number(afterMinutesSecond) < Number(afterMinutes)) {
    const key = raw.keyOf(["alerts", "unattended", "afterMinutesSecond"]);
    return [{ key, expected: `no less than afterMinutes (${String(afterMinutes)})`, received: String(afterMinutesSecond) }];
  }
  if (!isAbsent(mention) || !isAbsent(secondChannel)) return timesOfNothing(raw, unattended);
  return [{ key: raw.keyOf(["alerts", "unattended"]), expected: "mention, secondChannel or both", received: "neither" }];
}

/** When somebody is to be called of whom nothing is said. */
function timesOfNothing(raw: RawDocument, unattended: Section): readonly Problem[] {
  const calls = [
    ["mention", "afterMinutes"],
    ["secondChannel", "afterMinutesSecond"],
  ] as const;
  return calls
    .filter(([whom, when]) => isAbsent(unattended[whom]) && !isAbsent(unattended[when]))
    .map(([whom, when]) => ({
      key: raw.keyOf(["alerts", "unattended", when]),
      expected: `${whom} beside it, whom it is about`,
      received: "nothing",
    }));
}
