/** What an investigation does to the Redis that it looks at: GET latency of somebody else, with and without one. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { constants, setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { createKeyValueServers } from "../../src/adapters/redis/key-value-servers.ts";
import { randomIds } from "../../src/adapters/system/random-ids.ts";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import type { Log } from "../../src/ports/log.ts";
import { redisMemoryRunbook } from "../../src/runbooks/redis-memory/index.ts";
import { runRunbook } from "../../src/runbooks/run-runbook.ts";
import { fill, startRedis, type RedisLab } from "../lab/redis.ts";
import { median } from "./figures.ts";

export type DisturbanceFigures = {
  readonly keys: number;
  readonly rounds: number;
  /** disturbedP99Ms of undisturbedP99Ms. */
  readonly p99Ratio: number;
  /** Medians over the rounds. */
  readonly undisturbedP99Ms: number;
  readonly disturbedP99Ms: number;
  /** Median and slowest time from the start of an investigation to its verdict. */
  readonly verdictMs: number;
  readonly slowestVerdictMs: number;
  /** GETs measured on either side. */
  readonly undisturbedGets: number;
  readonly disturbedGets: number;
  /** Keys that one investigation looked at. */
  readonly sampledKeys: number;
};

const KEYS = 1_000_000;
const ROUNDS = 9;
// As long as two investigations take, so that either side has about as many GETs.
const INVESTIGATIONS_PER_ROUND = 2;
const WARM_UP_MS = 2_000;
const CENSUS_BUDGET_MS = 1_000;

type Round = { readonly undisturbed: readonly number[]; readonly disturbed: readonly number[]; readonly verdictsMs: readonly number[] };

/** Alternates undisturbed and disturbed spells, so that whatever else the machine does falls on both. */
export async function benchDisturbance(): Promise<DisturbanceFigures> {
  const lab = await startRedis({ maxmemory: "1gb", policy: "noeviction" });
  await fill(lab, { keys: KEYS, prefix: "user:", valueBytes: 100 });
  const load = fork(new URL("get-load.ts", import.meta.url), [String(lab.port), String(KEYS)], {
    execArgv: ["--import", "tsx"],
    serialization: "advanced",
  });
  try {
    await once(load, "spawn");
    // The server's answers are measured, not how two clients share a core: the investigating one goes behind.
    setPriority(constants.priority.PRIORITY_LOW);
    await sleep(WARM_UP_MS);
    const first = await investigate(lab);
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measureRound(lab, load, round % 2 === 0));
    const undisturbedP99Ms = median(rounds.map(({ undisturbed }) => p99(undisturbed)));
    const disturbedP99Ms = median(rounds.map(({ disturbed }) => p99(disturbed)));
    const verdictsMs = rounds.flatMap((round) => round.verdictsMs);
    return {
      keys: KEYS,
      rounds: ROUNDS,
      p99Ratio: disturbedP99Ms / undisturbedP99Ms,
      undisturbedP99Ms,
      disturbedP99Ms,
      verdictMs: median(verdictsMs),
      slowestVerdictMs: Math.max(...verdictsMs),
      undisturbedGets: rounds.reduce((sum, { undisturbed }) => sum + undisturbed.length, 0),
      disturbedGets: rounds.reduce((sum, { disturbed }) => sum + disturbed.length, 0),
      sampledKeys: first.sampledKeys,
    };
  } finally {
    load.disconnect();
    await lab.stop();
    restorePriority();
  }
}

/** Only root may take its priority back; without that the parts after this one run behind others, which they are alone. */
function restorePriority(): void {
  try {
    setPriority(constants.priority.PRIORITY_NORMAL);
  } catch {
    process.stderr.write("the rest of this run keeps its low priority\n");
  }
}

async function measureRound(lab: RedisLab, load: ChildProcess, quietFirst: boolean): Promise<Round> {
  if (quietFirst) {
    const undisturbed = await quietSpell(load);
    return { undisturbed, ...(await busySpell(lab, load)) };
  }
  const busy = await busySpell(lab, load);
  return { ...busy, undisturbed: await quietSpell(load) };
}

async function quietSpell(load: ChildProcess): Promise<readonly number[]> {
  await report(load);
  await sleep(INVESTIGATIONS_PER_ROUND * CENSUS_BUDGET_MS * 1.2);
  return report(load);
}

async function busySpell(lab: RedisLab, load: ChildProcess) {
  await report(load);
  const verdictsMs: number[] = [];
  for (let index = 0; index < INVESTIGATIONS_PER_ROUND; index += 1) verdictsMs.push((await investigate(lab)).verdictMs);
  return { disturbed: await report(load), verdictsMs };
}

async function investigate({ host, port }: RedisLab): Promise<{ readonly verdictMs: number; readonly sampledKeys: number }> {
  const settings = {
    name: "examined",
    topology: { kind: "single", host, port },
    database: 0,
    connectTimeoutMs: 5_000,
    commandTimeoutMs: 5_000,
    aliases: [],
  } as const;
  const servers = createKeyValueServers([settings], { log: silent });
  const runbook = redisMemoryRunbook({ servers, clock: systemClock, censusBudgetMs: CENSUS_BUDGET_MS });
  const startedMs = performance.now();
  const outcome = await runRunbook(runbook, { kind: "redis", name: "examined" }, { clock: systemClock, ids: randomIds });
  const verdictMs = performance.now() - startedMs;
  if (outcome.kind !== "done" || outcome.failures.length > 0)
    throw new Error("Expected an investigation without failures; look at the server's log.");
  const census = JSON.stringify(outcome.evidence.find(({ step }) => step === "redis.census")?.data);
  return { verdictMs, sampledKeys: Number(/"sampled":(\d+)/.exec(census)?.[1]) };
}

async function report(load: ChildProcess): Promise<readonly number[]> {
  load.send("report");
  const [latenciesMs] = await once(load, "message");
  if (!Array.isArray(latenciesMs)) throw new Error("Expected a list of latencies from the load.");
  return latenciesMs.map(Number);
}

function p99(latenciesMs: readonly number[]): number {
  const sorted = latenciesMs.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
}

const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
