import { expect, it } from "vitest";
import { keyBound } from "../../../src/actions/redis/bound.ts";

it("leaves room for coming and going, and stays once it is frozen", () => {
  const first = keyBound(10_000, {});
  expect(first).toEqual({ kind: "bound", atMostKeys: 13_000, params: { boundKeys: 13_000 }, grown: false });
  expect([0, 9_000, 13_000].map((count) => keyBound(count, { boundKeys: 13_000 }))).toEqual([first, first, first]);
});

it("grows with a database that has outgrown what was computed", () => {
  expect(keyBound(13_001, { boundKeys: 13_000 })).toMatchObject({ atMostKeys: 16_602, grown: true });
});

it("never goes above what somebody typed", () => {
  expect(keyBound(500, { atMostKeys: 500 })).toEqual({ kind: "bound", atMostKeys: 500, params: { atMostKeys: 500 }, grown: false });
  expect(keyBound(501, { atMostKeys: 500 })).toMatchObject({ kind: "refused", because: expect.stringContaining("at most 500 keys") });
});
