import { describe, expect, it } from "vitest";
import { REQUEST_TRANSITIONS } from "../../src/domain/action-request.ts";
import { INCIDENT_TRANSITIONS } from "../../src/domain/incident.ts";

describe.each([
  ["request", REQUEST_TRANSITIONS as Readonly<Record<string, readonly string[]>>, "pending"],
  ["incident", INCIDENT_TRANSITIONS as Readonly<Record<string, readonly string[]>>, "open"],
])("the states of a %s", (_name, transitions, start) => {
  it("can all be reached from the start", () => {
    const reached = new Set([start]);
    for (const state of reached) for (const next of transitions[state] ?? []) reached.add(next);
    expect([...reached].toSorted()).toEqual(Object.keys(transitions).toSorted());
  });
});

describe("the states of a request", () => {
  it("execute only what was approved", () => {
    const before = Object.entries(REQUEST_TRANSITIONS).filter(([, next]) => next.includes("executing"));
    expect(before.map(([state]) => state)).toEqual(["approved"]);
  });

  it.each(["succeeded", "ineffective", "failed", "unknown", "denied", "expired", "superseded", "cancelled"] as const)(
    "end with %s",
    (state) => {
      expect(REQUEST_TRANSITIONS[state]).toEqual([]);
    },
  );
});
