import { expect, test } from "vitest";
import { groupByPrefix } from "../../../src/runbooks/redis-memory/group-keys.ts";

function groups(...keys: readonly string[]): readonly (readonly [string, number])[] {
  return groupByPrefix(keys.map((key) => ({ key }))).map(({ prefix, members }) => [prefix, members.length]);
}

function numbered(count: number, name: (index: number) => string): readonly string[] {
  return Array.from({ length: count }, (_, index) => name(index));
}

test("by the words before ids", () => {
  expect(groups(...numbered(30, (index) => `dedup:fingerprint:${index}`), ...numbered(20, (index) => `storm:${index}:state`))).toEqual([
    ["dedup:fingerprint:", 30],
    ["storm:", 20],
  ]);
});

test("a name in the second place that is different in each key is no prefix", () => {
  expect(groups(...numbered(50, (index) => `user:${String.fromCharCode(97 + (index % 26))}${"bcdefghi"[index % 8]}zz:cart`))).toEqual([
    ["user:", 50],
  ]);
});

test("two parts of one prefix are told apart, the rest stays together", () => {
  const keys = [
    ...numbered(50, (index) => `app:cart:${index}`),
    ...numbered(40, (index) => `app:page:${index}`),
    "app:misc:1",
    "app:other:2",
  ];
  expect(groups(...keys)).toEqual([
    ["app:cart:", 50],
    ["app:page:", 40],
    ["app:", 2],
  ]);
});

test.each([
  ["letters and a number", ["key000001", "key000002"], "key"],
  ["dashes", ["test-run-1", "test-run-2"], "test-run-"],
  ["dots", ["metrics.cpu.17", "metrics.cpu.18"], "metrics.cpu."],
  ["UUIDs", ["3f2b8c1e-2f7d-4f1e-9b8a-0c1d2e3f4a5b:x", "9c858901-8a57-4791-81fe-4c455b099bc9:x"], ""],
  ["hash tags of a cluster", ["{user1}:a", "{user2}:a"], ""],
  ["nothing", [""], ""],
])("%s", (_name, keys, prefix) => {
  expect(groups(...keys)).toEqual([[prefix, keys.length]]);
});

test("each key is in exactly one group, whatever the names", () => {
  const keys = numbered(500, (index) => `${"abc"[index % 3]}:${index % 7}:${"xy"[index % 2]}:${index}${"|./:"[index % 4]}`);
  expect(groups(...keys).reduce((sum, [, count]) => sum + count, 0)).toBe(500);
});
