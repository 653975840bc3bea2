import { expect, test } from "vitest";
import { actionNamed } from "../../src/domain/named-action.ts";

const ACTIONS = [
  { id: "docker.restart", targetKind: "docker" },
  { id: "docker.set-memory-limit", targetKind: "docker" },
  { id: "redis.restart", targetKind: "redis" },
  { id: "redis.flush-db", targetKind: "redis" },
] as const;

test.each([
  ["redis.flush-db", "redis.flush-db"],
  ["flush-db", "redis.flush-db"],
  [" FLUSH-DB ", "redis.flush-db"],
  ["set-memory-limit", "docker.set-memory-limit"],
])("%j is the action %s", (typed, id) => {
  expect(actionNamed(typed, ACTIONS)).toEqual({ kind: "found", id });
});

test("a short name that two kinds of targets have is told by the target", () => {
  expect(actionNamed("restart", ACTIONS)).toEqual({ kind: "several", ids: ["docker.restart", "redis.restart"] });
  expect(actionNamed("restart", ACTIONS, "redis")).toEqual({ kind: "found", id: "redis.restart" });
  expect(actionNamed("flush-db", ACTIONS, "docker")).toEqual({ kind: "found", id: "redis.flush-db" });
});

test.each([
  ["flush", ["redis.flush-db"]],
  ["docker.set-memry-limit", ["docker.set-memory-limit"]],
  ["restrat", ["docker.restart", "redis.restart"]],
  ["docker.explode", []],
  ["zz", []],
])("what %j may have meant: %j", (typed, nearest) => {
  expect(actionNamed(typed, ACTIONS)).toEqual({ kind: "none", nearest });
});
