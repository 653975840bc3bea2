import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fillUntilRefused, startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import type { Evidence } from "../../../src/domain/evidence.ts";
import type { Diagnosis } from "../../../src/domain/finding.ts";
import { canonicalJson, type Json } from "../../../src/domain/json.ts";
import { diagnoseRedisMemory, diagnoseUnreachable } from "../../../src/runbooks/redis-memory/diagnose-redis-memory.ts";
import { investigate, type Done } from "./investigating.ts";
import { SAVED, SAYS, savedWith, type Seen } from "./saved-evidence.ts";

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

test("one that refuses writes had no room", () => expect(outcome.diagnosis.hadRoom).toBeUndefined());

test("each reason rests on evidence that there is", () => {
  const ids = new Set(outcome.evidence.map(({ id }) => id));
  const { finding, hypotheses } = outcome.diagnosis;
  for (const reason of [finding, ...hypotheses].flatMap((each) => [...each.for, ...each.against])) expect(ids).toContain(reason.evidenceId);
});

// The readings of a live server differ from run to run; that leaving one out never makes the rest surer does not.
test.each(["saved", "live"])(
  "whatever is missing of %s evidence, a diagnosis comes out, and it never claims more for having seen less",
  (from) => {
    const evidence = from === "saved" ? SAVED : outcome.evidence;
    const found = diagnosedSubsets(evidence);
    for (const [mask, { finding, hypotheses }] of found.entries()) {
      expect(JSON.stringify([finding, hypotheses])).not.toMatch(/NaN|undefined|Infinity|null/);
      for (const [index, { id }] of evidence.entries()) {
        // Without this one: the same subset where it was not among it.
        const left = found[mask & ~(1 << index)]?.finding;
        if (left?.verdict !== finding.verdict || left.confidence <= finding.confidence) continue;
        expect(finding.against.map(({ evidenceId }) => evidenceId)).toContain(id);
      }
    }
  },
);

test("of a full server under noeviction, less evidence says the same or nothing", () => {
  const whole = diagnoseRedisMemory(SAVED, []).finding;
  expect(whole).toMatchObject({ verdict: "full-under-noeviction", confidence: 0.97, against: [] });
  for (const { finding } of diagnosedSubsets(SAVED)) {
    expect(["full-under-noeviction", "undetermined"]).toContain(finding.verdict);
    expect(finding.confidence).toBeLessThanOrEqual(whole.confidence);
  }
});

describe.each(["full", "near", "little"] as const)("with %s memory used", (used) => {
  describe.each(["noeviction", "volatile-lru", "allkeys-lru"])("under %s", (policy) => {
    const known = new Map<string, Diagnosis>();
    const diagnosed = (seen: Seen): Diagnosis => {
      const key = JSON.stringify(seen);
      const diagnosis = known.get(key) ?? diagnoseRedisMemory(savedWith({ used, policy }, seen), []);
      known.set(key, diagnosis);
      return diagnosis;
    };

    test("leaving out what was seen makes a verdict surer only where it spoke against", () => {
      for (const { seen, kind } of everyReading().filter((each) => each.seen[each.kind] !== "absent")) {
        const left = diagnosed({ ...seen, [kind]: "absent" }).finding;
        const { finding } = diagnosed(seen);
        if (left.verdict !== finding.verdict || left.confidence <= finding.confidence) continue;
        expect(finding.against.map(({ evidenceId }) => evidenceId)).toContain(ID_OF[kind]);
      }
    });

    test("not having looked is never surer than the best that a look could have shown", () => {
      for (const { seen, kind } of everyReading().filter((each) => each.seen[each.kind] === "absent")) {
        const { verdict, confidence } = diagnosed(seen).finding;
        if (verdict === "undetermined") continue;
        const looked = SAYS[kind].filter((says) => says !== "absent").map((says) => diagnosed({ ...seen, [kind]: says }));
        const same = looked.flatMap(({ finding, hypotheses }) => [finding, ...hypotheses]).filter((each) => each.verdict === verdict);
        expect(confidence).toBeLessThanOrEqual(Math.max(...same.map((each) => each.confidence)));
      }
    });
  });
});

const ID_OF = { probe: "ev_write_probe", growth: "ev_growth", census: "ev_census", clients: "ev_clients" };

/** Every combination of readings, with each of its kinds. */
function everyReading(): readonly { readonly seen: Seen; readonly kind: keyof Seen }[] {
  const all = SAYS.probe.flatMap((probe) =>
    SAYS.growth.flatMap((growth) =>
      SAYS.census.flatMap((census) => SAYS.clients.map((clients): Seen => ({ probe, growth, census, clients }))),
    ),
  );
  return all.flatMap((seen) => (["probe", "growth", "census", "clients"] as const).map((kind) => ({ seen, kind })));
}

/** The diagnosis of every subset: bit n of the index says that evidence n is among it. */
function diagnosedSubsets(evidence: readonly Evidence[]): readonly Diagnosis[] {
  return Array.from({ length: 2 ** evidence.length }, (_none, mask) =>
    diagnoseRedisMemory(
      evidence.filter((_each, index) => (mask & (1 << index)) !== 0),
      [],
    ),
  );
}

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
