import { expect, test } from "vitest";
import { randomIds } from "../../../src/adapters/system/random-ids.ts";

test("long ids hold 130 bits, short ones can be typed", () => {
  expect(randomIds.next("req")).toMatch(/^req_[0-9a-hjkmnp-tv-z]{26}$/);
  expect(randomIds.nextShort("inc")).toMatch(/^inc_[0-9a-hjkmnp-tv-z]{8}$/);
});

test("none comes twice, and every letter is used", () => {
  const ids = Array.from({ length: 2000 }, () => randomIds.next("x"));
  expect(new Set(ids).size).toBe(2000);
  expect(new Set(ids.join("").replaceAll("x_", "")).size).toBe(32);
});
