import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { fill, startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import { randomIds } from "../../../src/adapters/system/random-ids.ts";
import { systemClock } from "../../../src/adapters/system/system-clock.ts";
import type { HttpCheck } from "../../../src/ports/http-check.ts";
import { redisMemoryRunbook } from "../../../src/runbooks/redis-memory/index.ts";
import { runRunbook } from "../../../src/runbooks/run-runbook.ts";
import { serversFor, single } from "../../adapters/redis/lab.ts";

let lab: RedisLab;

beforeAll(async () => {
  lab = await startRedis();
  await fill(lab, { keys: 30_000, valueBytes: 50 });
});

afterAll(() => lab.stop());

function run(httpCheck: HttpCheck, healthUrl?: string) {
  const { servers } = serversFor(single(lab.port, healthUrl === undefined ? {} : { healthUrl }));
  const runbook = redisMemoryRunbook({ servers, clock: systemClock, censusBudgetMs: 100, growthIntervalMs: 50, httpCheck });
  return runRunbook(runbook, { kind: "redis", name: "examined" }, { clock: systemClock, ids: randomIds });
}

test("the health URL is asked where there is one, and what it answers stands in the summary", async () => {
  const asked = vi.fn<HttpCheck>(async () => ({ kind: "answered", status: 503, tookMs: 7 }));
  const outcome = await run(asked, "http://127.0.0.1:1/health");
  expect(asked).toHaveBeenCalledWith("http://127.0.0.1:1/health", 2_000);
  expect(outcome.diagnosis.summary).toContainEqual({ label: "Health URL", value: "answered 503 in 7 ms" });
});

test("without one nobody is asked and nothing is said", async () => {
  const asked = vi.fn<HttpCheck>();
  const outcome = await run(asked);
  expect(outcome).toMatchObject({ kind: "done", failures: [], diagnosis: { hadRoom: true } });
  expect(asked).not.toHaveBeenCalled();
  expect(outcome.diagnosis.summary.map(({ label }) => label)).not.toContain("Health URL");
});

test("the census keeps to its time box and to commands that hurt nobody", async () => {
  await lab.client.config("RESETSTAT");
  const outcome = await run(vi.fn<HttpCheck>());
  const stats = await lab.client.info("commandstats");
  const calls = (command: string) => Number(new RegExp(`cmdstat_${command.replace("|", "\\|")}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
  expect(outcome.kind).toBe("done");
  expect(calls("scan")).toBeGreaterThan(0);
  // 100 ms with a pause of 10 ms after each batch.
  expect(calls("scan")).toBeLessThanOrEqual(12);
  expect(calls("keys") + calls("debug") + calls("get") + calls("flushdb") + calls("del")).toBe(0);
  expect(await lab.client.dbsize()).toBe(30_000);
});
