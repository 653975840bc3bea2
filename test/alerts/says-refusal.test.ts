import { expect, test } from "vitest";
import { createJudge } from "../../src/alerts/judge.ts";
import { readAlert } from "../../src/alerts/read-alert.ts";

const judge = createJudge();
const refuses = (text: string) => readAlert({ text }, judge).alerts[0]?.refusesWrites;

test.each([
  "redis sessions: OOM command not allowed when used memory > 'maxmemory'.",
  "redis sessions is full and refuses writes",
  "redis sessions: -OOM allow-oom flag is not set on the script, can not run it when used memory > maxmemory",
  "redis sessions has reached maxmemory, writes are being rejected",
])("an alert says that writes are refused: %s", (text) => expect(refuses(text)).toBe(true));

test.each(["redis sessions memory usage is 76%", "redis sessions memory usage is high, it is not refusing writes yet"])(
  "and does not: %s",
  (text) => expect(refuses(text)).toBeUndefined(),
);
