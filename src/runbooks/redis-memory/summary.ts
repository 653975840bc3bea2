import { counted, formatCount } from "../../domain/count.ts";
import { formatBytes } from "../../domain/bytes.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Diagnosis } from "../../domain/finding.ts";
import { hitRatioOf } from "./diagnose-full.ts";
import { ratesOf } from "./growth.ts";
import { limitInWords, occupancyOf } from "./occupancy.ts";
import type { NodePicture, Picture } from "./picture.ts";
import { shareOf } from "./sampling.ts";
import type { DatabaseCensus, Health, Probe } from "./schema.ts";
import { percent } from "./words.ts";

type Line = Diagnosis["summary"][number];

const MAX_DATABASES = 5;

/** The figures for "Evidence Summary": of the server that the verdict is about, and a line for each other. */
export function summarise(picture: Picture, node: NodePicture): Diagnosis["summary"] {
  const lines: (Line | undefined)[] = [
    serverLine(node),
    memoryLine("Memory", node),
    ...picture.nodes.filter((other) => other !== node).map((other) => memoryLine(`Memory of ${other.address}`, other)),
    ...picture.missing.map(({ address, because }) => ({ label: `Not reached: ${address}`, value: because })),
    residentLine(node),
    probeLine(node.probe?.value),
    refusedLine(node),
    evictionLine(node),
    ...databaseLines(picture, node),
    growthLine(node),
    bufferLine(node),
    healthLine(picture.health?.value),
    notSeenLine(node),
  ];
  return lines.filter((line) => line !== undefined);
}

function serverLine({ address, info }: NodePicture): Line | undefined {
  if (info === undefined) return { label: "Server", value: address };
  const { software, role, masterAddress, uptimeSeconds, connectedReplicas } = info.value;
  const as =
    role === "replica" ? `replica of ${masterAddress ?? "another server"}` : `master with ${counted(connectedReplicas ?? 0, "replica")}`;
  const up = uptimeSeconds === undefined ? "" : `, up ${formatDuration(uptimeSeconds * 1000)}`;
  return { label: "Server", value: `${address}, ${software ?? "version unknown"}, ${as}${up}` };
}

function memoryLine(label: string, node: NodePicture): Line | undefined {
  const { usedBytes, maxmemoryBytes, share, policy } = occupancyOf(node);
  if (usedBytes === undefined) return undefined;
  return {
    label,
    value: `${formatBytes(usedBytes)} used, ${limitInWords(maxmemoryBytes)}${share === undefined ? "" : ` (${percent(share)})`}, policy ${policy ?? "unknown"}`,
  };
}

function residentLine(node: NodePicture): Line | undefined {
  const { rssBytes, peakBytes, fragmentationRatio } = node.info?.value ?? {};
  const { hostBytes, hostSure } = occupancyOf(node);
  if (rssBytes === undefined) return undefined;
  const host = hostBytes === undefined ? "" : `, ${hostSure ? "container or host limit" : "host has"} ${formatBytes(hostBytes)}`;
  const ratio = fragmentationRatio === undefined ? "" : `, fragmentation ratio ${fragmentationRatio.toFixed(1)}`;
  return {
    label: "Resident",
    value: `${formatBytes(rssBytes)}${ratio}${peakBytes === undefined ? "" : `, peak use ${formatBytes(peakBytes)}`}${host}`,
  };
}

const PROBED: Readonly<Record<Probe["kind"], string>> = {
  accepted: "accepted",
  "refused-oom": "refused: OOM",
  "refused-read-only": "refused: read-only replica",
  "refused-misconf": "refused: MISCONF, the last snapshot failed",
  "refused-no-replicas": "refused: too few replicas",
  "no-rights": "not permitted",
};

function probeLine(probe: Probe | undefined): Line | undefined {
  return probe === undefined ? undefined : { label: "Write probe", value: PROBED[probe.kind] };
}

function refusedLine(node: NodePicture): Line | undefined {
  const { oomErrors, rejectedCalls } = node.info?.value ?? {};
  if ((oomErrors ?? 0) === 0 && (rejectedCalls ?? 0) === 0) return undefined;
  const perSecond = ratesOf(node)?.oomErrors ?? 0;
  const now = perSecond > 0 ? `, ${formatCount(Math.max(1, perSecond))} per second now` : "";
  const rejected = rejectedCalls === undefined ? "" : `; ${counted(rejectedCalls, "call")} rejected for any reason`;
  return { label: "Refused with OOM", value: `${formatCount(oomErrors ?? 0)} since start${now}${rejected}` };
}

