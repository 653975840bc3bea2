import { formatBytes } from "../../domain/bytes.ts";
import type { Reason } from "../../domain/finding.ts";
import { totalKeys } from "./read-info.ts";
import { restsOn } from "../seen.ts";
import type { NodePicture } from "./picture.ts";
import { percent } from "./words.ts";

/** How full a server is, in bytes. Undefined: not known. */
export type Occupancy = {
  readonly usedBytes: number | undefined;
  /** What Redis holds against maxmemory: used memory without what it does not count for eviction. */
  readonly countedBytes: number | undefined;
  /** 0: no limit of its own. */
  readonly maxmemoryBytes: number | undefined;
  /** countedBytes of maxmemoryBytes; undefined without a limit. */
  readonly share: number | undefined;
  readonly policy: string | undefined;
  /** Buffers of ordinary clients, and whether the figure is a rough one. */
  readonly clientBytes: number;
  readonly clientBytesRough: boolean;
  readonly backlogBytes: number;
  readonly scriptBytes: number;
  /** Limit of the container or host; `configured` is sure, else it is what the server sees of its host. */
  readonly hostBytes: number | undefined;
  readonly hostSure: boolean;
};

// A reply block of Redis 3 and 4, which count queued replies instead of their bytes. Source: redis.h, PROTO_REPLY_CHUNK_BYTES.
const REPLY_BLOCK_BYTES = 16 * 1024;

/** Reads the figures that all rules start from, from whichever evidence has them. */
export function occupancyOf(node: NodePicture): Occupancy {
  const { usedBytes, countedBytes, maxmemoryBytes } = limitsOf(node);
  const unlimited = countedBytes === undefined || maxmemoryBytes === undefined || maxmemoryBytes === 0;
  return {
    usedBytes,
    countedBytes,
    maxmemoryBytes,
    share: unlimited ? undefined : countedBytes / maxmemoryBytes,
    policy: node.info?.value.policy ?? node.config?.value["maxmemory-policy"],
    ...clientBytesOf(node),
    ...otherBytesOf(node),
    hostBytes: node.memoryLimitBytes?.value ?? node.info?.value.hostBytes,
    hostSure: node.memoryLimitBytes !== undefined,
  };
}

/** `maxmemory 64.0 MiB`, `no maxmemory set`. */
export function limitInWords(maxmemoryBytes: number | undefined): string {
  if (maxmemoryBytes === undefined) return "maxmemory unknown";
  return maxmemoryBytes === 0 ? "no maxmemory set" : `maxmemory ${formatBytes(maxmemoryBytes)}`;
}

/** Share of all keys that have a TTL; undefined when the keys are not known. */
export function ttlShareOf(node: NodePicture): number | undefined {
  if (node.info === undefined || !node.info.value.keyspaceSeen) return undefined;
  const { keys, keysWithTtl } = totalKeys(node.info.value);
  return keys === 0 ? undefined : keysWithTtl / keys;
}

/** The reason that every memory verdict begins with: how much is used of which limit, under which policy. */
export function usageReason(node: NodePicture): Reason {
  const { usedBytes, countedBytes, maxmemoryBytes, share, policy } = occupancyOf(node);
  const used = usedBytes === undefined ? "memory use unknown" : `${formatBytes(usedBytes)} used`;
  const uncounted = usedBytes !== undefined && countedBytes !== undefined && countedBytes < usedBytes * 0.99;
  const aside = uncounted ? ` (${formatBytes(usedBytes - countedBytes)} of it not held against maxmemory)` : "";
  const full = share === undefined ? "" : ` (${percent(share)})`;
  return reason(node, "info", `${used}${aside}, ${limitInWords(maxmemoryBytes)}${full}, policy ${policy ?? "unknown"}`);
}

/** A reason resting on a kind of evidence; where that is missing, on the step that should have brought it. */
export function reason(node: NodePicture, kind: EvidenceKind, says: string): Reason {
  return restsOn(node[kind], STEP_OF[kind], node.oneOfMany ? `${node.address}: ${says}` : says);
}

type EvidenceKind = "info" | "config" | "memoryStats" | "probe" | "reportedRefusal" | "clients" | "census" | "growth" | "memoryLimitBytes";

const STEP_OF: Readonly<Record<EvidenceKind, string>> = {
  info: "redis.info",
  config: "redis.config",
  memoryStats: "redis.memory-stats",
  probe: "redis.write-probe",
  reportedRefusal: "redis.write-probe",
  clients: "redis.clients",
  census: "redis.census",
  growth: "redis.growth",
  memoryLimitBytes: "redis.surroundings",
};

function limitsOf(node: NodePicture) {
  const info = node.info?.value;
  const usedBytes = info?.usedBytes ?? node.memoryStats?.value["total.allocated"];
  const countedBytes = usedBytes === undefined ? undefined : Math.max(0, usedBytes - (info?.notCountedBytes ?? 0));
  return { usedBytes, countedBytes, maxmemoryBytes: info?.maxmemoryBytes ?? configuredMaxmemory(node) };
}

function configuredMaxmemory({ config }: NodePicture): number | undefined {
  const bytes = Number(config?.value["maxmemory"] ?? Number.NaN);
  return Number.isFinite(bytes) ? bytes : undefined;
}

function otherBytesOf({ info, memoryStats }: NodePicture) {
  const backlogBytes = info?.value.backlogBytes ?? memoryStats?.value["replication.backlog"] ?? 0;
  return { backlogBytes, scriptBytes: info?.value.scriptBytes ?? 0 };
}

function clientBytesOf(node: NodePicture) {
  const info = node.info?.value;
  const listed = node.clients === undefined ? 0 : node.clients.value.outputBufferBytes + node.clients.value.queryBufferBytes;
  // The larger of the two: they were read a moment apart, and Redis 5 and older do not sum query buffers.
  const known = Math.max(info?.clientBytes ?? 0, listed);
  if (known > 0) return { clientBytes: known, clientBytesRough: false };
  return { clientBytes: (info?.longestOutputList ?? 0) * REPLY_BLOCK_BYTES, clientBytesRough: true };
}
