import { formatCount } from "../../domain/count.ts";
import { formatBytes } from "../../domain/bytes.ts";
import { OomphError } from "../../domain/errors.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Json } from "../../domain/json.ts";
import type { Observation, Plan, Planned, Verification } from "../../domain/plan.ts";
import type { Target } from "../../domain/target.ts";
import type { Action, RunFacts, RunHandle } from "../action.ts";
import type { RedisActionDeps } from "./deps.ts";
import { countDeadline, observeDeadline, TELLS_EXPIRY_SINCE } from "./deadline.ts";
import { prefixes, shareWithoutTtl } from "./key-sample.ts";
import { applyOn, planOn, refused, type RedisSession } from "./redis-session.ts";
import { ExpireParams, readParams } from "./schema.ts";
import { ExpireScope, readBefore, readScope, WalkBefore } from "./stored/schema.ts";
import { verifyRedis } from "./verify.ts";
import type { Effect } from "../effect.ts";
import { readVitals } from "./vitals.ts";
import { walkKeys } from "./walk-keys.ts";
import { countMatches, countOf, frozenWalk, redisMajor, WALK_PARAM_DOCS, walkWarnings, type Counted } from "./walk-plan.ts";
import { keys, percent, shown } from "../words.ts";

const DOC = {
  id: "redis.expire-keys",
  title: "Give keys a TTL",
  risk: "change",
  targetKind: "redis",
  params: [
    { name: "ttl", says: "how long the keys may live on, such as 1h", required: true },
    { name: "pattern", says: "glob pattern of key names; all keys when absent", required: false },
    { name: "database", says: "number of the logical database; else that of the target", required: false },
    ...WALK_PARAM_DOCS,
  ],
} as const satisfies Partial<Action>;

// An entry in the table of expiries, with its share of the table: 39 bytes a key measured on Redis 7.0.
const BYTES_PER_TTL = 40;
// A deadline in the past deletes at once; so near to it the walk stops.
const MARGIN_MS = 500;

/**
 * PEXPIREAT for keys that have no TTL, all with one deadline: the time at which the run began, plus the TTL. That exact
 * millisecond is the mark by which these keys are known again.
 */
export function expireKeys(deps: RedisActionDeps): Action {
  return {
    ...DOC,
    plan: (target, params) => planExpire(deps, target, params),
    apply: (plan, run) => applyExpire(deps, plan, run),
    observe: (plan, run) => observeExpire(deps, plan, run),
    verify: (plan, run) => verifyExpire(deps, plan, run),
    wayBack: expireBack,
  };
}

async function planExpire(deps: RedisActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(ExpireParams, DOC, given);
  if (read.kind === "refused") return read;
  const { ttl: ttlMs, ...params } = read.params;
  return planOn(deps, target, async (session) => {
    const result = await countMatches(deps, { session, target, params });
    if (result.kind === "refused") return result;
    const { counted } = result;
    const share = shareWithoutTtl(counted.described);
    const affected = Math.round(counted.matching * share);
    if (share === 0)
      return refused(
        `none of the ${keys(counted.described.length)} looked at that match ${params.pattern} lacks a TTL: there is nothing to do.`,
      );
    const because = tooShort(counted, ttlMs) ?? (await clockTrouble(deps, session, ttlMs));
    if (because !== undefined) return refused(because);
    const plan: Plan = {
      actionId: DOC.id,
      target,
      risk: DOC.risk,
      ...describeExpire(session, counted, { ttlMs, affected, share }),
      params: { ...frozenWalk(counted), ttl: `${ttlMs}ms` },
      scope: { ...counted.scope, ttlMs },
      before: {
        vitals: await readVitals(deps, session, counted.database),
        matching: counted.matching,
        exact: counted.exact && counted.described.length === counted.matching,
        affected,
        redisMajor: redisMajor(session),
      },
    };
    return { kind: "planned", plan };
  });
}

type ExpireFacts = { readonly ttlMs: number; readonly affected: number; readonly share: number };

function describeExpire(
  session: RedisSession,
  counted: Counted,
  { ttlMs, affected, share }: ExpireFacts,
): Pick<Plan, "summary" | "changes" | "blastRadius" | "warnings" | "wayBack"> {
  const { database, matching, exact, described, scope } = counted;
  const ttl = formatDuration(ttlMs);
  return {
    summary: `Give ${countOf(affected, exact && described.length === matching)} in database ${database} of redis/${session.name} a TTL of ${ttl}`,
    changes: [
      {
        what: `Keys that match ${shown(scope.pattern)}`,
        before: countOf(matching, exact),
        after: `the same, until ${ttl} after the start`,
      },
      { what: "Of these without a TTL", before: `${percent(share)} (of ${formatCount(described.length)} looked at)`, after: "none" },
    ],
    blastRadius: [
      `Whoever needs these keys for longer than ${ttl}. Names begin with ${prefixes(
        described.filter((key) => key.ttlMs === undefined),
        5,
      )}`,
    ],
    warnings: [
      `All of them expire in the same moment, ${ttl} after the start: whatever makes them again is busy then.`,
      "Nothing is freed until then, except under a volatile-* policy, which may evict them from now on. Keys that have a TTL keep it.",
      `A TTL takes memory too: about ${formatBytes(affected * BYTES_PER_TTL)} more is used until then, also above maxmemory.`,
      "New keys without a TTL are not touched: the code that writes them must set one.",
      ...walkWarnings(counted),
    ],
    wayBack:
      redisMajor(session) >= TELLS_EXPIRY_SINCE
        ? "Takes exactly these TTLs away again (redis.persist-keys), until they have run out."
        : "None: this server is older than Redis 7 and cannot tell these keys from others that expire.",
  };
}

