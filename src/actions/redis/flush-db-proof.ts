import { formatCount } from "../../domain/count.ts";
import type { Observation, Plan, Verification } from "../../domain/plan.ts";
import type { KeyReading } from "../../ports/key-value-server.ts";
import type { RunFacts } from "../action.ts";
import type { RedisActionDeps } from "./deps.ts";
import { isSameServers, withSession, type RedisSession, type Server } from "./redis-session.ts";
import {
  FlushBefore,
  FlushCheckpoint,
  FlushScope,
  readBefore,
  readCheckpoint,
  readScope,
  type FlushedNode,
  type Witness,
} from "./stored/schema.ts";
import { verifyRedis } from "./verify.ts";
import type { Effect } from "../effect.ts";
import { commandCalls } from "./vitals.ts";
import { keys } from "../words.ts";

const MOST_WITNESSES = 60;
// Applications go on writing: a flushed database is not empty for long, but it is small.
const SMALL_SHARE = 0.5;

/** Keys by which a flush can be told afterwards: those that never expire first, then those that live longest. */
export function witnesses(described: readonly KeyReading[], nowMs: number): Witness[] {
  return described
    .toSorted((left, right) => (right.ttlMs ?? Infinity) - (left.ttlMs ?? Infinity) || 0)
    .slice(0, MOST_WITNESSES)
    .map(({ key, ttlMs }) => (ttlMs === undefined ? { key } : { key, expiresAtMs: nowMs + ttlMs }));
}

/** How often FLUSHDB was called since the server started; undefined where it does not count. */
export function flushCalls(info: Readonly<Record<string, string>>): number | undefined {
  return commandCalls(info, "flushdb");
}

/** Was it flushed? Decided by what is left of the sampled keys and by the server's own count of FLUSHDB calls. */
export async function observeFlush(deps: RedisActionDeps, plan: Plan, run: RunFacts): Promise<Observation> {
  const checkpoint = readCheckpoint(FlushCheckpoint, run.checkpoint);
  if (checkpoint?.stage === "flushed") return { kind: "done", says: "the run had noted the flush as done" };
  return withSession(deps, plan.target, async (session) => {
    if (!isSameServers(plan, session)) {
      return {
        kind: "unknown",
        says: "the server was restarted or has failed over since, so what is there now says nothing about the flush",
      };
    }
    const before = readBefore(FlushBefore, plan).nodes.filter((node) => node.keys > 0);
    const seen = await Promise.all(
      session.servers.flatMap((server) =>
        before.filter(({ runId }) => runId === server.runId).map((node) => lookAt(deps, { plan, server, before: node })),
      ),
    );
    return conclude(seen, checkpoint !== undefined);
  });
}

/** Did the flush help? */
export async function verifyFlush(deps: RedisActionDeps, plan: Plan): Promise<Verification> {
  const { database } = readScope(FlushScope, plan);
  const before = readBefore(FlushBefore, plan);
  return verifyRedis(deps, { plan, before: before.vitals, database, effect: (session) => effectOf(session, database, before) });
}

type Seen = { readonly kind: "flushed" | "untouched" | "unclear"; readonly says: string };

async function lookAt(
  deps: RedisActionDeps,
  { plan, server, before }: { readonly plan: Plan; readonly server: Server; readonly before: FlushedNode },
): Promise<Seen> {
  const { database } = readScope(FlushScope, plan);
  const alive = before.witnesses
    .filter(({ expiresAtMs }) => expiresAtMs === undefined || expiresAtMs > deps.clock.nowMs())
    .map(({ key }) => key);
  const [left, count] = await Promise.all([server.node.countExisting(database, alive), server.node.dbSize(database)]);
  const says = `${server.node.address}: ${formatCount(left)} of ${formatCount(alive.length)} sampled keys are still there, ${keys(count)} in all, ${keys(before.keys)} before`;
  return { kind: judge({ before, looked: alive.length, left, count, calls: flushCalls(server.info) }), says };
}

type Facts = {
  readonly before: FlushedNode;
  readonly looked: number;
  readonly left: number;
  readonly count: number;
  readonly calls: number | undefined;
};

function judge({ before, looked, left, count, calls }: Facts): Seen["kind"] {
  const neverCalled = calls !== undefined && calls === before.flushCalls;
  if (neverCalled) return "untouched";
  if (looked > 0 && left === 0 && count <= before.keys * SMALL_SHARE) return "flushed";
  // All there: but a test suite writes the same names again, so a counted call makes it unclear.
  if (looked > 0 && left === looked && calls === undefined) return "untouched";
  return "unclear";
}

function conclude(seen: readonly Seen[], begun: boolean): Observation {
  const says = seen.map((one) => one.says).join("; ");
  if (seen.every(({ kind }) => kind === "flushed")) return { kind: "done", says: `it was flushed: ${says}` };
  if (seen.every(({ kind }) => kind === "untouched")) return { kind: "not-done", says: `nothing was flushed: ${says}` };
  // Oomph notes its intent before it flushes: without that note the keys went some other way.
  if (!begun && seen.every(({ kind }) => kind !== "flushed")) return { kind: "not-done", says: `it had not begun to flush: ${says}` };
  return { kind: "unknown", says: `it cannot be told whether all of it was flushed: ${says}` };
}

async function effectOf(session: RedisSession, database: number, before: FlushBefore): Promise<Effect> {
  const counts = await Promise.all(session.servers.map(({ node }) => node.dbSize(database)));
  const now = counts.reduce((sum, count) => sum + count, 0);
  const then = before.nodes.reduce((sum, node) => sum + node.keys, 0);
  return {
    inEffect: now < then,
    says:
      now < then
        ? `Database ${database} was flushed.`
        : `Database ${database} holds as many keys as before: it is being filled again as fast as it was flushed, or was not flushed.`,
    rows: [{ what: `Keys in database ${database}`, before: formatCount(then), after: formatCount(now), ok: now < then }],
    elseTry:
      "The memory is held by something else: investigate again, and look at the other databases and at client buffers (redis.kill-slow-clients).",
  };
}