function evictionLine(node: NodePicture): Line | undefined {
  const { evictedKeys, expiredKeys } = node.info?.value ?? {};
  if (evictedKeys === undefined) return undefined;
  const hits = hitRatioOf(node);
  const expired = expiredKeys === undefined ? "" : `, ${formatCount(expiredKeys)} expired`;
  return {
    label: "Evictions",
    value: `${formatCount(evictedKeys)} keys evicted${expired}${hits === undefined ? "" : `, hit ratio ${percent(hits)}`}`,
  };
}

function databaseLines({ database: asked }: Picture, node: NodePicture): readonly Line[] {
  const databases = (node.info?.value.databases ?? []).toSorted(
    (left, right) => Number(right.database === asked) - Number(left.database === asked) || right.keys - left.keys,
  );
  const shown = databases.slice(0, MAX_DATABASES).map(({ database, keys, keysWithTtl }) => {
    const census = node.census?.value.find((each) => each.database === database);
    const value = `${counted(keys, "key")}, ${percent(keys === 0 ? 0 : keysWithTtl / keys)} with a TTL${census === undefined ? "" : sampleNote(census)}`;
    return { label: `Database ${database}${database === asked ? " (asked about)" : ""}`, value };
  });
  const left = databases.length - shown.length;
  return left > 0 ? [...shown, { label: "Other databases", value: `${left} more with fewer keys` }] : shown;
}

function sampleNote({ sampled, withoutTtl, complete, medianIdleSeconds }: DatabaseCensus): string {
  if (sampled === 0) return "; not sampled";
  const { value, low, high } = shareOf(withoutTtl, sampled, complete);
  const idle = medianIdleSeconds === undefined ? "" : `, half of them idle for ${formatDuration(medianIdleSeconds * 1000)} or longer`;
  const spread = complete
    ? `all ${formatCount(sampled)} looked at: ${percent(value)}`
    : `sample of ${formatCount(sampled)}: ${percent(value)} (${percent(low)} to ${percent(high)})`;
  return `; ${spread} without a TTL${idle}`;
}

// What the connections and commands of an investigation take themselves, in between two readings: less than that says
// nothing about the server.
const OWN_BYTES = 256 * 1024;

function growthLine(node: NodePicture): Line | undefined {
  const rates = ratesOf(node);
  if (rates === undefined || node.growth === undefined) return undefined;
  const { intervalMs } = node.growth.value;
  const moved = Math.abs(rates.usedBytes) * (intervalMs / 1000);
  if (rates.databases.length === 0 && moved < OWN_BYTES) {
    return { label: "Growth", value: `none seen in ${formatDuration(intervalMs)}: no database changed its number of keys` };
  }
  const databases = rates.databases
    .slice(0, 3)
    .map(({ database, keys }) => `database ${database} ${keys > 0 ? "+" : ""}${formatCount(keys)} keys/s`);
  const memory = `${rates.usedBytes >= 0 ? "+" : ""}${formatBytes(Math.round(rates.usedBytes))}/s`;
  const which = databases.length === 0 ? "no database changed its number of keys" : databases.join(", ");
  return { label: "Growth", value: `${memory} over ${formatDuration(intervalMs)}, ${which}` };
}

function bufferLine(node: NodePicture): Line | undefined {
  const { clientBytes, clientBytesRough, backlogBytes, scriptBytes } = occupancyOf(node);
  if (node.info === undefined && node.clients === undefined) return undefined;
  const clients = node.clients?.value.count ?? node.info?.value.connectedClients;
  const of = clients === undefined ? "" : ` of ${counted(clients, "client")}`;
  return {
    label: "Not keys",
    value: `${clientBytesRough && clientBytes > 0 ? "about " : ""}${formatBytes(clientBytes)} buffers${of}, ${formatBytes(backlogBytes)} replication backlog, ${formatBytes(scriptBytes)} scripts`,
  };
}

function healthLine(health: Health | undefined): Line | undefined {
  if (health === undefined) return undefined;
  return {
    label: "Health URL",
    value: health.kind === "answered" ? `answered ${health.status} in ${health.tookMs} ms` : `no answer: ${health.because}`,
  };
}

function notSeenLine({ gaps }: NodePicture): Line | undefined {
  const steps = [...new Set(gaps.map(({ step, code }) => `${step.replace("redis.", "")} (${code})`))];
  return steps.length === 0 ? undefined : { label: "Could not be read", value: steps.join(", ") };
}