async function applyExpire(deps: RedisActionDeps, plan: Plan, run: RunHandle): Promise<void> {
  const scope = readScope(ExpireScope, plan);
  const { matching } = readBefore(WalkBefore, plan);
  const deadlineMs = deadline(plan, run);
  await applyOn(deps, plan, (session) =>
    walkKeys(
      {
        session,
        scope,
        matching,
        done: "given a TTL",
        touch: async (node, names) => {
          const serverMs = await node.time();
          if (serverMs + MARGIN_MS < deadlineMs) return node.expireAt(scope.database, names, deadlineMs);
          throw new OomphError(
            "conflict",
            `Stopped: the TTL of ${formatDuration(scope.ttlMs)} has run out by the clock of ${node.address}, and a TTL in the past would delete keys at once.`,
          );
        },
      },
      run,
      deps.clock,
    ),
  );
}

async function observeExpire(deps: RedisActionDeps, plan: Plan, run: RunFacts): Promise<Observation> {
  const scope = readScope(ExpireScope, plan);
  return observeDeadline(deps, { plan, run, scope, deadlineMs: deadline(plan, run), expected: "set" });
}

async function verifyExpire(deps: RedisActionDeps, plan: Plan, run: RunFacts): Promise<Verification> {
  const scope = readScope(ExpireScope, plan);
  const { vitals, affected } = readBefore(WalkBefore, plan);
  const leftMs = deadline(plan, run) - deps.clock.nowMs();
  const when = leftMs > 0 ? `They go in ${formatDuration(leftMs)}` : "Their time has run out";
  const effect = async (session: RedisSession): Promise<Effect> => {
    const seen = await countDeadline(deps, session, { ...scope, deadlineMs: deadline(plan, run) });
    const inEffect = leftMs <= 0 || seen.withoutTtl < affected;
    return {
      inEffect,
      says: inEffect
        ? `The keys have a TTL. ${when}.`
        : "As many keys without a TTL are there as before: they are written as fast as they are given one.",
      rows: [
        {
          what: `Keys without a TTL that match ${shown(scope.pattern)}`,
          before: `about ${keys(affected)}`,
          after: countOf(seen.withoutTtl, seen.exact),
          ok: inEffect,
        },
      ],
      elseTry:
        leftMs > 0
          ? "Memory is freed when they expire. For room at once: redis.set-eviction-policy --policy volatile-ttl, which may evict them from now on."
          : "Investigate again.",
    };
  };
  return verifyRedis(deps, { plan, before: vitals, database: scope.database, effect });
}

function expireBack(plan: Plan, run: RunFacts): ReturnType<Action["wayBack"]> {
  if (readBefore(WalkBefore, plan).redisMajor < TELLS_EXPIRY_SINCE) return undefined;
  const { database, pattern, keysPerSecond } = readScope(ExpireScope, plan);
  return { actionId: "redis.persist-keys", params: { database, pattern, keysPerSecond, expiresAtMs: deadline(plan, run) } };
}

function deadline(plan: Plan, run: RunFacts): number {
  return run.begunAtMs + readScope(ExpireScope, plan).ttlMs;
}

function tooShort({ matching, scope }: Counted, ttlMs: number): string | undefined {
  const tookMs = (matching / scope.keysPerSecond) * 1000;
  if (ttlMs >= tookMs * 2) return undefined;
  return `a TTL of ${formatDuration(ttlMs)} is too short: going through ${keys(matching)} at ${formatCount(scope.keysPerSecond)} a second takes about ${formatDuration(tookMs)}. Expected at least twice that: a longer --ttl or more --keys-per-second.`;
}

async function clockTrouble(deps: RedisActionDeps, session: RedisSession, ttlMs: number): Promise<string | undefined> {
  for (const { node } of session.servers) {
    const aheadMs = (await node.time()) - deps.clock.nowMs();
    if (Math.abs(aheadMs) > ttlMs / 2) {
      return `the clock of ${node.address} differs from Oomph's by ${formatDuration(Math.abs(aheadMs))}, too much for a TTL of ${formatDuration(ttlMs)}: set the clocks right, or choose a longer --ttl.`;
    }
  }
  return undefined;
}
