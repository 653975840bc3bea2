import { formatDuration } from "../../domain/duration.ts";
import type { Finding } from "../../domain/finding.ts";
import { isRunning, limitOf, reason, shareOf, usageOf, usageReason } from "./figures.ts";
import { killsOf } from "./kills.ts";
import { weigh, when } from "../make-finding.ts";
import { inTheLast } from "./look-back.ts";
import { makeFinding } from "./make-finding.ts";
import { hits } from "./patterns.ts";
import type { Picture } from "./picture.ts";

const WARNING_SHARE = 0.7;
// A heap that was full so long ago is history.
const STALE_MS = 6 * 3_600_000;
const CACHED_SHARE = 0.95;

/** It runs, has room, and nothing was killed. Pure. */
export function diagnoseHealthy(picture: Picture): Finding | undefined {
  const share = shareOf(picture);
  if (share === undefined || share >= WARNING_SHARE || !isRunning(picture) || killsOf(picture).signs.length > 0) return undefined;
  const heap = hits(picture, "heap");
  const now = picture.state?.value.atMs ?? picture.logs?.value.toMs ?? 0;
  const stale = heap !== undefined && now - heap.lastAtMs > STALE_MS;
  if ((heap !== undefined && !stale) || picture.history?.value.trend?.kind === "leak") return undefined;
  const { state, events, logs, kernel, history } = picture;
  const usage = usageOf(picture);
  const limit = limitOf(picture);
  const unlimited = limit?.is === "host";
  const cached = usage !== undefined && limit !== undefined && usage.rawBytes >= limit.bytes * CACHED_SHARE;
  const unhealthy = state?.value.health?.status === "unhealthy" || isFailing(picture);
  return makeFinding({
    verdict: "healthy",
    headline: unhealthy
      ? "It has room: memory is not the problem here, although its health check fails."
      : "It has room: memory is not the problem here.",
    confidence: weigh(
      0.55,
      [state !== undefined, 0.12],
      [events !== undefined, 0.08],
      [logs !== undefined && !stale, 0.07],
      [kernel !== undefined, 0.05],
      [history?.value.trend !== undefined && history.value.trend.kind !== "undetermined", 0.08],
    ),
    for: [
      usageReason(picture),
      when(events !== undefined, reason(picture, "events", `no oom event ${inTheLast(picture)}`)),
      when(
        logs !== undefined && heap === undefined && hits(picture, "worker-killed") === undefined,
        reason(picture, "logs", "none of the known memory errors is in its log"),
      ),
      history?.value.trend === undefined || history.value.trend.kind === "undetermined"
        ? undefined
        : reason(picture, "history", history.value.trend.says),
      when(
        cached,
        reason(
          picture,
          usage?.part ?? "stats",
          "file cache fills the rest of its limit, which is as it should be: it is given back on demand",
        ),
      ),
    ],
    against: [
      heap && reason(picture, "logs", `its log tells of a full heap ${formatDuration(Math.max(0, now - heap.lastAtMs))} ago`),
      when(unlimited, reason(picture, "state", "no limit is set: nothing stops it from taking the host's memory")),
      when(
        unhealthy,
        reason(picture, picture.health === undefined ? "state" : "health", "its health check fails: something else may be wrong"),
      ),
      when(
        events === undefined,
        reason(picture, "events", "Docker's events were not read, or do not reach back so far: an earlier kill would not be known"),
      ),
      when(history === undefined, reason(picture, "history", "there are no readings over time: whether it grows is not known")),
    ],
  });
}

/** Not enough was read to say anything, or what was read does not go together. Pure. */
export function diagnoseUndetermined(picture: Picture): Finding {
  const kills = killsOf(picture);
  const judged = shareOf(picture) !== undefined;
  const missing = (["state", "stats", "events", "census", "logs", "kernel", "history"] as const).filter(
    (part) => picture[part] === undefined,
  );
  const exit = picture.state?.value.exitCode;
  const only137 = exit === 137 && kills.signs.length === 0 && !isRunning(picture);
  return makeFinding({
    verdict: "undetermined",
    headline: only137
      ? "It ended by SIGKILL (137). Whether the kernel sent it for want of memory is not to be seen from here."
      : "What could be read of this container is not enough for a verdict.",
    confidence: 0.2,
    for: [usageReason(picture), ...kills.signs],
    against: [
      when(!judged, reason(picture, "stats", "how much it uses of which limit is not known")),
      when(missing.length > 0, reason(picture, missing[0] ?? "state", `not seen: ${missing.join(", ")}`)),
    ],
  });
}

/** Whether the configured check says that it is not well. */
export function isFailing({ health }: Picture): boolean {
  const value = health?.value;
  if (value === undefined) return false;
  if (value.kind === "command") return value.exitCode !== 0 && !isNotRun(value);
  return value.kind === "no-answer" || value.status < 200 || value.status >= 300;
}

/** 126 and 127: the check could not be run at all, which says nothing about the container. */
export function isNotRun({ exitCode }: { readonly exitCode: number }): boolean {
  return exitCode === 126 || exitCode === 127;
}
