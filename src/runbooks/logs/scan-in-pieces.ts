import { setImmediate } from "node:timers/promises";
import type { LogTail } from "../../ports/containers.ts";
import type { UserPattern } from "./log-patterns.ts";
import { scanLog } from "./scan-log.ts";
import type { Logs, PatternHits } from "./schema.ts";

// Some twenty milliseconds of work: whoever else waits for this process is let in between.
const LINES_AT_ONCE = 1_000;

/** scanLog for a log of any length, letting others run meanwhile. A pattern that was given up once is not tried again. */
export async function scanInPieces({ lines, truncated }: LogTail, userPatterns: readonly UserPattern[]): Promise<Logs> {
  let all = scanLog({ lines: lines.slice(0, LINES_AT_ONCE), truncated }, userPatterns);
  for (let at = LINES_AT_ONCE; at < lines.length; at += LINES_AT_ONCE) {
    await setImmediate();
    const { givenUp } = all;
    const usable = userPatterns.filter(({ name }) => !givenUp.includes(name));
    all = joined(all, scanLog({ lines: lines.slice(at, at + LINES_AT_ONCE), truncated }, usable));
  }
  return all;
}

function joined(before: Logs, after: Logs): Logs {
  const hits = new Map(before.patterns.map((each) => [each.name, each]));
  for (const each of after.patterns) hits.set(each.name, sum(hits.get(each.name), each));
  return {
    ...before,
    ...(after.toMs === undefined ? {} : { toMs: after.toMs }),
    lines: before.lines + after.lines,
    patterns: [...hits.values()],
    givenUp: [...before.givenUp, ...after.givenUp],
  };
}

function sum(before: PatternHits | undefined, after: PatternHits): PatternHits {
  return before === undefined ? after : { ...after, count: before.count + after.count, firstAtMs: before.firstAtMs };
}
