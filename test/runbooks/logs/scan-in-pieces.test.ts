import { expect, test } from "vitest";
import { scanInPieces } from "../../../src/runbooks/logs/scan-in-pieces.ts";
import { scanLog } from "../../../src/runbooks/logs/scan-log.ts";

const TEXTS = ["fine", "worker process 7 exited on signal 9", "queue is full", "java.lang.OutOfMemoryError: Java heap space", "fine"];

function tail(count: number) {
  return {
    truncated: true,
    lines: Array.from({ length: count }, (_each, at) => ({ atMs: at, stream: "stdout" as const, text: `${TEXTS[at % 5]}` })),
  };
}

test.each([0, 1, 999, 1_000, 1_001, 5_432])("%d lines come to the same in pieces", async (count) => {
  const patterns = [{ name: "full queue", pattern: "queue is full" }];
  expect(await scanInPieces(tail(count), patterns)).toEqual(scanLog(tail(count), patterns));
});

test("others run meanwhile, and a pattern that ran away is tried once", async () => {
  const long = {
    truncated: false,
    lines: Array.from({ length: 3_000 }, (_each, at) => ({ atMs: at, stream: "stdout" as const, text: `${"a".repeat(40)}!` })),
  };
  let ticks = 0;
  const ticker = setInterval(() => (ticks += 1), 0);
  const { givenUp, lines } = await scanInPieces(long, [{ name: "run away", pattern: "(a|aa)+$" }]);
  clearInterval(ticker);
  expect(givenUp).toEqual(["run away"]);
  expect(lines).toBe(3_000);
  expect(ticks).toBeGreaterThan(0);
});
