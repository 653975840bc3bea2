import { parseMoment } from "../domain/calm.ts";
import { treeAt } from "./name-checks.ts";
import type { Problem } from "./problem.ts";
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

function windowProblems(raw: RawDocument, index: number, { from, to, weekly }: Section): readonly Problem[] {
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

function unattendedProblems(raw: RawDocument, { mention, secondChannel }: Section): readonly Problem[] {
  if (!isAbsent(mention) || !isAbsent(secondChannel)) return [];
  return [{ key: raw.keyOf(["alerts", "unattended"]), expected: "mention, secondChannel or both", received: "neither" }];
}
