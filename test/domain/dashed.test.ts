import { expect, it } from "vitest";
import { dashed } from "../../src/domain/dashed.ts";

it("dashed writes a parameter as it is typed", () => {
  expect(["ttl", "atMostKeys", "keysPerSecond"].map(dashed)).toEqual(["ttl", "at-most-keys", "keys-per-second"]);
});
