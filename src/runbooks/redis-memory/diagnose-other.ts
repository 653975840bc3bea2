import { formatBytes } from "../../domain/bytes.ts";
import type { Finding } from "../../domain/finding.ts";
import { gapsFor, isFull, NEAR_FULL_SHARE, refusalReasons } from "./fullness.ts";
import { given, makeFinding } from "./make-finding.ts";
import { occupancyOf, reason, usageReason } from "./occupancy.ts";
import type { NodePicture } from "./picture.ts";
import { oneLine } from "./words.ts";

/** Reads its data from disk and answers nothing else until it is done. Pure. */
export function diagnoseLoading(node: NodePicture): Finding | undefined {
  if (node.info?.value.loading !== true) return undefined;
  return makeFinding({
    verdict: "loading-data-set",
    headline: "Redis is still loading its data from disk and answers nothing else until it is done. Look again in a minute.",
    confidence: 0.95,
    for: [reason(node, "info", "INFO says loading:1"), usageReason(node)],
  });
}

const REFUSALS = {
  "refused-read-only": "This server is a read-only replica and refuses every write, whatever its memory.",
  "refused-misconf": "Redis refuses writes because its last snapshot to disk failed, not because of memory.",
  "refused-no-replicas": "Redis refuses writes because too few replicas are connected, not because of memory.",
} as const;

/** Writes are refused, and memory is not why. Pure. */
export function diagnoseOtherRefusal(node: NodePicture): Finding | undefined {
  const probe = node.probe?.value;
  const kind = probe?.kind;
  if (kind !== "refused-read-only" && kind !== "refused-misconf" && kind !== "refused-no-replicas") return undefined;
  const { masterAddress, lastSaveFailed } = node.info?.value ?? {};
  const full = isFull(node);
  return makeFinding({
    verdict: "writes-refused-otherwise",
    headline: REFUSALS[kind],
    confidence: full ? 0.75 : 0.95,
    for: [
      reason(node, "probe", `a write was answered "${oneLine(probe?.error ?? kind, 160)}"`),
      ...given(
        kind === "refused-read-only" && masterAddress !== undefined,
        reason(node, "info", `its master is ${masterAddress ?? "unknown"}: writes belong there`),
      ),
      ...given(
        kind === "refused-misconf" && lastSaveFailed === true,
        reason(node, "info", "the last save to disk failed: see the server's log and its free disk space"),
      ),
      usageReason(node),
    ],
    against: full
      ? [reason(node, "info", "it is at its memory limit as well, which comes next once this is mended"), ...refusalReasons(node).for]
      : [],
  });
}

/** Far from every limit that is known. Pure. */
export function diagnoseHealthy(node: NodePicture): Finding | undefined {
  const { share, usedBytes, maxmemoryBytes, hostSure } = occupancyOf(node);
  if (usedBytes === undefined || maxmemoryBytes === undefined || isFull(node) || (share ?? 0) >= NEAR_FULL_SHARE) return undefined;
  const gaps = gapsFor(node, ["probe"]);
  const refusals = refusalReasons(node);
  const unlimited = maxmemoryBytes === 0;
  const replica = node.info?.value.role === "replica";
  return makeFinding({
    verdict: "healthy",
    headline: "Redis has room: memory is not the problem here.",
    confidence: 0.95 - gaps.penalty - (unlimited && !hostSure ? 0.1 : 0) - (refusals.for.length === 0 ? 0 : pastDoubt(node)),
    for: [usageReason(node), ...refusals.against],
    against: [
      ...gaps.reasons,
      ...given(unlimited, reason(node, "info", `no maxmemory is set, so nothing in Redis stops it from growing; ${hostInWords(node)}`)),
      ...refusals.for,
      ...given(replica, reason(node, "info", "this is a replica: whether writes work is decided at its master")),
    ],
  });
}

/** Refusals are counted since the server started: what was refused then may long be mended, and a probe says it is. */
function pastDoubt({ probe }: NodePicture): number {
  return probe?.value.kind === "accepted" ? 0.05 : 0.15;
}

function hostInWords(node: NodePicture): string {
  const { hostBytes, hostSure } = occupancyOf(node);
  if (hostBytes === undefined) return "the memory of its host is not known either";
  return `its host has ${formatBytes(hostBytes)}${hostSure ? "" : ", and a container may have less"}`;
}

/** Not enough was read to say anything, or what was read does not go together. Pure. */
export function diagnoseUndetermined(node: NodePicture): Finding {
  const { usedBytes, maxmemoryBytes } = occupancyOf(node);
  const judged = usedBytes !== undefined && maxmemoryBytes !== undefined;
  const refusals = refusalReasons(node);
  return makeFinding({
    verdict: "undetermined",
    headline: judged
      ? "What could be read of this Redis does not go together well enough for a verdict."
      : "What could be read of this Redis is not enough for a verdict.",
    confidence: 0.2,
    for: [usageReason(node), ...refusals.for],
    against: [
      ...given(!judged, reason(node, "info", "used memory or maxmemory is missing, and without both fullness cannot be judged")),
      ...refusals.against,
      ...gapsFor(node, ["probe"]).reasons,
    ],
  });
}
