import { formatBytes } from "../../domain/bytes.ts";
import type { Finding } from "../../domain/finding.ts";
import { isFull } from "./fullness.ts";
import { given, makeFinding } from "./make-finding.ts";
import { occupancyOf, reason, usageReason } from "./occupancy.ts";
import type { NodePicture } from "./picture.ts";
import { percent } from "./words.ts";

const NEAR_HOST_SHARE = 0.8;
const HOST_SHARE_FOR_REDIS = 0.75;
const MEBIBYTE = 2 ** 20;
// Below this a ratio says nothing: an empty server shows 5 and more. Source: redis.io, "Memory optimization".
const FRAGMENTATION_BYTES = 100 * MEBIBYTE;
const FRAGMENTATION_RATIO = 1.5;

/** Nothing in Redis holds it back before the container or host runs out, and the kernel kills it then. Pure. */
export function diagnoseNearHostLimit(node: NodePicture): Finding | undefined {
  const { usedBytes, maxmemoryBytes, hostBytes, hostSure } = occupancyOf(node);
  const held = heldBytes(node, usedBytes ?? 0);
  if (hostBytes === undefined || hostBytes === 0 || maxmemoryBytes === undefined || held < hostBytes * NEAR_HOST_SHARE) return undefined;
  if (maxmemoryBytes > 0 && maxmemoryBytes < hostBytes * NEAR_HOST_SHARE) return undefined;
  const maxmemory = Math.floor((hostBytes * HOST_SHARE_FOR_REDIS) / MEBIBYTE) * MEBIBYTE;
  const where = hostSure ? "its container or host" : "its host";
  const limit =
    maxmemoryBytes === 0 ? "no maxmemory is set" : `maxmemory (${formatBytes(maxmemoryBytes)}) is about as large as the memory there is`;
  return makeFinding({
    verdict: "no-maxmemory-near-host-limit",
    headline: `Redis uses ${percent(held / hostBytes)} of the memory of ${where}, and ${limit}: the kernel will kill it instead of Redis making room.`,
    confidence: hostSure ? 0.93 : 0.83,
    for: [
      usageReason(node),
      reason(node, "info", `${formatBytes(held)} resident, and ${where} has ${formatBytes(hostBytes)} (${percent(held / hostBytes)})`),
    ],
    against: hostSure ? [] : [reason(node, "info", "the limit is what the server sees of its host: a container may have less")],
    advice: [
      {
        actionId: "redis.set-maxmemory",
        params: { maxmemory },
        why: `Gives Redis a limit of its own (${formatBytes(maxmemory)}, 75% of what there is). What is above it then goes by the eviction policy; under noeviction writes are refused, so choose the policy first.`,
      },
      {
        actionId: "redis.set-eviction-policy",
        params: { policy: "allkeys-lru" },
        why: "Together with a limit Redis makes room by itself. Any key may go: right for a cache only.",
      },
    ],
  });
}

/** Much more resident than used: pages with holes that the allocator cannot give back. Pure. */
export function diagnoseFragmentation(node: NodePicture): Finding | undefined {
  const { rssBytes, usedBytes, engineBytes = 0 } = node.info?.value ?? {};
  if (rssBytes === undefined || usedBytes === undefined || usedBytes === 0 || isFull(node)) return undefined;
  const wastedBytes = rssBytes - usedBytes - engineBytes;
  const ratio = rssBytes / usedBytes;
  if (wastedBytes < FRAGMENTATION_BYTES || ratio < FRAGMENTATION_RATIO) return undefined;
  const { hostBytes = 0 } = occupancyOf(node);
  const peakBytes = node.info?.value.peakBytes ?? 0;
  const ofHost = percent(rssBytes / Math.max(1, hostBytes));
  return makeFinding({
    verdict: "fragmentation",
    headline: `Redis holds ${formatBytes(wastedBytes)} more memory than it uses: fragmentation. Removing keys makes it worse, not better.`,
    confidence: 0.85,
    for: [
      usageReason(node),
      reason(node, "info", `${formatBytes(rssBytes)} resident for ${formatBytes(usedBytes)} used (ratio ${ratio.toFixed(1)})`),
      ...given(
        peakBytes > usedBytes * FRAGMENTATION_RATIO,
        reason(node, "info", `the peak was ${formatBytes(peakBytes)}: what was freed since has not gone back to the system`),
      ),
      ...given(node.config?.value["activedefrag"] === "no", reason(node, "config", "active defragmentation is off")),
    ],
    against: [
      ...given(
        node.info?.value.defragRunning === true,
        reason(node, "info", "active defragmentation is at work: it may be getting better"),
      ),
      ...given(
        rssBytes < hostBytes * DANGEROUS_HOST_SHARE,
        reason(node, "info", `it takes ${ofHost} of the host's memory: wasteful, not dangerous`),
      ),
    ],
  });
}

/** Resident memory, unless most of it is holes: then the limit is not what is wrong. */
function heldBytes(node: NodePicture, usedBytes: number): number {
  const rssBytes = node.info?.value.rssBytes ?? 0;
  return rssBytes > usedBytes * FRAGMENTATION_RATIO ? usedBytes : Math.max(rssBytes, usedBytes);
}

const DANGEROUS_HOST_SHARE = 0.5;
