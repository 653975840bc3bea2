import { expect, test } from "vitest";

import { unknownNode, type NodePicture, type Picture } from "../../../src/runbooks/redis-memory/picture.ts";
import { summarise } from "../../../src/runbooks/redis-memory/summary.ts";
import { censusOf, MIB, nodeWith } from "./pictures.ts";

function lines(node: NodePicture, more: Partial<Picture> = {}): ReadonlyMap<string, string> {
  const picture: Picture = { nodes: [node], health: undefined, database: undefined, missing: [], surroundingsId: "ev_around", ...more };
  return new Map(summarise(picture, node).map(({ label, value }) => [label, value]));
}

test("of a server of which nothing is known there is its address, and no line of zeros", () => {
  expect([...lines(unknownNode("10.0.0.5:6379"))]).toEqual([["Server", "10.0.0.5:6379"]]);
});

test("the database that was asked about comes first, however small; the rest by size, five of them", () => {
  const databases = Object.fromEntries([0, 1, 2, 3, 4, 5, 6].map((number) => [`db${number}`, `keys=${100 + number},expires=0`]));
  const labels = [...lines(nodeWith(databases), { database: 0 }).keys()].filter((label) => label.toLowerCase().includes("database"));
  expect(labels).toEqual(["Database 0 (asked about)", "Database 6", "Database 5", "Database 4", "Database 3", "Other databases"]);
});

test("a sample is told from a count", () => {
  const whole = lines(nodeWith({ db0: "keys=1000,expires=0" }, { census: [censusOf(0, { keys: 1000, prefix: "a:" })] }));
  expect(whole.get("Database 0")).toContain("all 1,000 looked at: 100% without a TTL");
  const sampled = lines(nodeWith({ db0: "keys=50000,expires=0" }, { census: [censusOf(0, { keys: 50_000, prefix: "a:" })] }));
  expect(sampled.get("Database 0")).toMatch(/sample of 1,000: 100% \(99\.\d% to 100%\) without a TTL/);
});

test("refusals are said with how many come now", () => {
  expect(lines(nodeWith({})).has("Refused with OOM")).toBe(false);
  const growth = { first: { errorstat_OOM: "count=10" }, second: { errorstat_OOM: "count=40" } };
  expect(lines(nodeWith({ errorstat_OOM: "count=40" }, { growth })).get("Refused with OOM")).toMatch(/^40 since start, 30 per second now/);
});

test("memory that shrinks is said to shrink", () => {
  const growth = { first: { used_memory: String(50 * MIB) }, second: { used_memory: String(40 * MIB) } };
  expect(lines(nodeWith({}, { growth })).get("Growth")).toBe("-10.0 MiB/s over 1.0 s, no database changed its number of keys");
});

test("what an investigation moves itself is not called growth", () => {
  const growth = { first: { used_memory: String(50 * MIB) }, second: { used_memory: String(50 * MIB + 130_000) } };
  expect(lines(nodeWith({}, { growth })).get("Growth")).toBe("none seen in 1.0 s: no database changed its number of keys");
});

test("what could not be read is named once, and who was not reached stands beside who was", () => {
  const gap = { step: "redis.clients", code: "no-rights", because: "NOPERM" };
  const missing = [{ address: "10.0.0.6:6379", because: "refuses connections" }];
  const seen = lines({ ...nodeWith({}), gaps: [gap, gap] }, { missing });
  expect(seen.get("Could not be read")).toBe("clients (no-rights)");
  expect(seen.get("Not reached: 10.0.0.6:6379")).toBe("refuses connections");
});
