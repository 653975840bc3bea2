import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { decodeKey, encodeKey } from "../../../src/adapters/redis/key-names.ts";

test.each([
  ["user:42", "user:42"],
  ["ключ 🔑 é", "ключ 🔑 é"],
  ["back\\slash", "back\\\\slash"],
  ["\\x00", "\\\\x00"],
  ["two\nlines", "two\\x0alines"],
  ["\u202ereversed", "\\xe2\\x80\\xaereversed"],
  ["\ufeffmark", "\\xef\\xbb\\xbfmark"],
  ["", ""],
])("%j is written %s", (name, written) => {
  expect(encodeKey(Buffer.from(name))).toBe(written);
  expect(decodeKey(written)).toEqual(Buffer.from(name));
});

test("bytes that are not UTF-8 are written as escapes", () => {
  expect(encodeKey(Buffer.from([0x61, 0xff, 0x5c, 0x00]))).toBe("a\\xff\\\\\\x00");
});

test("random bytes come back as they were, and no two keys share a text", () => {
  const keys = Array.from({ length: 5000 }, (_, index) => randomBytes(index % 12));
  for (const key of keys) expect(decodeKey(encodeKey(key))).toEqual(key);
  expect(new Set(keys.map(encodeKey)).size).toBe(new Set(keys.map((key) => key.toString("hex"))).size);
});

test.each(["\\", "a\\b", "\\x1", "\\xzz", "\\\\\\"])("%s begins an escape that is none, and is refused", (text) => {
  expect(() => decodeKey(text)).toThrow(/Expected a key name in which a backslash is written/);
});
