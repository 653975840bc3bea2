import { counted, formatCount } from "../../domain/count.ts";
import type { Finding } from "../../domain/finding.ts";
import { adviceForKeys, moreMemory } from "./advice.ts";
import { gapsFor, isFull, isRefusing, NEAR_FULL_SHARE, refusalReasons } from "./fullness.ts";
import { ratesOf } from "./growth.ts";
import { given, makeFinding } from "./make-finding.ts";
import { occupancyOf, reason, ttlShareOf, usageReason } from "./occupancy.ts";
import type { NodePicture } from "./picture.ts";
import { percent } from "./words.ts";

// With fewer keys than this that may be evicted, volatile-* cannot make room.
const HARDLY_ANY_TTL = 0.05;
const EVICTING_SHARE = 0.95;

/** At the limit under noeviction: writes are refused until something goes. Pure. */
export function diagnoseFullUnderNoeviction(node: NodePicture): Finding | undefined {
  const { policy, share } = occupancyOf(node);
  if (!isFull(node) || (policy !== undefined && policy !== "noeviction")) return undefined;
  const refusals = refusalReasons(node);
  const gaps = gapsFor(node, ["probe", "buffers", "census"]);
  const accepted = node.probe?.value.kind === "accepted";
  const unknownPolicy = reason(
    node,
    "info",
    "the policy is not known: volatile-* without TTLs and buffers of slow clients end in the same error",
  );
  const known = policy === "noeviction";
  const sure = share === undefined ? 0.85 : 0.97;
  return forReplica(
    node,
    makeFinding({
      verdict: "full-under-noeviction",
      headline: known
        ? "Redis is full and refuses writes: its policy is noeviction, so it never makes room by itself."
        : "Redis is full and refuses writes, most likely under the policy noeviction.",
      confidence: (known ? sure : 0.65) - gaps.penalty - (accepted ? 0.2 : 0),
      for: [
        usageReason(node),
        ...refusals.for,
        ...(known ? [reason(node, "info", "under noeviction a full server refuses writes instead of making room")] : []),
      ],
      against: [...refusals.against, ...(known ? [] : [unknownPolicy]), ...gaps.reasons],
      advice: adviceForKeys(node),
    }),
  );
}

/** At the limit under volatile-*, with nothing that it may evict: noeviction in effect. Pure. */
export function diagnoseFullWithoutTtl(node: NodePicture): Finding | undefined {
  const { policy } = occupancyOf(node);
  const ttlShare = ttlShareOf(node);
  if (!isFull(node) || policy?.startsWith("volatile-") !== true) return undefined;
  if (!isRefusing(node) && (ttlShare ?? 0) >= HARDLY_ANY_TTL) return undefined;
  const refusals = refusalReasons(node);
  const gaps = gapsFor(node, ["probe", "buffers", "census"]);
  const ttl = ttlShare === undefined ? "how many keys have a TTL is not known" : `${percent(ttlShare)} of ${keysOf(node)} have a TTL`;
  return forReplica(
    node,
    makeFinding({
      verdict: "full-without-ttl-under-volatile",
      headline: `Redis is full and cannot make room: ${policy} only evicts keys with a TTL, and hardly any key has one.`,
      confidence: 0.96 - gaps.penalty - (ttlShare === undefined ? 0.3 : 0) - (node.probe?.value.kind === "accepted" ? 0.2 : 0),
      for: [usageReason(node), reason(node, "info", `${policy} may only evict keys with a TTL, and ${ttl}`), ...refusals.for],
      against: [
        ...refusals.against,
        ...((ttlShare ?? 0) >= HARDLY_ANY_TTL ? [reason(node, "info", `${ttl}: it should have found some to evict`)] : []),
        ...gaps.reasons,
      ],
      advice: adviceForKeys(node),
    }),
  );
}

