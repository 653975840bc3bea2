import { expect, it } from "vitest";
import { labelsFor, labelsOutgrown, type EscalationEvent } from "../../src/domain/escalation.ts";

it("an issue has the labels of what is worst", () => {
  const names = (...events: EscalationEvent[]) => labelsFor("docker", events).map(({ name }) => name);
  expect(names("warning")).toEqual(["docker", "memory", "oom-risk", "priority:high"]);
  expect(names("leak")).toEqual(["docker", "memory", "memory-leak", "priority:high"]);
  expect(names("leak", "killed")).toEqual(["docker", "memory", "memory-leak", "oom-risk", "priority:critical"]);
  expect(labelsFor("redis", ["critical"]).map(({ name }) => name)).toEqual(["memory", "oom-risk", "priority:critical"]);
});

it("the lower priority goes when the higher comes", () => {
  expect(labelsOutgrown(labelsFor("docker", ["leak", "killed"]))).toEqual(["priority:high"]);
  expect(labelsOutgrown(labelsFor("docker", ["leak"]))).toEqual([]);
});

it("labels keep to GitHub's limits", () => {
  const all = labelsFor("docker", ["warning", "leak"]).concat(labelsFor("docker", ["killed"]));
  for (const { description, color } of all) {
    expect(description.length).toBeLessThanOrEqual(100);
    expect(color).toMatch(/^[0-9a-f]{6}$/);
  }
});
