import { expect, test } from "vitest";
import { parseLookBack } from "../../src/domain/look-back.ts";

test("a look back is a time with its unit, and no further than anything is kept", () => {
  expect(["30m", "2h", "30d", "1.5h"].map(parseLookBack)).toEqual([1_800_000, 7_200_000, 2_592_000_000, 5_400_000]);
  expect(["", "0s", "31d", "-1h", "2", "soon"].map(parseLookBack)).toEqual(Array(6).fill(undefined));
});
