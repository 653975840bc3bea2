import { formatCount } from "../../domain/count.ts";
import { formatBytes } from "../../domain/bytes.ts";
import type { Json } from "../../domain/json.ts";
import type { Observation, Plan, Planned, Verification } from "../../domain/plan.ts";
import type { Target } from "../../domain/target.ts";
import type { Action, RunFacts, RunHandle } from "../action.ts";
import type { RedisActionDeps } from "./deps.ts";
import { meanSizeBytes, prefixes, sampleKeys, shareWithoutTtl } from "./key-sample.ts";
import { applyOn, isSameServers, planOn, refused, withSession, type RedisSession } from "./redis-session.ts";
import { readParams, UnlinkParams } from "./schema.ts";
import {
  readBefore,
  readCheckpoint,
  readScope,
  UnlinkScope,
  WalkBefore,
  WalkCheckpoint,
  type Vitals,
  type WalkScope,
} from "./stored/schema.ts";
import { verifyRedis } from "./verify.ts";
import type { Effect } from "../effect.ts";
import { readVitals, totalUsedBytes } from "./vitals.ts";
import { resumeToken, walkKeys } from "./walk-keys.ts";
import { countMatches, countOf, frozenWalk, redisMajor, WALK_PARAM_DOCS, walkWarnings, type Counted } from "./walk-plan.ts";
import { keys, percent, shown } from "../words.ts";

const DOC = {
  id: "redis.unlink-keys",
  title: "Delete keys by pattern",
  risk: "destructive",
  targetKind: "redis",
  params: [
    { name: "pattern", says: "glob pattern of key names, such as session:*", required: true },
    { name: "database", says: "number of the logical database; else that of the target", required: false },
    { name: "everything", says: "yes must be said for a pattern that matches nearly every key", required: false },
    ...WALK_PARAM_DOCS,
  ],
} as const satisfies Partial<Action>;

// A pattern that matches this share of a database is a flush by another name, and may be a typing error.
const NEARLY_ALL_SHARE = 0.9;

/** SCAN MATCH and UNLINK in small batches. There is no way back. */
export function unlinkKeys(deps: RedisActionDeps): Action {
  return {
    ...DOC,
    plan: (target, params) => planUnlink(deps, target, params),
    apply: (plan, run) => applyUnlink(deps, plan, run),
    observe: (plan, run) => observeUnlink(deps, plan, run),
    verify: (plan) => verifyUnlink(deps, plan),
    wayBack: () => undefined,
  };
}

async function planUnlink(deps: RedisActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(UnlinkParams, DOC, given);
  if (read.kind === "refused") return read;
  const { params } = read;
  return planOn(deps, target, async (session) => {
    const result = await countMatches(deps, { session, target, params });
    if (result.kind === "refused") return result;
    const { counted } = result;
    const share = counted.matching / Math.max(1, counted.databaseKeys);
    if (!params.everything && isGlob(params.pattern) && share >= NEARLY_ALL_SHARE) {
      return refused(
        `pattern ${params.pattern} matches ${percent(share)} of the ${keys(counted.databaseKeys)} in database ${counted.database} of redis/${session.name}. If that is meant, redis.flush-db does it in one step; or add --everything yes.`,
      );
    }
    const vitals = await readVitals(deps, session, counted.database);
    const plan: Plan = {
      actionId: DOC.id,
      target,
      risk: DOC.risk,
      ...describeUnlink(session, counted, vitals),
      confirm: `${session.name} ${counted.database}`,
      params: { ...frozenWalk(counted), everything: params.everything },
      scope: counted.scope,
      before: { vitals, matching: counted.matching, exact: counted.exact, affected: counted.matching, redisMajor: redisMajor(session) },
    };
    return { kind: "planned", plan };
  });
}

