import { counted, formatCount } from "../../domain/count.ts";
import { formatBytes } from "../../domain/bytes.ts";
import type { Advice, Finding, Reason } from "../../domain/finding.ts";
import { isFull, NEAR_FULL_SHARE, refusalReasons, gapsFor } from "./fullness.ts";
import { given, makeFinding, type Verdict } from "./make-finding.ts";
import { occupancyOf, reason, usageReason } from "./occupancy.ts";
import type { NodePicture } from "./picture.ts";
import type { Clients } from "./schema.ts";
import { oneLine, percent } from "./words.ts";

// What is not keys is worth a word from this share of the limit on, and the cause from the next.
const NOTICEABLE_SHARE = 0.1;
const DECISIVE_SHARE = 0.25;
// On a server that is not full, from half of what is used, but never at a few MiB.
const DOMINATING_SHARE = 0.5;
const MUCH_BYTES = 64 * 2 ** 20;
// Below this for each client, many connections are the cause and not slow ones.
const SLOW_CLIENT_BYTES = 128 * 1024;
const LARGE_BUFFER_BYTES = 4 * 2 ** 20;
const MOST_OF_BUFFERS = 0.8;

/** Buffers of clients that read too slowly (or send too much at once): removing keys frees none of it. Pure. */
export function diagnoseClientBuffers(node: NodePicture): Finding | undefined {
  const { clientBytes, clientBytesRough } = occupancyOf(node);
  const weight = weigh(node, clientBytes);
  const manySmall = areManySmall(node, clientBytes);
  if (weight === undefined || (manySmall && !isFull(node))) return undefined;
  const size = formatBytes(Math.round(clientBytes));
  const clients = clientsOf(node);
  const who = clients === undefined ? "clients" : counted(clients, "client");
  const from = node.info?.value.clientBytes === undefined && node.clients !== undefined ? "clients" : "info";
  const gaps = gapsFor(node, ["clients"]);
  return concludeOccupant(node, {
    verdict: "client-output-buffers",
    headline: manySmall
      ? `${counted(clients ?? 0, "connection")} together hold ${size} in buffers: removing keys frees none of that.`
      : `Clients that do not read their replies hold ${size}: removing keys frees none of that.`,
    confidence: weight - (clientBytesRough ? 0.25 : 0) - gaps.penalty,
    for: [
      reason(node, from, `${clientBytesRough ? "roughly " : ""}${size} are buffers of ${who}, not keys`),
      ...largestClient(node),
      ...withoutIt(node, clientBytes),
    ],
    against: gaps.reasons,
    advice: manySmall ? [] : killSlowClients(node),
  });
}

/** The replication backlog, or the output buffers of replicas that cannot keep up. Pure. */
export function diagnoseReplicationBuffers(node: NodePicture): Finding | undefined {
  const { backlogBytes } = occupancyOf(node);
  const replicaBytes = Math.max(node.info?.value.replicaBufferBytes ?? 0, node.clients?.value.replicaBufferBytes ?? 0);
  // Since Redis 7 backlog and replicas share one buffer, so the two must not be added.
  const bytes = Math.max(backlogBytes, replicaBytes);
  const weight = weigh(node, bytes);
  if (weight === undefined) return undefined;
  const configured = node.config?.value["repl-backlog-size"];
  const replicas = node.info?.value.connectedReplicas ?? 0;
  const cause = replicaBytes > backlogBytes ? "replicas that cannot keep up" : "the replication backlog";
  return concludeOccupant(node, {
    verdict: "replication-backlog",
    headline: `${formatBytes(bytes)} are held for ${cause}: removing keys frees none of that.`,
    confidence: weight,
    for: [
      reason(
        node,
        "info",
        `${formatBytes(backlogBytes)} replication backlog, ${formatBytes(replicaBytes)} output buffers of ${counted(replicas, "replica")}`,
      ),
      ...given(configured !== undefined, reason(node, "config", `repl-backlog-size is ${formatBytes(Number(configured ?? 0))}`)),
      ...withoutIt(node, bytes),
    ],
    against:
      replicaBytes > backlogBytes
        ? [
            reason(
              node,
              "info",
              "Redis does not hold replica buffers beyond the backlog against maxmemory; the host's memory does feel them",
            ),
          ]
        : [],
    advice: [],
  });
}

/** Cached scripts and functions. The memory of the Lua engine itself is outside used_memory. Pure. */
export function diagnoseScriptMemory(node: NodePicture): Finding | undefined {
  const { scriptBytes } = occupancyOf(node);
  const weight = weigh(node, scriptBytes);
  if (weight === undefined) return undefined;
  return concludeOccupant(node, {
    verdict: "script-memory",
    headline: `${formatBytes(scriptBytes)} are cached Lua scripts or functions: an application seems to build a new script for every call.`,
    confidence: weight,
    for: [reason(node, "info", `${formatBytes(scriptBytes)} in scripts and functions`), ...withoutIt(node, scriptBytes)],
    against: [],
    advice: [],
  });
}

