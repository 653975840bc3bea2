import type { AlertResult, ExplainedAlert } from "../../../src/cli/alert-result.ts";
import { explain } from "../../../src/cli/explain.ts";
import type { ExpectedAlert, LabelledAlert } from "./labelled-alerts.ts";

/** What is done about an alert: a thread, a quiet offer, the incident's end, or nothing. */
export type Decision = "thread" | "offer" | "resolve" | "nothing";

export type Scored = {
  readonly id: string;
  readonly expected: { readonly class: string; readonly decision: Decision };
  readonly got: { readonly class: string; readonly decision: Decision };
  readonly isClassRight: boolean;
  /** Undefined: nothing is expected of the target. */
  readonly isTargetRight: boolean | undefined;
  readonly isDecisionRight: boolean;
  /** What differs, for people; empty where all is right. */
  readonly differs: readonly string[];
};

/** Reads an input as `oomph explain` does, and compares it with what is expected, alert by alert. */
export function scoreOf({ id, input, expect }: LabelledAlert): readonly Scored[] {
  const { result } = explain(typeof input === "string" ? input : JSON.stringify(input));
  const alerts = result.kind === "alert" ? result.alerts : [];
  return expect.map((expected, index) => scored(expect.length > 1 ? `${id} (${index + 1})` : id, expected, alerts[index]));
}

function scored(id: string, expected: ExpectedAlert, alert: ExplainedAlert | undefined): Scored {
  const wanted = { class: expected.class, decision: decisionOn(expected.memory, expected.status ?? "firing") };
  const got = {
    class: alert?.class ?? "other",
    decision: alert === undefined ? "nothing" : decisionOn(alert.memoryRelated, alert.status),
  } as const;
  const misplaced =
    alert === undefined ? Object.keys(expected.target ?? {}).map((key) => `${key} not read`) : differencesOf(expected, alert);
  const isTold = expected.target !== undefined || expected.startsAt !== undefined || expected.severity !== undefined;
  return {
    id,
    expected: wanted,
    got,
    isClassRight: wanted.class === got.class,
    isTargetRight: isTold ? misplaced.length === 0 : undefined,
    isDecisionRight: wanted.decision === got.decision,
    differs: [
      ...(wanted.class === got.class ? [] : [`class ${got.class} for ${wanted.class}`]),
      ...(wanted.decision === got.decision ? [] : [`decision ${got.decision} for ${wanted.decision}`]),
      ...misplaced,
    ],
  };
}

/** A resolved alert that is not about memory is nothing too. */
export function decisionOn(memory: AlertResult["memoryRelated"], status: "firing" | "resolved"): Decision {
  if (memory === false) return "nothing";
  if (status === "resolved") return "resolve";
  return memory === true ? "thread" : "offer";
}

function differencesOf({ target = {}, severity, startsAt }: ExpectedAlert, alert: ExplainedAlert): readonly string[] {
  const places = Object.entries(target).flatMap(([key, wanted]) => {
    const found = placeOf(alert, key);
    return isAsWanted(found, wanted) ? [] : [`${key} ${JSON.stringify(found)} for ${JSON.stringify(wanted)}`];
  });
  return [
    ...places,
    ...(severity === undefined || alert.severity === severity ? [] : [`severity ${alert.severity ?? "none"} for ${severity}`]),
    ...(startsAt === undefined || alert.startsAt === startsAt ? [] : [`time ${alert.startsAt ?? "none"} for ${startsAt}`]),
  ];
}

function placeOf({ target }: ExplainedAlert, key: string): unknown {
  if (key === "owner") return target.owner === null ? null : `${target.owner.resource}/${target.owner.name}`;
  if (key === "hosts") return target.node === null ? [] : [target.node];
  return Object.entries(target).find(([name]) => name === key)?.[1] ?? null;
}

function isAsWanted(found: unknown, wanted: unknown): boolean {
  if (!Array.isArray(wanted) || !Array.isArray(found)) return isSamePlace(found, wanted);
  const list: readonly unknown[] = wanted;
  return wanted.length === 0 ? found.length === 0 : list.every((one) => found.some((name) => isSamePlace(name, one)));
}

/** An address is the same place with and without the scheme and the port that the label leaves out. */
function isSamePlace(found: unknown, wanted: unknown): boolean {
  if (typeof found !== "string" || typeof wanted !== "string") return found === wanted;
  return found === wanted || found.replace(/^\w+:\/\//, "") === wanted || found.replace(/^\w+:\/\//, "").replace(/:\d+$/, "") === wanted;
}
