import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { AlertResult } from "../../../src/cli/alert-result.ts";
import { explain } from "../../../src/cli/explain.ts";
import { decisionOn, type Scored } from "./score.ts";

const Expected = z.looseObject({
  memory_related: z.union([z.boolean(), z.literal("unknown"), z.literal("mixed")]),
  kind: z.string().optional(),
  node: z.string().nullish(),
  pod: z.string().nullish(),
  namespace: z.string().nullish(),
  process: z.string().nullish(),
  pid: z.number().nullish(),
  time: z.string().nullish(),
});

const Manifest = z.object({ items: z.array(z.looseObject({ file: z.string(), expected: z.looseObject({}) })) });

/** Alerts that others have recorded and labelled (MANIFEST.json), a reading each; none where there is no such folder. */
export function scoredSamples(folder: string): readonly Scored[] {
  const manifest = join(folder, "MANIFEST.json");
  if (!existsSync(manifest)) return [];
  const { items } = Manifest.parse(JSON.parse(readFileSync(manifest, "utf8")));
  return items
    .filter(({ file }) => file.startsWith("alerts/"))
    .map(({ file, expected }) => scoredSample(join(folder, file), file, Expected.parse(expected)));
}

function scoredSample(path: string, id: string, expected: z.infer<typeof Expected>): Scored {
  const { result } = explain(readFileSync(path, "utf8"));
  const alerts = result.kind === "alert" ? result.alerts : [];
  // Of a group of several the one that is about memory is labelled.
  const alert = alerts.find(({ memoryRelated }) => memoryRelated !== false) ?? alerts[0];
  const related: AlertResult["memoryRelated"] = expected.memory_related === "mixed" ? true : expected.memory_related;
  const kind = related === false ? "other" : (expected.kind ?? alert?.class ?? "other");
  const got = {
    class: alert?.class ?? "other",
    decision: alert === undefined ? "nothing" : decisionOn(alert.memoryRelated, alert.status),
  } as const;
  // Whether one that is about memory fires is not labelled.
  const wanted = { class: kind, decision: decisionOn(related, alert?.status ?? "firing") };
  const places = Object.entries({
    node: expected.node,
    pod: expected.pod,
    namespace: expected.namespace,
    process: expected.process,
    pid: expected.pid,
  });
  const told = Object.entries(alert?.target ?? {});
  const misplaced = places.flatMap(([key, place]) => {
    const found = told.find(([name]) => name === key)?.[1] ?? null;
    return place === undefined || place === found ? [] : [`${key} ${JSON.stringify(found)} for ${JSON.stringify(place)}`];
  });
  const late = typeof expected.time === "string" && Date.parse(expected.time) !== Date.parse(alert?.startsAt ?? "") ? ["time"] : [];
  const isTold = related !== false && (expected.time !== undefined || places.some(([, place]) => place !== undefined));
  return {
    id,
    expected: wanted,
    got,
    isClassRight: wanted.class === got.class,
    isTargetRight: isTold ? misplaced.length + late.length === 0 : undefined,
    isDecisionRight: wanted.decision === got.decision,
    differs: [
      ...(wanted.class === got.class ? [] : [`class ${got.class} for ${wanted.class}`]),
      ...(isTold ? [...misplaced, ...late] : []),
    ],
  };
}
