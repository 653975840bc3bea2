import { formatCount } from "../../domain/count.ts";
import { OomphError } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";
import type { Plan, Planned } from "../../domain/plan.ts";
import { formatTarget, type Target } from "../../domain/target.ts";
import type { Action, RunHandle } from "../action.ts";
import { keyBound, type BoundParams } from "./bound.ts";
import { chooseDatabase } from "./database.ts";
import type { RedisActionDeps } from "./deps.ts";
import { describeFlush } from "./flush-db-plan.ts";
import { flushCalls, observeFlush, verifyFlush, witnesses } from "./flush-db-proof.ts";
import { sampleKeys } from "./key-sample.ts";
import { applyOn, planOn, refused, runIds, type RedisSession } from "./redis-session.ts";
import { FlushParams, readParams } from "./schema.ts";
import { FlushBefore, FlushScope, readBefore, readScope } from "./stored/schema.ts";
import { readVitals } from "./vitals.ts";

const DOC = {
  id: "redis.flush-db",
  title: "Flush database",
  risk: "destructive",
  targetKind: "redis",
  params: [
    { name: "database", says: "number of the logical database; else that of the target", required: false },
    { name: "atMostKeys", says: "refuse when there are more keys; computed with the plan when absent", required: false },
  ],
} as const satisfies Partial<Action>;

// Enough to see which application owns the keys, and to tell afterwards whether they are gone.
const DESCRIBE_KEYS = 300;

/** FLUSHDB ASYNC of one logical database; on a Cluster, of database 0 on every master. There is no way back. */
export function flushDb(deps: RedisActionDeps): Action {
  return {
    ...DOC,
    plan: (target, params) => planFlush(deps, target, params),
    apply: (plan, run) => applyFlush(deps, plan, run),
    observe: (plan, run) => observeFlush(deps, plan, run),
    verify: (plan) => verifyFlush(deps, plan),
    wayBack: () => undefined,
  };
}

async function planFlush(deps: RedisActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(FlushParams, DOC, given);
  if (read.kind === "refused") return read;
  return planOn(deps, target, async (session) => {
    const chosen = chooseDatabase(session, target, read.params.database);
    if (chosen.kind === "refused") return chosen;
    return planDatabase(deps, { session, target, database: chosen.database, bounds: read.params });
  });
}

type Chosen = { readonly session: RedisSession; readonly target: Target; readonly database: number; readonly bounds: BoundParams };

async function planDatabase(deps: RedisActionDeps, { session, target, database, bounds }: Chosen): Promise<Planned> {
  const options = { database, withinMs: deps.countWithinMs, describe: DESCRIBE_KEYS };
  const samples = await Promise.all(session.servers.map((server) => sampleKeys(server, options, deps.clock)));
  const count = samples.reduce((sum, sample) => sum + sample.databaseKeys, 0);
  if (count === 0)
    return refused(`database ${database} of redis/${session.name} holds no key: there is nothing to flush. It frees nothing either.`);

  const bound = keyBound(count, bounds);
  if (bound.kind === "refused") return bound;
  const { atMostKeys, grown } = bound;
  const vitals = await readVitals(deps, session, database);
  const before: FlushBefore = {
    vitals,
    nodes: session.servers.map(({ runId, info }, index) => ({
      runId,
      keys: samples[index]?.databaseKeys ?? 0,
      flushCalls: flushCalls(info),
      witnesses: witnesses(samples[index]?.described ?? [], deps.clock.nowMs()),
    })),
  };
  const plan: Plan = {
    actionId: DOC.id,
    target,
    risk: DOC.risk,
    ...describeFlush({ session, database, count, atMostKeys, grown, samples, vitals }),
    confirm: `${session.name} ${database}`,
    params: { database, ...bound.params },
    scope: { servers: runIds(session), database, atMostKeys },
    before,
  };
  return { kind: "planned", plan };
}

async function applyFlush(deps: RedisActionDeps, plan: Plan, run: RunHandle): Promise<void> {
  const { database, atMostKeys } = readScope(FlushScope, plan);
  readBefore(FlushBefore, plan); // a plan that cannot be observed afterwards is not begun
  await applyOn(deps, plan, async (session) => {
    const counts = await Promise.all(session.servers.map(({ node }) => node.dbSize(database)));
    const count = counts.reduce((sum, keys) => sum + keys, 0);
    if (count > atMostKeys) {
      throw new OomphError(
        "conflict",
        `Nothing was flushed: ${formatTarget(plan.target)} holds ${formatCount(count)} keys in database ${database} by now, and at most ${formatCount(atMostKeys)} were agreed to. Ask again for a new plan.`,
      );
    }
    run.signal.throwIfAborted();
    await run.saveCheckpoint({ stage: "begun" }); // without this note, nothing was flushed
    for (const { node } of session.servers) await node.flushDatabase(database);
    await run.saveCheckpoint({ stage: "flushed" });
  });
}
