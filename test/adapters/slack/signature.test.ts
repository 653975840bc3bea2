import { describe, expect, test } from "vitest";
import { isFromSlack } from "../../../src/adapters/slack/signature.ts";

// Computed by hand: printf 'v0:1700000000:command=%%2Foom&text=help' | openssl dgst -sha256 -hmac 'made-up-signing-secret'
const SECRET = "made-up-signing-secret";
const SIGNED = {
  timestamp: "1700000000",
  signature: "v0=448f1d7c8121d122ceabb9b868415d9ccc1daae83d51cc4e84acf8728fb54977",
  body: Buffer.from("command=%2Foom&text=help"),
};
const AT_MS = 1_700_000_000_000;

describe("isFromSlack", () => {
  test("a signature that openssl made", () => expect(isFromSlack(SIGNED, SECRET, AT_MS)).toBe(true));

  test.each([
    ["another body", { ...SIGNED, body: Buffer.from("x") }, AT_MS],
    ["another time than was signed", { ...SIGNED, timestamp: "1700000001" }, AT_MS],
    ["no signature", { ...SIGNED, signature: "" }, AT_MS],
    ["an unknown version", { ...SIGNED, signature: SIGNED.signature.replace("v0", "v1") }, AT_MS],
    ["a time that is none", { ...SIGNED, timestamp: "NaN" }, AT_MS],
    ["5 minutes and a second later", SIGNED, AT_MS + 301_000],
    ["5 minutes and a second ahead", SIGNED, AT_MS - 301_000],
  ])("refuses %s", (_, signed, nowMs) => {
    expect(isFromSlack(signed, SECRET, nowMs)).toBe(false);
  });

  test("refuses another secret", () => expect(isFromSlack(SIGNED, "another", AT_MS)).toBe(false));

  test("5 minutes are not too old", () => expect(isFromSlack(SIGNED, SECRET, AT_MS + 300_000)).toBe(true));
});
