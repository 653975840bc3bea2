import { counted, formatCount } from "../../domain/count.ts";
import { formatBytes } from "../../domain/bytes.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Finding, Reason } from "../../domain/finding.ts";
import { adviceForKeys } from "./advice.ts";
import { isFull, NEAR_FULL_SHARE } from "./fullness.ts";
import { ratesOf } from "./growth.ts";
import { looksThrowAway } from "./looks-throw-away.ts";
import { given, makeFinding } from "./make-finding.ts";
import { occupancyOf, reason, usageReason } from "./occupancy.ts";
import type { NodePicture } from "./picture.ts";
import { shareOf, totalBytesOf } from "./sampling.ts";
import type { DatabaseKeys } from "./read-info.ts";
import { oneLine, percent } from "./words.ts";

const HARDLY_ANY_TTL = 0.1;
const NEARLY_EVERYTHING = 0.8;
const SOON_MS = 30 * 60_000;
const MIN_KEYS = 100;
// Fewer new keys than this in a second are ordinary life.
const GROWING_PER_SECOND = 5;
const TINY_KEY_BYTES = 200;
const MANY_KEYS = 100_000;
const EXPLAINED_SHARE = 0.3;
const LARGE_DATASET_BYTES = 16 * 2 ** 20;

/** One database that something fills and nothing ever empties. Pure. */
export function diagnoseNeverCleaned(node: NodePicture): Finding | undefined {
  const candidate = neverCleaned(node);
  if (candidate === undefined) return undefined;
  const { database, keys, share, ttlShare } = candidate;
  const untilFullMs = candidate.perSecond > 0 ? timeUntilFull(node) : undefined;
  const soon = untilFullMs !== undefined && untilFullMs < SOON_MS;
  const pressed = isFull(node) || (occupancyOf(node).share ?? 0) >= NEAR_FULL_SHARE;
  if (!pressed && !soon) return undefined;
  const future = soon ? ` At this pace it is full in about ${formatDuration(untilFullMs)}.` : "";
  const throwAway = looksThrowAway(node, database);
  const signs = signsOfFilling(node, candidate);
  const named = throwAway.kind === "throw-away";
  const held = `database ${database} holds ${percent(share)} of all keys, and ${percent(ttlShare)} of its keys have a TTL`;
  return makeFinding({
    verdict: "database-never-cleaned",
    headline: `Something fills database ${database} and never cleans up: ${counted(keys, "key")}, hardly any with a TTL.${future}`,
    confidence: Math.min(0.85, signs.confidence + (named ? 0.1 : 0) - (node.census === undefined ? 0.1 : 0)),
    for: [
      usageReason(node),
      reason(node, "info", held),
      ...signs.for,
      ...namedPrefixes(node, database),
      ...given(named, reason(node, "census", throwAway.because)),
    ],
    against: [
      ...signs.against,
      ...given(throwAway.kind === "keep", reason(node, "info", "a database that is meant to keep its data looks the same from outside")),
      ...given(node.census === undefined, reason(node, "census", "keys were not sampled, so what they are is not known")),
    ],
    advice: adviceForKeys(node),
  });
}

/** Whether it is seen to fill: by growing, or where it is full already, by writes that keep being refused. */
function signsOfFilling(node: NodePicture, { perSecond }: Candidate) {
  const full = isFull(node);
  const refusedNow = (ratesOf(node)?.oomErrors ?? 0) > 0;
  const still = full ? "it did not grow between the readings, which a full server cannot" : "it did not grow between the readings";
  const oneReading = node.growth === undefined;
  return {
    confidence: startingConfidence(full, perSecond > 0) + (refusedNow ? 0.15 : 0),
    for: [
      ...given(perSecond > 0, reason(node, "growth", `it gained ${formatCount(perSecond)} keys per second between two readings`)),
      ...given(refusedNow, reason(node, "growth", "writes keep coming and are refused: whatever fills it is still at work")),
    ],
    against: [
      ...given(perSecond <= 0 && !oneReading, reason(node, "growth", still)),
      ...given(oneReading, reason(node, "growth", "there is one reading only, so growth was not measured")),
    ],
  };
}

function startingConfidence(full: boolean, growing: boolean): number {
  if (full) return growing ? 0.7 : 0.55;
  return growing ? 0.65 : 0.4;
}

