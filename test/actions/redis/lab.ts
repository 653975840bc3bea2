import { setTimeout as sleep } from "node:timers/promises";
import { httpCheck } from "../../../src/adapters/http/http-check.ts";
import { createKeyValueServers } from "../../../src/adapters/redis/key-value-servers.ts";
import type { RedisConnectionSettings } from "../../../src/adapters/redis/settings.ts";
import type { Action, RunHandle } from "../../../src/actions/action.ts";
import type { RedisActionDeps } from "../../../src/actions/redis/deps.ts";
import { redisActions } from "../../../src/actions/index.ts";
import { canonicalJson, type Json } from "../../../src/domain/json.ts";
import type { Plan, Planned } from "../../../src/domain/plan.ts";
import type { RedisTarget } from "../../../src/domain/target.ts";
import type { Clock } from "../../../src/ports/clock.ts";

/** The Redis that Oomph itself would run on: none of those in the tests, unless said. */
export const OWN_RUN_ID = "0".repeat(40);

export const realClock: Clock = { nowMs: () => Date.now(), sleep: async (ms, signal) => sleep(ms, undefined, { signal }) };

export const SESSIONS: RedisTarget = { kind: "redis", name: "sessions" };

export type At = { readonly host: string; readonly port: number };

/** A connection named `sessions`. */
export function connectionTo(at: At, more: Partial<RedisConnectionSettings> = {}): RedisConnectionSettings {
  return {
    name: "sessions",
    topology: { kind: "single", host: at.host, port: at.port },
    database: 0,
    connectTimeoutMs: 10_000,
    commandTimeoutMs: 10_000,
    aliases: [],
    ...more,
  };
}

export function depsFor(connection: RedisConnectionSettings, more: Partial<RedisActionDeps> = {}): RedisActionDeps {
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  return {
    servers: createKeyValueServers([connection], { log: silent }),
    httpCheck,
    clock: realClock,
    ownRedis: async () => [OWN_RUN_ID],
    verification: { readings: 3, intervalMs: 20, healthTimeoutMs: 10_000 },
    countWithinMs: 10_000,
    ...more,
  };
}

export function actionOf(deps: RedisActionDeps, id: string): Action {
  const action = redisActions(deps).find((one) => one.id === id);
  if (action === undefined) throw new Error(`there is no action ${id}`);
  return action;
}

export async function planned(planning: Promise<Planned>): Promise<Plan> {
  const result = await planning;
  if (result.kind === "refused") throw new Error(`expected a plan, was refused: ${result.because}`);
  // As it comes back from the store.
  return JSON.parse(JSON.stringify(result.plan)) as Plan;
}

export async function refusal(planning: Promise<Planned>): Promise<string> {
  const result = await planning;
  if (result.kind === "planned") throw new Error(`expected a refusal, got a plan: ${result.plan.summary}`);
  return result.because;
}

/** What the plan hash is made of. */
export function hashed(plan: Plan): string {
  return canonicalJson({ actionId: plan.actionId, target: plan.target, scope: plan.scope });
}

export type TestRun = RunHandle & {
  readonly saved: Json[];
  /** What people were told. */ readonly told: string[];
  readonly abort: (reason?: unknown) => void;
};

/** A run that keeps its progress in memory; `onSave` may throw, as when the lease is lost or the process dies. */
export function startRun(onSave: (checkpoint: Json, nth: number) => void = () => undefined): TestRun {
  const controller = new AbortController();
  const saved: Json[] = [];
  const told: string[] = [];
  return {
    id: "run_test",
    begunAtMs: Date.now(),
    saved,
    told,
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    get checkpoint() {
      return saved.at(-1);
    },
    threadUrl: async () => undefined,
    async saveCheckpoint(checkpoint, says) {
      onSave(checkpoint, saved.length + 1);
      saved.push(structuredClone(checkpoint));
      if (says !== undefined) told.push(says);
    },
  } as TestRun;
}