function clientsOf({ clients, info }: NodePicture): number | undefined {
  return clients?.value.count ?? info?.value.connectedClients;
}

/** Many connections of ordinary size, none of them slow. */
function areManySmall(node: NodePicture, clientBytes: number): boolean {
  const clients = clientsOf(node) ?? 0;
  const largestBytes = node.clients?.value.largest[0]?.outputBufferBytes ?? 0;
  return clients > 0 && clientBytes / clients < SLOW_CLIENT_BYTES && largestBytes < LARGE_BUFFER_BYTES;
}

/**
 * How sure it is that `bytes` are what matters: high when the server would not be full without them, low when they are
 * merely large, undefined when they are not worth a word.
 */
function weigh(node: NodePicture, bytes: number): number | undefined {
  const { countedBytes, usedBytes, maxmemoryBytes, share } = occupancyOf(node);
  if (bytes <= 0 || usedBytes === undefined || countedBytes === undefined) return undefined;
  const pressed = isFull(node) || (share ?? 0) >= NEAR_FULL_SHARE;
  if (pressed && maxmemoryBytes !== undefined && maxmemoryBytes > 0) {
    if (bytes < maxmemoryBytes * NOTICEABLE_SHARE) return undefined;
    const decisive = bytes >= maxmemoryBytes * DECISIVE_SHARE && countedBytes - bytes < maxmemoryBytes * NEAR_FULL_SHARE;
    if (!decisive) return 0.4;
    return isFull(node) ? 0.95 : 0.85;
  }
  return bytes >= MUCH_BYTES && bytes >= usedBytes * DOMINATING_SHARE ? 0.8 : undefined;
}

function withoutIt(node: NodePicture, bytes: number): readonly Reason[] {
  const { countedBytes, maxmemoryBytes } = occupancyOf(node);
  if (countedBytes === undefined || maxmemoryBytes === undefined || maxmemoryBytes === 0) return [];
  const left = Math.max(0, countedBytes - bytes);
  return [
    reason(node, "info", `without them ${formatBytes(Math.round(left))} would be used (${percent(left / maxmemoryBytes)} of maxmemory)`),
  ];
}

type Occupant = {
  readonly verdict: Verdict;
  readonly headline: string;
  readonly confidence: number;
  readonly for: readonly Reason[];
  readonly against: readonly Reason[];
  readonly advice: readonly Advice[];
};

function concludeOccupant(node: NodePicture, occupant: Occupant): Finding {
  const refusals = refusalReasons(node);
  const near = (occupancyOf(node).share ?? 0) >= NEAR_FULL_SHARE ? "Redis is close to its memory limit. " : "";
  const full = isFull(node) ? "Redis is at its memory limit. " : near;
  return makeFinding({
    ...occupant,
    headline: `${full}${occupant.headline}`,
    for: [usageReason(node), ...occupant.for, ...refusals.for],
    against: [...occupant.against, ...refusals.against],
  });
}

function largestClient(node: NodePicture): readonly Reason[] {
  const largest = node.clients?.value.largest[0];
  if (largest !== undefined) {
    const name = largest.name === "" ? "" : ` "${oneLine(largest.name)}"`;
    const held = formatBytes(largest.outputBufferBytes + largest.queryBufferBytes);
    return [
      reason(
        node,
        "clients",
        `client${name} from ${oneLine(largest.address)} alone holds ${held}, last command ${oneLine(largest.command)}`,
      ),
    ];
  }
  const queued = node.info?.value.longestOutputList ?? 0;
  return queued === 0 ? [] : [reason(node, "info", `${formatCount(queued)} replies are queued for the slowest client`)];
}

/** Ends the few that hold most. Without a list of clients Oomph's default size decides. */
function killSlowClients(node: NodePicture): readonly Advice[] {
  const minimumBytes = node.clients === undefined ? undefined : minimumThatFreesMost(node.clients.value);
  return [
    {
      actionId: "redis.kill-slow-clients",
      params: minimumBytes === undefined ? {} : { minimumBytes },
      why: "Closes the connections that hold the most unread replies, which frees their memory at once. No key is lost; clients connect again, and those that read as slowly as before fill up again.",
    },
  ];
}

function minimumThatFreesMost({ largest, outputBufferBytes }: Clients): number | undefined {
  let freed = 0;
  for (const client of largest) {
    freed += client.outputBufferBytes;
    if (freed >= outputBufferBytes * MOST_OF_BUFFERS)
      return client.outputBufferBytes > 0 ? Math.ceil(client.outputBufferBytes / 2) : undefined;
  }
  return undefined;
}
