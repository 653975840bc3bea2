import { expect, test } from "vitest";
import { parseBytesQuantity, parseQuantity } from "../../src/domain/quantity.ts";

test.each([
  ["128974848", 128_974_848],
  ["129e6", 129_000_000],
  ["129M", 129_000_000],
  ["123Mi", 128_974_848],
  ["128974848000m", 128_974_848],
  ["1.5Gi", 1_610_612_736],
  [".5Ki", 512],
  ["1E", 1e18],
  ["2E3", 2000],
  [64, 64],
])("%s is %d bytes", (text, bytes) => {
  expect(parseBytesQuantity(text)).toBe(bytes);
});

test("cores may be thousandths", () => {
  expect(parseQuantity("250m")).toBe(0.25);
  expect(parseQuantity("1234567890n")).toBeCloseTo(1.234, 2);
});

test.each(["", "much", "12 Mi", "1KiB", "--1", "1e"])("%j is no quantity", (text) => {
  expect(parseQuantity(text)).toBeUndefined();
});
