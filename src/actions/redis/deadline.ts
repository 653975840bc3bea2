import type { Observation, Plan } from "../../domain/plan.ts";
import type { RunFacts } from "../action.ts";
import type { RedisActionDeps } from "./deps.ts";
import { isSameServers, withSession, type RedisSession, type Server } from "./redis-session.ts";
import { readBefore, readCheckpoint, WalkBefore, WalkCheckpoint, type WalkScope } from "./stored/schema.ts";
import { resumeToken } from "./walk-keys.ts";
import { countOf, majorVersion } from "./walk-plan.ts";
import { keys } from "../words.ts";

/** Keys that match, by what their time of expiry says. Scaled up from what was seen where not `exact`. */
export type DeadlineCount = {
  /** Undefined before Redis 7, which does not tell the exact time. */
  readonly marked: number | undefined;
  readonly withoutTtl: number;
  readonly exact: boolean;
};

type Where = Pick<WalkScope, "database" | "pattern"> & { readonly deadlineMs: number };

const SCAN_COUNT = 500;

/** The first Redis with PEXPIRETIME, by which keys with exactly one time of expiry are found again. */
export const TELLS_EXPIRY_SINCE = 7;

/** Counts, within a time, the keys that expire exactly at the deadline, and those that never do. */
export async function countDeadline(deps: RedisActionDeps, session: RedisSession, where: Where): Promise<DeadlineCount> {
  const counts = await Promise.all(session.servers.map((server) => countOn(deps, server, where)));
  const marked = counts.flatMap((count) => (count.marked === undefined ? [] : [count.marked]));
  return {
    marked: marked.length < counts.length ? undefined : marked.reduce((sum, count) => sum + count, 0),
    withoutTtl: counts.reduce((sum, count) => sum + count.withoutTtl, 0),
    exact: counts.every(({ exact }) => exact),
  };
}

export type DeadlineQuestion = {
  readonly plan: Plan;
  readonly run: RunFacts;
  readonly scope: WalkScope;
  readonly deadlineMs: number;
  /** Were these times of expiry to be set, or taken away? */
  readonly expected: "set" | "gone";
};

/** Was it done? By the saved progress, and by a recount of the keys that carry the mark. */
export async function observeDeadline(deps: RedisActionDeps, question: DeadlineQuestion): Promise<Observation> {
  const checkpoint = readCheckpoint(WalkCheckpoint, question.run.checkpoint);
  if (checkpoint?.finished === true)
    return { kind: "done", says: `all matching keys were gone through: ${keys(checkpoint.changed)} changed` };
  return withSession(deps, question.plan.target, async (session) => {
    if (question.deadlineMs <= deps.clock.nowMs()) {
      return {
        kind: "unknown",
        says: "the time of expiry has passed: keys that had it are gone, and it cannot be told which",
      };
    }
    const seen = await countDeadline(deps, session, { ...question.scope, deadlineMs: question.deadlineMs });
    return conclude(question, { seen, checkpoint, same: isSameServers(question.plan, session) });
  });
}

type Facts = { readonly seen: DeadlineCount; readonly checkpoint: WalkCheckpoint | undefined; readonly same: boolean };

function conclude(question: DeadlineQuestion, facts: Facts): Observation {
  const { seen, checkpoint, same } = facts;
  const marked = seen.marked === undefined ? "an unknown number of keys expires" : `${countOf(seen.marked, seen.exact)} expire`;
  const says = `${marked} exactly then, ${countOf(seen.withoutTtl, seen.exact)} never`;
  const sure = same && seen.exact;
  if (sure && isComplete(question, seen)) return { kind: "done", says };
  if (checkpoint === undefined) return { kind: "not-done", says: `it had not begun to change keys: ${says}` };
  if (sure && question.expected === "set" && seen.marked === 0) return { kind: "not-done", says };
  return {
    kind: "unknown",
    says: `at least ${keys(checkpoint.changed)} had been changed by then; ${says}. Ask again with --resume-from ${resumeToken(checkpoint)} to go on from there`,
  };
}

function isComplete({ plan, expected, scope }: DeadlineQuestion, seen: DeadlineCount): boolean {
  if (scope.resumeFrom !== null) return false; // what lies before its start was the run's before it
  if (expected === "set") return seen.withoutTtl === 0 && seen.marked !== 0;
  return seen.marked === 0 && readBefore(WalkBefore, plan).affected > 0;
}

async function countOn(deps: RedisActionDeps, { node, info }: Server, { database, pattern, deadlineMs }: Where): Promise<DeadlineCount> {
  const endsAtMs = deps.clock.nowMs() + deps.countWithinMs;
  const databaseKeys = await node.dbSize(database);
  const tellsExpiry = majorVersion(info) >= TELLS_EXPIRY_SINCE;
  let [cursor, steps, marked, withoutTtl] = ["0", 0, 0, 0];
  do {
    const step = await node.scan(database, { cursor, count: SCAN_COUNT, match: pattern });
    cursor = step.cursor;
    steps += 1;
    if (step.keys.length > 0) {
      const readings = await node.describeKeys(database, step.keys, { withSize: false });
      withoutTtl += readings.filter(({ ttlMs }) => ttlMs === undefined).length;
      if (tellsExpiry) marked += await node.countExpiringAt(database, step.keys, deadlineMs);
    }
  } while (cursor !== "0" && deps.clock.nowMs() < endsAtMs);
  if (cursor === "0") return { marked: tellsExpiry ? marked : undefined, withoutTtl, exact: true };
  const scale = databaseKeys / Math.max(1, Math.min(databaseKeys, steps * SCAN_COUNT));
  return { marked: tellsExpiry ? Math.round(marked * scale) : undefined, withoutTtl: Math.round(withoutTtl * scale), exact: false };
}
