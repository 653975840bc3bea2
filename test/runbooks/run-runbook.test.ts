import { expect, test, vi } from "vitest";
import { randomIds } from "../../src/adapters/system/random-ids.ts";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import { OomphError } from "../../src/domain/errors.ts";
import type { Evidence, StepProgress } from "../../src/domain/evidence.ts";
import type { Diagnosis } from "../../src/domain/finding.ts";
import type { Json } from "../../src/domain/json.ts";
import { notThere } from "../../src/runbooks/seen.ts";
import { runRunbook } from "../../src/runbooks/run-runbook.ts";
import type { Runbook, Step } from "../../src/runbooks/runbook.ts";

const TARGET = { kind: "redis", name: "cache" } as const;
const OPTIONS = { clock: systemClock, ids: randomIds };

function diagnosis(verdict: string): Diagnosis {
  return {
    finding: { verdict, headline: verdict, confidence: 0.5, for: [], against: [], advice: [] },
    hypotheses: [],
    summary: [],
    suspects: undefined,
    furtherSteps: [],
  };
}

function step(id: string, collect: Step["collect"], timeoutMs = 5_000): Step {
  return { id, title: `Title of ${id}`, timeoutMs, collect };
}

function runbookOf(steps: readonly Step[], more: Partial<Runbook> = {}) {
  const close = vi.fn<() => Promise<void>>(async () => undefined);
  const runbook: Runbook = {
    id: "test",
    title: "Test",
    targetKind: "redis",
    problem: "redis-memory",
    open: async () => ({ session: "session", source: "redis/cache (here)", close }),
    steps,
    diagnose: (evidence, failures) => diagnosis([...evidence, ...failures].map((each) => each.step).join()),
    diagnoseUnreachable: (code) => diagnosis(`away: ${code}`),
    ...more,
  };
  return { runbook, close };
}

test("what is asked is handed to whoever connects", async () => {
  const open = vi.fn<Runbook["open"]>(async () => ({ session: "session", source: "here", close: async () => undefined }));
  await runRunbook(runbookOf([], { open }).runbook, TARGET, { ...OPTIONS, asked: { backMs: 60_000 } });
  expect(open).toHaveBeenCalledWith(TARGET, { backMs: 60_000 });
});

test("steps run side by side; what failed is told and the rest is diagnosed", async () => {
  let second: (data: Json) => void = () => undefined;
  const { runbook, close } = runbookOf([
    step("a", () => new Promise((resolve) => (second = resolve))),
    step("b", async () => {
      second({ from: "a" });
      return { from: "b" };
    }),
    step("c", async () => {
      throw new OomphError("no-rights", "grant +info");
    }),
  ]);
  const told: (readonly StepProgress[])[] = [];
  const stored: Evidence[] = [];
  const outcome = await runRunbook(runbook, TARGET, {
    ...OPTIONS,
    onProgress: (steps) => told.push(steps),
    onEvidence: async (evidence) => void stored.push(evidence),
  });
  if (outcome.kind !== "done") throw new Error("expected a diagnosis");
  expect(outcome.evidence.map(({ step: id, data, source }) => [id, data, source])).toEqual([
    ["a", { from: "a" }, "redis/cache (here)"],
    ["b", { from: "b" }, "redis/cache (here)"],
  ]);
  expect(outcome.failures).toMatchObject([{ step: "c", code: "no-rights", because: "grant +info" }]);
  expect(outcome.diagnosis.finding.verdict).toBe("a,b,c");
  expect(stored).toHaveLength(2);
  expect(told[0]?.map(({ state }) => state.kind)).toEqual(["running", "waiting", "waiting"]);
  expect(told.at(-1)?.map(({ title, state }) => [title, state.kind])).toEqual([
    ["Title of a", "done"],
    ["Title of b", "done"],
    ["Title of c", "failed"],
  ]);
  expect(close).toHaveBeenCalledOnce();
});