/** Millions of keys with hardly anything in them: most of the memory is bookkeeping. Pure. */
export function diagnoseTinyKeys(node: NodePicture): Finding | undefined {
  const keys = (node.info?.value.databases ?? []).reduce((sum, each) => sum + each.keys, 0);
  const { usedBytes, share } = occupancyOf(node);
  if (usedBytes === undefined || keys < MANY_KEYS || (share ?? 0) < NEAR_FULL_SHARE) return undefined;
  const perKeyBytes = usedBytes / keys;
  if (perKeyBytes > TINY_KEY_BYTES) return undefined;
  return makeFinding({
    verdict: "many-tiny-keys",
    headline: `Most of the memory is bookkeeping: ${counted(keys, "key")} of ${formatBytes(Math.round(perKeyBytes))} each, overhead included.`,
    confidence: 0.4,
    for: [
      reason(
        node,
        "info",
        `${formatBytes(usedBytes)} for ${counted(keys, "key")}; Redis spends 50 to 100 bytes on each key beside its value`,
      ),
    ],
    against: [reason(node, "info", "that many keys may be what the application needs")],
  });
}

/** The sample explains only a part of the data: some keys are so few and so large that it has not met them. Pure. */
export function diagnoseFewLargeKeys(node: NodePicture): Finding | undefined {
  const dataset = node.info?.value.datasetBytes;
  const sampled = (node.census?.value ?? []).map((census) => totalBytesOf(census, census.keys)?.high ?? Number.NaN);
  const explained = sampled.reduce((sum, bytes) => sum + bytes, 0);
  const buffers = occupancyOf(node).clientBytes;
  if (dataset === undefined || sampled.length === 0 || Number.isNaN(explained) || dataset - buffers < LARGE_DATASET_BYTES) return undefined;
  if (explained > (dataset - buffers) * EXPLAINED_SHARE) return undefined;
  return makeFinding({
    verdict: "few-large-keys",
    headline:
      "A few very large keys seem to hold most of the data; the sample has not met them. `redis-cli --memkeys`, run at a quiet hour, finds them.",
    confidence: 0.45,
    for: [
      reason(
        node,
        "census",
        `the sampled keys stand for at most ${formatBytes(Math.round(explained))}, but the data set is ${formatBytes(dataset)}`,
      ),
    ],
    against: [reason(node, "census", "sizes of large collections are themselves estimated")],
  });
}

type Candidate = DatabaseKeys & {
  /** 0: it did not grow, or that was not measured. */
  readonly perSecond: number;
  /** Of all keys of the server. */
  readonly share: number;
  readonly ttlShare: number;
};

function neverCleaned(node: NodePicture): Candidate | undefined {
  const databases = node.info?.value.databases ?? [];
  const total = databases.reduce((sum, { keys }) => sum + keys, 0);
  const rates = ratesOf(node)?.databases ?? [];
  const candidates = databases.flatMap(({ database, keys, keysWithTtl }) => {
    const rate = rates.find((each) => each.database === database);
    const perSecond = rate !== undefined && rate.keys - rate.keysWithTtl >= GROWING_PER_SECOND ? rate.keys : 0;
    const share = keys / total;
    const ttlShare = keys === 0 ? 1 : keysWithTtl / keys;
    const fits = keys >= MIN_KEYS && ttlShare < HARDLY_ANY_TTL && (share >= NEARLY_EVERYTHING || perSecond > 0);
    return fits ? [{ database, keys, keysWithTtl, perSecond, share, ttlShare }] : [];
  });
  return candidates.toSorted((left, right) => right.perSecond - left.perSecond || right.share - left.share)[0];
}

function timeUntilFull(node: NodePicture): number | undefined {
  const { countedBytes, maxmemoryBytes, hostBytes } = occupancyOf(node);
  const limit = maxmemoryBytes === 0 ? hostBytes : maxmemoryBytes;
  const perSecond = ratesOf(node)?.usedBytes ?? 0;
  if (limit === undefined || countedBytes === undefined || perSecond <= 0 || countedBytes >= limit) return undefined;
  return ((limit - countedBytes) / perSecond) * 1000;
}

function namedPrefixes(node: NodePicture, database: number): readonly Reason[] {
  const census = node.census?.value.find((each) => each.database === database);
  return (census?.prefixes ?? []).slice(0, 2).flatMap(({ prefix, sampled, withoutTtl }) => {
    if (census === undefined || prefix === "") return [];
    const share = shareOf(sampled, census.sampled, census.complete).value;
    return [
      reason(
        node,
        "census",
        `${percent(share)} of the sampled keys begin with "${oneLine(prefix)}", ${percent(withoutTtl / sampled)} of them without a TTL`,
      ),
    ];
  });
}
