import { expect, test } from "vitest";
import { oomEndsMs } from "../../src/domain/oom-ends.ts";
import type { RunState } from "../../src/domain/workload.ts";

const killed = (finishedAtMs: number): RunState => ({ kind: "terminated", reason: "OOMKilled", exitCode: 137, finishedAtMs });

test("ends for want of memory are told by both states, the earlier life first", () => {
  expect(oomEndsMs({ state: killed(9), lastState: killed(5) })).toEqual([5, 9]);
  expect(oomEndsMs({ state: { kind: "running" }, lastState: killed(5) })).toEqual([5]);
});

test("other ends, and one whose time is not known, are none", () => {
  expect(oomEndsMs({ state: { kind: "terminated", reason: "Error", exitCode: 137, finishedAtMs: 9 } })).toEqual([]);
  expect(oomEndsMs({ state: { kind: "terminated", reason: "OOMKilled", exitCode: 0 } })).toEqual([]);
  expect(oomEndsMs({})).toEqual([]);
});
