import { formatCount } from "../../domain/count.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Json } from "../../domain/json.ts";
import type { Observation, Plan, Planned, Verification } from "../../domain/plan.ts";
import type { Target } from "../../domain/target.ts";
import type { Action, RunFacts, RunHandle } from "../action.ts";
import { countDeadline, observeDeadline, TELLS_EXPIRY_SINCE } from "./deadline.ts";
import type { RedisActionDeps } from "./deps.ts";
import { applyOn, planOn, refused, type RedisSession } from "./redis-session.ts";
import { PersistParams, readParams } from "./schema.ts";
import { PersistScope, readBefore, readScope, WalkBefore } from "./stored/schema.ts";
import { verifyRedis } from "./verify.ts";
import type { Effect } from "../effect.ts";
import { readVitals } from "./vitals.ts";
import { walkKeys } from "./walk-keys.ts";
import { countMatches, countOf, frozenWalk, redisMajor, WALK_PARAM_DOCS, walkWarnings } from "./walk-plan.ts";
import { keys, shown } from "../words.ts";

const DOC = {
  id: "redis.persist-keys",
  title: "Take TTLs away again",
  risk: "change",
  targetKind: "redis",
  params: [
    { name: "expiresAtMs", says: "the exact time of expiry of the keys that are meant, as redis.expire-keys set it", required: true },
    { name: "pattern", says: "glob pattern of key names; all keys when absent", required: false },
    { name: "database", says: "number of the logical database; else that of the target", required: false },
    ...WALK_PARAM_DOCS,
  ],
} as const satisfies Partial<Action>;

/** The way back of redis.expire-keys: PERSIST for exactly the keys that carry its deadline. */
export function persistKeys(deps: RedisActionDeps): Action {
  return {
    ...DOC,
    plan: (target, params) => planPersist(deps, target, params),
    apply: (plan, run) => applyPersist(deps, plan, run),
    observe: (plan, run) => observePersist(deps, plan, run),
    verify: (plan) => verifyPersist(deps, plan),
    wayBack: () => undefined,
  };
}

async function planPersist(deps: RedisActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(PersistParams, DOC, given);
  if (read.kind === "refused") return read;
  const { expiresAtMs, ...params } = read.params;
  return planOn(deps, target, async (session) => {
    const leftMs = expiresAtMs - deps.clock.nowMs();
    if (leftMs <= 0) return refused(`it is too late: the keys that were to expire went ${formatDuration(-leftMs)} ago.`);
    if (redisMajor(session) < TELLS_EXPIRY_SINCE)
      return refused(
        `redis/${session.name} is older than Redis 7 and does not tell exact times of expiry, so the keys that are meant cannot be told from others.`,
      );
    const result = await countMatches(deps, { session, target, params });
    if (result.kind === "refused") return result;
    const { counted } = result;
    const seen = await countDeadline(deps, session, { ...counted.scope, deadlineMs: expiresAtMs });
    const affected = seen.marked ?? 0;
    if (affected === 0)
      return refused(`no key that matches ${params.pattern} expires exactly then (${expiresAtMs}): there is nothing to take back.`);
    const plan: Plan = {
      actionId: DOC.id,
      target,
      risk: DOC.risk,
      summary: `Take away the TTL of ${countOf(affected, seen.exact)} in database ${counted.database} of redis/${session.name} that would expire in ${formatDuration(leftMs)}`,
      changes: [{ what: "Keys with exactly this time of expiry", before: countOf(affected, seen.exact), after: "0: they never expire" }],
      blastRadius: ["Only keys with exactly this time of expiry; all others keep theirs"],
      warnings: ["These keys stay until somebody deletes them: what filled the server before fills it again.", ...walkWarnings(counted)],
      wayBack: "Give keys without a TTL one again (redis.expire-keys).",
      params: { ...frozenWalk(counted), expiresAtMs },
      scope: { ...counted.scope, expiresAtMs },
      before: {
        vitals: await readVitals(deps, session, counted.database),
        matching: counted.matching,
        exact: counted.exact,
        affected,
        redisMajor: redisMajor(session),
      },
    };
    return { kind: "planned", plan };
  });
}

async function applyPersist(deps: RedisActionDeps, plan: Plan, run: RunHandle): Promise<void> {
  const scope = readScope(PersistScope, plan);
  const { matching } = readBefore(WalkBefore, plan);
  await applyOn(deps, plan, (session) =>
    walkKeys(
      {
        session,
        scope,
        matching,
        done: "relieved of their TTL",
        touch: (node, names) => node.persistWhereExpiresAt(scope.database, names, scope.expiresAtMs),
      },
      run,
      deps.clock,
    ),
  );
}

function observePersist(deps: RedisActionDeps, plan: Plan, run: RunFacts): Promise<Observation> {
  const scope = readScope(PersistScope, plan);
  return observeDeadline(deps, { plan, run, scope, deadlineMs: scope.expiresAtMs, expected: "gone" });
}

async function verifyPersist(deps: RedisActionDeps, plan: Plan): Promise<Verification> {
  const scope = readScope(PersistScope, plan);
  const { vitals, affected } = readBefore(WalkBefore, plan);
  const effect = async (session: RedisSession): Promise<Effect> => {
    const seen = await countDeadline(deps, session, { ...scope, deadlineMs: scope.expiresAtMs });
    const inEffect = seen.marked === 0;
    return {
      inEffect,
      says: inEffect ? "The TTLs were taken away." : `${countOf(seen.marked ?? 0, seen.exact)} still expire then.`,
      rows: [
        {
          what: `Keys that match ${shown(scope.pattern)} with this TTL`,
          before: keys(affected),
          after: formatCount(seen.marked ?? 0),
          ok: inEffect,
        },
      ],
      elseTry: inEffect
        ? "It is as it was before: free memory with redis.unlink-keys or redis.flush-db, or raise the limit with redis.set-maxmemory."
        : "Ask for redis.persist-keys again while there is time.",
    };
  };
  return verifyRedis(deps, { plan, before: vitals, database: scope.database, effect });
}