test("a step that does not answer ends in time, its signal aborted", async () => {
  let signal: AbortSignal | undefined;
  const stuck = step(
    "stuck",
    (_session, given) => {
      signal = given;
      return new Promise(() => undefined);
    },
    20,
  );
  const { runbook, close } = runbookOf([stuck, step("quick", async () => 1)]);
  const outcome = await runRunbook(runbook, TARGET, OPTIONS);
  if (outcome.kind !== "done") throw new Error("expected a diagnosis");
  expect(outcome.failures).toMatchObject([{ step: "stuck", code: "timed-out" }]);
  expect(outcome.failures[0]?.because).toContain("within 20 ms");
  expect(outcome.evidence.map((evidence) => evidence.step)).toEqual(["quick"]);
  expect(signal?.aborted).toBe(true);
  expect(close).toHaveBeenCalledOnce();
});

test("a bug in a collector is a failure of its step too", async () => {
  const { runbook } = runbookOf([step("broken", async () => Promise.reject(new TypeError("x is not a function")))]);
  expect(await runRunbook(runbook, TARGET, OPTIONS)).toMatchObject({ kind: "done", failures: [{ step: "broken", code: "internal" }] });
});

test("a target that cannot be opened is diagnosed as such", async () => {
  const { runbook } = runbookOf([], { open: async () => Promise.reject(new OomphError("wrong-credentials", "the password was refused")) });
  expect(await runRunbook(runbook, TARGET, OPTIONS)).toMatchObject({
    kind: "unreachable",
    code: "wrong-credentials",
    because: "the password was refused",
    diagnosis: { finding: { verdict: "away: wrong-credentials" } },
  });
});

test("a bug while opening is thrown", async () => {
  const { runbook } = runbookOf([], { open: async () => Promise.reject(new TypeError("x is undefined")) });
  await expect(runRunbook(runbook, TARGET, OPTIONS)).rejects.toThrow(TypeError);
});

test("drained in the middle: it rejects with the reason, and closes", async () => {
  const drain = new AbortController();
  const { runbook, close } = runbookOf([
    step("slow", async () => {
      drain.abort(new Error("draining"));
      return new Promise(() => undefined);
    }),
  ]);
  await expect(runRunbook(runbook, TARGET, { ...OPTIONS, signal: drain.signal })).rejects.toThrow("draining");
  expect(close).toHaveBeenCalledOnce();
});

test("drained before the start: nothing is opened", async () => {
  const open = vi.fn<Runbook["open"]>();
  const { runbook } = runbookOf([], { open });
  await expect(runRunbook(runbook, TARGET, { ...OPTIONS, signal: AbortSignal.abort(new Error("draining")) })).rejects.toThrow("draining");
  expect(open).not.toHaveBeenCalled();
});

test("evidence that cannot be stored ends the run", async () => {
  const { runbook, close } = runbookOf([step("a", async () => 1)]);
  const onEvidence = () => Promise.reject(new OomphError("store-unavailable", "the store is away"));
  await expect(runRunbook(runbook, TARGET, { ...OPTIONS, onEvidence })).rejects.toThrow("the store is away");
  expect(close).toHaveBeenCalledOnce();
});

test("a step that finds nothing configured, or nothing there, is skipped, with what would be configured, and its evidence is kept", async () => {
  const check = { ...step("health", async () => ({ kind: "not-configured" })), skipped: "no check is configured" };
  const { runbook } = runbookOf([
    check,
    step("other", async () => ({ kind: "not-configured" })),
    step("log", async () => notThere("nobody writes one")),
  ]);
  const told: (readonly StepProgress[])[] = [];
  const outcome = await runRunbook(runbook, TARGET, { ...OPTIONS, onProgress: (steps) => told.push(steps) });
  expect(told.at(-1)?.map(({ state }) => state)).toEqual([
    { kind: "skipped", because: "no check is configured" },
    { kind: "done", tookMs: expect.any(Number) },
    { kind: "skipped", because: "nobody writes one" },
  ]);
  expect(outcome).toMatchObject({ kind: "done", failures: [], evidence: [{ step: "health" }, { step: "other" }, { step: "log" }] });
});
