import { formatCount } from "../../domain/count.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Json } from "../../domain/json.ts";
import type { Target } from "../../domain/target.ts";
import { keyBound, type BoundParams, type KeyBound } from "./bound.ts";
import { chooseDatabase } from "./database.ts";
import type { RedisActionDeps } from "./deps.ts";
import { sampleKeys, type KeySample } from "./key-sample.ts";
import { runIds, type RedisSession } from "./redis-session.ts";
import type { WalkScope } from "./stored/schema.ts";
import { resumeServer } from "./walk-keys.ts";
import { keys } from "../words.ts";

/** Params that all acts on keys by pattern share. */
export type WalkParams = {
  readonly database?: number | undefined;
  readonly pattern: string;
  readonly keysPerSecond: number;
  readonly resumeFrom?: string | undefined;
} & BoundParams;

/** What is known of the keys that match, before anything is done to them. */
export type Counted = {
  readonly database: number;
  readonly samples: readonly KeySample[];
  readonly described: KeySample["described"];
  readonly databaseKeys: number;
  readonly matching: number;
  readonly exact: boolean;
  readonly scope: WalkScope;
  readonly bound: Extract<KeyBound, { readonly kind: "bound" }>;
};

export const WALK_PARAM_DOCS = [
  { name: "keysPerSecond", says: "how fast to go; 10000 when absent", required: false },
  { name: "resumeFrom", says: "where an interrupted run of the same pattern stopped", required: false },
  { name: "atMostKeys", says: "refuse when more keys match; computed with the plan when absent", required: false },
] as const;

const DESCRIBE_KEYS = 500;

/** Counts what matches on every master and fixes the scope. Refused when nothing matches, or when the place to go on from is gone. */
export async function countMatches(
  deps: RedisActionDeps,
  { session, target, params }: { readonly session: RedisSession; readonly target: Target; readonly params: WalkParams },
): Promise<{ readonly kind: "counted"; readonly counted: Counted } | { readonly kind: "refused"; readonly because: string }> {
  const chosen = chooseDatabase(session, target, params.database);
  if (chosen.kind === "refused") return chosen;
  const { database } = chosen;
  const { pattern, keysPerSecond, resumeFrom } = params;
  if (resumeFrom !== undefined && resumeServer(session, resumeFrom) === undefined) {
    return {
      kind: "refused",
      because: `--resume-from ${resumeFrom} belongs to another server process: redis/${session.name} was restarted or has failed over since. Leave it out to begin anew.`,
    };
  }
  const options = { database, pattern, withinMs: deps.countWithinMs, describe: DESCRIBE_KEYS };
  const samples = await Promise.all(session.servers.map((server) => sampleKeys(server, options, deps.clock)));
  const matching = samples.reduce((sum, sample) => sum + sample.matching, 0);
  const databaseKeys = samples.reduce((sum, sample) => sum + sample.databaseKeys, 0);
  if (matching === 0)
    return {
      kind: "refused",
      because: `no key in database ${database} of redis/${session.name} matches ${pattern} (${keys(databaseKeys)} there): there is nothing to do.`,
    };
  const bound = keyBound(matching, params);
  if (bound.kind === "refused") return bound;
  const { atMostKeys } = bound;
  const scope: WalkScope = { servers: [...runIds(session)], database, pattern, atMostKeys, keysPerSecond, resumeFrom: resumeFrom ?? null };
  const counted: Counted = {
    database,
    samples,
    described: samples.flatMap((sample) => sample.described),
    databaseKeys,
    matching,
    exact: samples.every((sample) => sample.exact),
    scope,
    bound,
  };
  return { kind: "counted", counted };
}

/** Params with which planning again gives an equal scope. */
export function frozenWalk({ scope, bound }: Pick<Counted, "scope" | "bound">): Readonly<Record<string, Json>> {
  const { database, pattern, keysPerSecond, resumeFrom } = scope;
  return { database, pattern, keysPerSecond, ...bound.params, ...(resumeFrom === null ? {} : { resumeFrom }) };
}

/** `12,345 keys`, or `about 12,345 keys (estimated)`. */
export function countOf(count: number, exact: boolean): string {
  return exact ? keys(count) : `about ${keys(count)} (estimated)`;
}

/** Warnings that all acts on keys by pattern share. */
export function walkWarnings({ scope, matching, bound }: Counted): readonly string[] {
  const tookMs = (matching / scope.keysPerSecond) * 1000;
  const says = [
    `At ${formatCount(scope.keysPerSecond)} keys a second it takes about ${formatDuration(Math.max(1000, tookMs))}, and stops when more than ${formatCount(scope.atMostKeys)} keys match. Other actions on this server wait until then.`,
  ];
  if (bound.grown) says.push(`More keys match than an earlier plan allowed: the bound is now ${formatCount(scope.atMostKeys)} keys.`);
  if (scope.resumeFrom !== null) says.push(`It goes on from ${scope.resumeFrom}, where an earlier run stopped.`);
  return says;
}

/** 7 for `7.0.15`; 0 where the server does not tell. */
export function majorVersion(info: Readonly<Record<string, string>>): number {
  return Number(/^\d+/.exec(info["redis_version"] ?? "")?.[0] ?? 0);
}

/** That of the oldest of all masters. */
export function redisMajor(session: RedisSession): number {
  return Math.min(...session.servers.map(({ info }) => majorVersion(info)));
}
