import { describe, expect, it } from "vitest";
import { ownersByName } from "../../src/domain/pod-names.ts";

const named = (resource: "deploy" | "sts" | "ds" | "job" | "cronjob", name: string) => ({ resource, namespace: "shop", name });
const THERE = [
  named("deploy", "web"),
  named("deploy", "web-api"),
  named("sts", "pg"),
  named("ds", "agent"),
  named("job", "import"),
  named("cronjob", "report"),
];

describe("who named a pod", () => {
  it.each([
    ["web-7c9f8d6b5-x2x4b", "web"],
    ["web-api-7c9f8d6b5-x2x4b", "web-api"],
    ["pg-0", "pg"],
    ["agent-x2x4b", "agent"],
    ["import-x2x4b", "import"],
    ["import-3-x2x4b", "import"],
    ["report-28912345-x2x4b", "report"],
  ])("%s: %s", (pod, owner) => {
    expect(ownersByName(pod, THERE).map(({ name }) => name)).toEqual([owner]);
  });

  it.each(["web", "web-", "web-7c9f8d6b5", "web-7c9f8d6b5-aeiou", "pg-x", "other-0", ""])("nobody here: %j", (pod) => {
    expect(ownersByName(pod, THERE)).toEqual([]);
  });

  it("is left open between names of the same length", () => {
    expect(ownersByName("web-x2x4b", [named("ds", "web"), named("job", "web")])).toHaveLength(2);
  });
});
