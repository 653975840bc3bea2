import { describe, expect, it } from "vitest";
import { formatBytes, parseBytes, typedBytes } from "../../src/domain/bytes.ts";

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [1536, "1.5 KiB"],
    [268_435_456, "256.0 MiB"],
    [-2_147_483_648, "-2.0 GiB"],
    [3 * 1024 ** 5, "3072.0 TiB"],
  ])("%d is %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe("typedBytes", () => {
  it.each([
    [0, "0b"],
    [2_147_483_648, "2g"],
    [1_610_612_736, "1536m"],
    [5_242_880_000, "5000m"],
    [130_048, "127k"],
    [1_000_001, "1000001b"],
  ])("%d is %s, and read back as the same", (bytes, text) => {
    expect(typedBytes(bytes)).toBe(text);
    expect(parseBytes(text)).toBe(bytes);
  });
});

describe("parseBytes", () => {
  it.each([
    ["256mb", 268_435_456],
    ["1.5 GiB", 1_610_612_736],
    ["1048576", 1_048_576],
    ["0", 0],
    [" 64 k ", 65_536],
  ])("%s is %d bytes, units being powers of 1024 as in redis.conf", (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it.each(["", "-1", "1e9", "12 parsecs", "0x10", "1,5 GiB", "99999999999 TiB"])("refuses %j", (text) => {
    expect(parseBytes(text)).toBeUndefined();
  });
});
