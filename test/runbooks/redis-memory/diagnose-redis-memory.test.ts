import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fillUntilRefused, startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import type { Evidence } from "../../../src/domain/evidence.ts";
import { canonicalJson, type Json } from "../../../src/domain/json.ts";
import { diagnoseRedisMemory, diagnoseUnreachable } from "../../../src/runbooks/redis-memory/diagnose-redis-memory.ts";
import { investigate, type Done } from "./investigating.ts";

let lab: RedisLab;
let outcome: Done;

beforeAll(async () => {
  lab = await startRedis({ maxmemory: "8mb", policy: "noeviction" });
  await fillUntilRefused(lab, { database: 2, prefix: "test:", valueBytes: 100 });
  outcome = await investigate(lab);
});

afterAll(() => lab.stop());

test("saved evidence replays to the identical diagnosis", () => {
  const saved = JSON.stringify({ evidence: outcome.evidence, failures: outcome.failures });
  const { evidence, failures } = JSON.parse(saved);
  expect(diagnoseRedisMemory(evidence, failures)).toEqual(outcome.diagnosis);
});

test("the diagnosis can be stored: JSON without NaN, equal when read back", () => {
  const { suspects, ...rest } = outcome.diagnosis;
  const stored: Json = JSON.parse(JSON.stringify({ ...rest, suspects }));
  expect(() => canonicalJson(stored)).not.toThrow();
  expect(stored).toEqual({ ...rest, suspects });
});

test("each reason rests on evidence that there is", () => {
  const ids = new Set(outcome.evidence.map(({ id }) => id));
  const { finding, hypotheses } = outcome.diagnosis;
  for (const reason of [finding, ...hypotheses].flatMap((each) => [...each.for, ...each.against])) expect(ids).toContain(reason.evidenceId);
});

test("whatever of the evidence is missing, a diagnosis comes out, and it never claims more for having seen less", () => {
  const { evidence, diagnosis } = outcome;
  for (let mask = 0; mask < 2 ** evidence.length; mask += 1) {
    const left = evidence.filter((_each, index) => (mask & (1 << index)) !== 0);
    const { finding, hypotheses } = diagnoseRedisMemory(left, []);
    expect(["full-under-noeviction", "undetermined"]).toContain(finding.verdict);
    expect(finding.confidence).toBeLessThanOrEqual(diagnosis.finding.confidence);
    expect(JSON.stringify([finding, hypotheses])).not.toMatch(/NaN|undefined|Infinity|null/);
  }
});

test("evidence of another shape is a gap, not an error", () => {
  const odd: readonly Json[] = [
    null,
    1,
    "x",
    [],
    {},
    { nodes: 1 },
    { nodes: [{ address: "a" }] },
    { nodes: [{ address: "a", value: { used_memory: 5 } }] },
  ];
  for (const data of odd) {
    const evidence = outcome.evidence.map((each): Evidence => ({ ...each, data }));
    expect(diagnoseRedisMemory(evidence, []).finding.verdict).toBe("undetermined");
  }
});

test("INFO with odd values does not break it", () => {
  const fields = {
    used_memory: "-1",
    maxmemory: "1e99",
    maxmemory_policy: "",
    db0: "keys=,expires=x",
    db1: "keys=5,expires=9",
    errorstat_OOM: "count=",
    total_system_memory: "99999999999999999999",
  };
  const data = { nodes: [{ address: "a", value: fields }] };
  const evidence: Evidence = { id: "ev_1", step: "redis.info", collectedAtMs: 1, tookMs: 1, source: "redis/x", data };
  expect(diagnoseRedisMemory([evidence], []).finding.verdict).toBe("undetermined");
});

describe("what could not be looked at", () => {
  test.each([
    ["unreachable", "unreachable"],
    ["timed-out", "unreachable"],
    ["loading", "loading-data-set"],
    ["wrong-credentials", "wrong-credentials"],
    ["no-rights", "undetermined"],
    ["internal", "undetermined"],
  ] as const)("%s", (code, verdict) => {
    const { finding } = diagnoseUnreachable(code, "what was expected, what came");
    expect(finding.verdict).toBe(verdict);
    expect(finding.for[0]?.says).toBe("what was expected, what came");
  });

  test("connected, but every step failed", () => {
    const failures = [{ step: "redis.info", code: "unreachable", because: "the connection was closed", tookMs: 3 }] as const;
    expect(diagnoseRedisMemory([], failures).finding.verdict).toBe("unreachable");
  });
});
