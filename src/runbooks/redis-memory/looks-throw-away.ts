import { counted } from "../../domain/count.ts";
import { shareOf } from "./sampling.ts";
import { given } from "./make-finding.ts";
import type { DatabaseKeys } from "./read-info.ts";
import type { NodePicture } from "./picture.ts";
import type { DatabaseCensus } from "./schema.ts";
import { oneLine, percent } from "./words.ts";

/** Whether the data of a database may go. `keep`: nothing says so, or much speaks against it. */
export type ThrowAway =
  /** `prefixes`: where only the keys so named may go, and the rest of the database may not; empty: all of it. */
  | { readonly kind: "throw-away"; readonly because: string; readonly prefixes: readonly string[] }
  | { readonly kind: "perhaps"; readonly because: string }
  | { readonly kind: "keep"; readonly because: string };

// Words that people give to data that tests and caches leave behind.
const THROW_AWAY_WORDS = new Set([
  "test",
  "tests",
  "testing",
  "spec",
  "fixture",
  "fixtures",
  "e2e",
  "ci",
  "tmp",
  "temp",
  "cache",
  "caches",
  "cached",
  "dedup",
  "dedupe",
  "fingerprint",
  "storm",
  "rate",
  "ratelimit",
  "throttle",
  "bench",
  "benchmark",
  "demo",
  "sample",
  "mock",
  "fake",
  "dummy",
  "scratch",
]);
const MOSTLY = 0.5;
const NEARLY_ALL = 0.95;
const HARDLY_ANY_TTL = 0.05;
const WELL_KEPT_TTL = 0.3;
const LONG_IDLE_SECONDS = 600;

/** Looks for signs in names, TTLs and idle times. Without a census nothing is throw-away for sure. */
export function looksThrowAway(node: NodePicture, database: number): ThrowAway {
  const census = node.census?.value.find((each) => each.database === database);
  const keyspace = node.info?.value.databases.find((each) => each.database === database);
  const ttlShare = ttlShareIn(keyspace);
  if (ttlShare >= WELL_KEPT_TTL) return { kind: "keep", because: `${percent(ttlShare)} of its keys have a TTL: somebody takes care of it` };
  const named = census === undefined ? undefined : throwAwayNames(census);
  if (named !== undefined && ttlShare <= HARDLY_ANY_TTL) return { kind: "throw-away", ...named };
  const signs = [
    ...given(database !== 0, "it is not the default database"),
    ...given(ttlShare <= HARDLY_ANY_TTL, "hardly any key ever expires"),
    ...given((census?.medianIdleSeconds ?? 0) >= LONG_IDLE_SECONDS, "most keys have not been used for over 10 minutes"),
    ...given(named !== undefined, named?.because ?? ""),
  ];
  return signs.length >= 2
    ? { kind: "perhaps", because: signs.join(", ") }
    : { kind: "keep", because: "nothing says that its data may go" };
}

/** Of a database that is not known nothing may go. */
function ttlShareIn(keyspace: DatabaseKeys | undefined): number {
  return keyspace === undefined || keyspace.keys === 0 ? 1 : keyspace.keysWithTtl / keyspace.keys;
}

function throwAwayNames({ prefixes, sampled, complete }: DatabaseCensus) {
  const named = prefixes.filter(({ prefix }) =>
    prefix
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .some((word) => THROW_AWAY_WORDS.has(word)),
  );
  const share = shareOf(
    named.reduce((sum, prefix) => sum + prefix.sampled, 0),
    sampled,
    complete,
  );
  if (sampled === 0 || share.low < MOSTLY) return undefined;
  const names = named.slice(0, 3).map(({ prefix }) => `"${oneLine(prefix)}"`);
  const because = `${percent(share.value)} of the ${counted(sampled, "key")} looked at carry names of throw-away data (${names.join(", ")})`;
  return { because, prefixes: share.low >= NEARLY_ALL ? [] : named.map(({ prefix }) => prefix) };
}
