import { formatBytes, parseBytes, typedBytes } from "../../domain/bytes.ts";
import type { Advice } from "../../domain/finding.ts";
import { isSqueezed, raisedLimit, sizeWorkers, type Room } from "../../domain/sizing.ts";
import { cpuOf, isRunning, limitOf, shareOf, usageOf } from "./figures.ts";
import { killsOf } from "./kills.ts";
import type { Picture } from "./picture.ts";
import type { Workers } from "./workers.ts";

// What Kong gives its entity cache in the incident that this plan comes from.
const KONG_CACHE = "256m";
// What Kong takes when nothing is set.
const KONG_BUILT_IN_CACHE = "128m";
// Servers that read how many workers to start from this variable without anything in their own configuration.
const READS_ENVIRONMENT: Readonly<Record<string, string>> = { kong: "KONG_NGINX_WORKER_PROCESSES", gunicorn: "GUNICORN_CMD_ARGS" };

/** What the container has to live on, as far as it is known. */
export function roomOf(picture: Picture): Room {
  const limit = limitOf(picture);
  const hostBytes = picture.host?.value.memoryBytes ?? picture.cgroup?.value.hostTotalBytes;
  return {
    cores: cpuOf(picture)?.cores ?? picture.host?.value.cores ?? 1,
    ...(limit?.is === "container" ? { limitBytes: limit.bytes } : {}),
    ...(hostBytes === undefined ? {} : { hostBytes }),
  };
}

/** Fewer workers, where they are set by the environment, with a limit that holds them; then more memory alone. */
export function adviceForWorkers(picture: Picture, found: Workers): readonly Advice[] {
  const { server, perWorkerBytes, restBytes, setting, workers } = found;
  const shmemBytes = usageOf(picture)?.shmemBytes ?? 0;
  const memory = raiseLimit(picture, "It buys time: as many workers as now will fill it again under load.");
  if (perWorkerBytes === undefined) return memory;
  const squeezed = isSqueezed(shareOf(picture) ?? 0, killsOf(picture).signs.length > 0);
  const share = found.proportional ? 1 : usedOfRss(found, usageOf(picture)?.usedBytes);
  const baseBytes = restBytes * share + shmemBytes + (server === "kong" ? cacheGrowthBytes(picture) : 0);
  const sizing = sizeWorkers({ server, perWorkerBytes: perWorkerBytes * share, baseBytes, squeezed }, roomOf(picture));
  const byEnvironment = setting?.from === "environment" || (setting === undefined && Object.hasOwn(READS_ENVIRONMENT, server));
  if (sizing.workers >= workers || !(byEnvironment || server === "kong")) return memory;
  const limit = sizing.limitBytes === undefined ? {} : { limit: typedBytes(sizing.limitBytes) };
  const raise = sizing.limitBytes === undefined ? "" : ` and a limit of ${formatBytes(sizing.limitBytes)}`;
  const why = `${sizing.workers} workers instead of ${workers}${raise}: ${sizing.says.join("; ")}. The container is re-created with everything else unchanged.`;
  if (server === "kong")
    return [{ actionId: "docker.tune-kong", params: { workers: sizing.workers, ...limit, cache: KONG_CACHE }, why }, ...memory];
  return [{ actionId: "docker.tune-workers", params: { workers: sizing.workers, ...limit }, why }, ...memory];
}

/** RSS counts shared pages once for each process: only its proportions are taken, of what is really used. As the plan does. */
function usedOfRss({ perWorkerBytes = 0, workers, restBytes }: Workers, usedBytes: number | undefined): number {
  const rssBytes = perWorkerBytes * workers + restBytes;
  return usedBytes === undefined || rssBytes === 0 ? 1 : Math.min(1, usedBytes / rssBytes);
}

/** What the cache that is advised takes on top of the present one, which is in what was measured. */
function cacheGrowthBytes({ environment }: Picture): number {
  const now = environment?.value.settings.find(({ name }) => name === "KONG_MEM_CACHE_SIZE")?.value;
  const size = (text: string): number => parseBytes(text) ?? 0;
  return Math.max(0, size(KONG_CACHE) - size(now ?? KONG_BUILT_IN_CACHE));
}

/** A higher limit, live; nothing where the container has none or the host cannot give more. */
export function raiseLimit(picture: Picture, caveat: string): readonly Advice[] {
  const room = roomOf(picture);
  const usedBytes = Math.max(usageOf(picture)?.usedBytes ?? 0, killsOf(picture).signs.length > 0 ? (room.limitBytes ?? 0) : 0);
  const bytes = raisedLimit(usedBytes, room);
  if (bytes === undefined || room.limitBytes === undefined) return [];
  const host = room.hostBytes === undefined ? "" : ` (the host has ${formatBytes(room.hostBytes)})`;
  const runs = picture.state === undefined || isRunning(picture);
  const why = `Raises the memory limit from ${formatBytes(room.limitBytes)} to ${formatBytes(bytes)}${host}${runs ? " while it runs" : ", for its next start"}. ${caveat}`;
  return [{ actionId: "docker.set-memory-limit", params: { limit: typedBytes(bytes) }, why }];
}

/** A restart, said to be what it is. */
export function restart(why: string): Advice {
  return { actionId: "docker.restart", params: {}, why };
}