/** At the limit and making room: a cache doing its job, worth a look when the hit ratio suffers. Pure. */
export function diagnoseEvicting(node: NodePicture): Finding | undefined {
  const { policy, share } = occupancyOf(node);
  if (policy === undefined || policy === "noeviction" || isRefusing(node) || share === undefined || share < EVICTING_SHARE)
    return undefined;
  const told = node.info?.value.evictedKeys;
  const evicted = told ?? 0;
  if (evicted === 0 && share < 1) return undefined;
  const perSecond = ratesOf(node)?.evictedKeys;
  const hits = hitRatioOf(node);
  const rate = perSecond === undefined ? "" : `, ${formatCount(perSecond)} per second now`;
  return makeFinding({
    verdict: "evicting-under-pressure",
    headline: `Redis is at its limit and makes room by evicting keys (${policy}). Writes work; nothing is broken as long as losing keys is fine.`,
    confidence: 0.92 - gapsFor(node, ["probe"]).penalty - (evicted === 0 ? 0.2 : 0),
    for: [
      usageReason(node),
      ...given(told !== undefined, reason(node, "info", `${counted(evicted, "key")} evicted since the server started${rate}`)),
      ...(hits === undefined
        ? []
        : [
            reason(
              node,
              "info",
              `hit ratio ${percent(hits)}: ${hits < 0.8 ? "many reads miss, which evictions may be the cause of" : "most reads still find their key"}`,
            ),
          ]),
    ],
    against: [
      ...given(told === undefined, reason(node, "info", "whether keys are evicted is not told")),
      ...refusalReasons(node).for,
      ...gapsFor(node, ["probe"]).reasons,
    ],
    advice: moreMemory(node),
  });
}

/** Refused although the policy should have made room, and no buffer explains it. Pure. */
export function diagnoseFullUnexplained(node: NodePicture): Finding | undefined {
  const { policy } = occupancyOf(node);
  if (!isFull(node) || policy?.startsWith("allkeys-") !== true || refusalReasons(node).for.length === 0) return undefined;
  return makeFinding({
    verdict: "undetermined",
    headline: `Redis is at its limit and refuses writes although ${policy} should make room: the evidence does not say why.`,
    confidence: VERDICT_BUT_UNSURE,
    for: [usageReason(node), ...refusalReasons(node).for],
    against: [reason(node, "info", `${policy} evicts any key to make room`), ...gapsFor(node, ["clients", "census"]).reasons],
    advice: moreMemory(node),
  });
}

const VERDICT_BUT_UNSURE = 0.5;

/** Not refusing yet, but soon: what will happen then. Pure. */
export function diagnoseNearFull(node: NodePicture): Finding | undefined {
  const { share, policy } = occupancyOf(node);
  if (share === undefined || share < NEAR_FULL_SHARE || isRefusing(node)) return undefined;
  const makesRoom =
    policy?.startsWith("allkeys-") === true || (policy?.startsWith("volatile-") === true && (ttlShareOf(node) ?? 0) >= HARDLY_ANY_TTL);
  if (isFull(node) && !makesRoom) return undefined;
  if (diagnoseEvicting(node) !== undefined) return undefined;
  const gaps = gapsFor(node, ["probe"]);
  const refusals = refusalReasons(node);
  return forReplica(
    node,
    makeFinding({
      verdict: "near-full",
      headline: `Redis is at ${percent(share)} of its memory limit. ${whatWillHappen(policy, ttlShareOf(node))}`,
      confidence: 0.92 - gaps.penalty,
      for: [usageReason(node), ...refusals.for],
      against: [...refusals.against, ...gaps.reasons],
      advice: adviceForKeys(node),
    }),
  );
}

/** Hits of all reads; undefined when nothing was read. */
export function hitRatioOf(node: NodePicture): number | undefined {
  const { hits, misses } = node.info?.value ?? {};
  if (hits === undefined || misses === undefined || hits + misses === 0) return undefined;
  return hits / (hits + misses);
}

function whatWillHappen(policy: string | undefined, ttlShare: number | undefined): string {
  if (policy === undefined) return "What happens at the limit depends on its eviction policy, which is not known.";
  if (policy === "noeviction") return "Under noeviction it will refuse writes as soon as the limit is reached.";
  if (policy.startsWith("allkeys-")) return `Under ${policy} it will then evict keys, any of them, and go on.`;
  if ((ttlShare ?? 1) < HARDLY_ANY_TTL) return `${policy} only evicts keys with a TTL, and hardly any has one: it will refuse writes.`;
  return `Under ${policy} it will then evict keys that have a TTL, and refuse writes when none is left.`;
}

/** A replica takes what its master sends, whatever its own maxmemory says, so its own figures prove less. */
function forReplica(node: NodePicture, finding: Finding): Finding {
  if (node.info?.value.role !== "replica" || isRefusing(node)) return finding;
  const says = `this is a replica of ${node.info.value.masterAddress ?? "another server"}: replicas ignore maxmemory unless told otherwise, and only the master decides on writes`;
  return { ...finding, confidence: Math.min(finding.confidence, 0.6), against: [...finding.against, reason(node, "info", says)] };
}

function keysOf(node: NodePicture): string {
  const keys = (node.info?.value.databases ?? []).reduce((sum, each) => sum + each.keys, 0);
  return counted(keys, "key");
}
