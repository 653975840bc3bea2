import { afterEach, beforeEach, expect, test } from "vitest";
import { hearConsole } from "../../../src/adapters/log/hear-console.ts";
import { collectLog, type Logged } from "../../support/slack-app.ts";

const NAMES = ["log", "info", "warn", "error"] as const;
const before = new Map(NAMES.map((name) => [name, console[name]]));
const logged: Logged[] = [];

beforeEach(() => hearConsole(collectLog(logged)));
afterEach(() => {
  for (const [name, own] of before) console[name] = own;
});

test("what libraries print is logged once, however they print it", () => {
  console.warn("IMPORTANT! Eviction policy is %s.", "allkeys-lru");
  console.warn("IMPORTANT! Eviction policy is allkeys-lru.");
  console.error(new Error("broken").message, { code: 7 });
  console.log("started");
  expect(logged.map(({ level, fields, message }) => [level, fields["words"], message])).toEqual([
    ["warn", "IMPORTANT! Eviction policy is allkeys-lru.", "a library says"],
    ["warn", "broken { code: 7 }", "a library says"],
    ["warn", "started", "a library says"],
  ]);
});