function describeUnlink(
  session: RedisSession,
  counted: Counted,
  vitals: Vitals,
): Pick<Plan, "summary" | "changes" | "blastRadius" | "warnings" | "wayBack"> {
  const { database, matching, exact, described, scope, databaseKeys } = counted;
  const used = totalUsedBytes(vitals);
  const mean = meanSizeBytes(described);
  const freed = mean === undefined ? undefined : Math.min(used, mean * matching);
  return {
    summary: `Delete ${countOf(matching, exact)} that ${matching === 1 ? "matches" : "match"} ${shown(scope.pattern)} in database ${database} of redis/${session.name}`,
    changes: [
      { what: `Keys that match ${shown(scope.pattern)}`, before: countOf(matching, exact), after: "0" },
      { what: `Keys in database ${database}`, before: formatCount(databaseKeys), after: `about ${formatCount(databaseKeys - matching)}` },
      {
        what: "Used memory",
        before: formatBytes(used),
        after:
          freed === undefined
            ? "cannot be estimated: key sizes could not be read"
            : `about ${formatBytes(used - freed)} (${formatBytes(freed)} freed, estimated from key sizes)`,
      },
    ],
    blastRadius: [
      `Every application that uses keys matching ${shown(scope.pattern)}`,
      `Names begin with ${prefixes(described, 5)}; ${percent(shareWithoutTtl(described))} of those looked at never expire`,
      `For example: ${described
        .slice(0, 5)
        .map(({ key }) => shown(key))
        .join(", ")}`,
    ],
    warnings: ["It cannot be undone.", ...walkWarnings(counted)],
    wayBack: "None: deleted keys cannot be brought back, except from a backup of the server.",
  };
}

async function applyUnlink(deps: RedisActionDeps, plan: Plan, run: RunHandle): Promise<void> {
  const scope = readScope(UnlinkScope, plan);
  const { matching } = readBefore(WalkBefore, plan);
  await applyOn(deps, plan, (session) =>
    walkKeys({ session, scope, matching, done: "deleted", touch: (node, names) => node.unlink(scope.database, names) }, run, deps.clock),
  );
}

async function observeUnlink(deps: RedisActionDeps, plan: Plan, run: RunFacts): Promise<Observation> {
  const scope = readScope(UnlinkScope, plan);
  const checkpoint = readCheckpoint(WalkCheckpoint, run.checkpoint);
  if (checkpoint?.finished === true)
    return { kind: "done", says: `all matching keys were gone through: ${keys(checkpoint.changed)} deleted` };
  return withSession(deps, plan.target, async (session) => {
    const left = await countLeft(deps, session, scope);
    const says = `${countOf(left.matching, left.exact)} match ${shown(scope.pattern)} now, ${countOf(readBefore(WalkBefore, plan).matching, readBefore(WalkBefore, plan).exact)} did before`;
    if (left.matching === 0 && left.exact && isSameServers(plan, session)) return { kind: "done", says };
    if (checkpoint === undefined) return { kind: "not-done", says: `it had not begun to delete: ${says}` };
    return {
      kind: "unknown",
      says: `at least ${keys(checkpoint.changed)} had been deleted by then; ${says}. Ask for redis.unlink-keys with --resume-from ${resumeToken(checkpoint)} to go on from there`,
    };
  });
}

async function verifyUnlink(deps: RedisActionDeps, plan: Plan): Promise<Verification> {
  const scope = readScope(UnlinkScope, plan);
  const before = readBefore(WalkBefore, plan);
  const effect = async (session: RedisSession): Promise<Effect> => {
    const left = await countLeft(deps, session, scope);
    const inEffect = left.matching < before.matching;
    return {
      inEffect,
      says: inEffect
        ? `Keys that match ${shown(scope.pattern)} were deleted.`
        : `As many keys match ${shown(scope.pattern)} as before: they are written again as fast as they go.`,
      rows: [
        {
          what: `Keys that match ${shown(scope.pattern)}`,
          before: countOf(before.matching, before.exact),
          after: countOf(left.matching, left.exact),
          ok: inEffect,
        },
      ],
      elseTry: "The memory is held by other keys or by client buffers: investigate again.",
    };
  };
  return verifyRedis(deps, { plan, before: before.vitals, database: scope.database, effect });
}

async function countLeft(
  deps: RedisActionDeps,
  session: RedisSession,
  { database, pattern }: WalkScope,
): Promise<{ readonly matching: number; readonly exact: boolean }> {
  const options = { database, pattern, withinMs: deps.countWithinMs, describe: 0 };
  const samples = await Promise.all(session.servers.map((server) => sampleKeys(server, options, deps.clock)));
  return { matching: samples.reduce((sum, sample) => sum + sample.matching, 0), exact: samples.every(({ exact }) => exact) };
}

function isGlob(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}
