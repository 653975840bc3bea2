import { formatBytes } from "../../domain/bytes.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Finding } from "../../domain/finding.ts";
import { compareReplicas, confidenceBeside } from "../../domain/trend/compare-replicas.ts";
import { PRESSURE_SETTINGS } from "../../domain/trend/pressure.ts";
import { weigh, when } from "../make-finding.ts";
import { forecastInWords, percent } from "../words.ts";
import { CRITICAL_SHARE, gentlerFirst, heapProfile, raiseLimit, restart, scaleUp } from "./advice.ts";
import { beforeEnd, replicasReason, typicalBytes, usageReason } from "./figures.ts";
import { trendOf, type Focus } from "./focus.ts";
import { isAtOnce } from "./end-words.ts";
import { heapOf, heapReasons, heldBy } from "./heap-signs.ts";
import { makeFinding } from "./make-finding.ts";
import { reason, type Picture } from "./picture.ts";

const TIGHT_SHARE = 0.8;
const TIGHT_SHARE_WHEN_KILLED = 0.65;
const LOW_SHARE = 0.6;
const STEADY = new Set(["steady", "plateau", "sawtooth"]);

/** It grows, and nothing takes the growth back; its replicas tell whether it is the program. Pure. */
export function diagnoseLeak(picture: Picture, focus: Focus): Finding | undefined {
  const trend = trendOf(focus);
  if (trend?.kind !== "leak") return undefined;
  const { judgement, share = 0, container } = focus;
  const series = picture.history?.value.series ?? [];
  const replicas = series.flatMap(({ pod, container: name, readings }) =>
    name === container?.name && readings.trend !== undefined ? [{ name: pod, trend: readings.trend }] : [],
  );
  const compared = compareReplicas(replicas);
  const { timeToOom } = trend;
  const heap = heapOf(picture, focus);
  return makeFinding({
    verdict: "leak",
    headline: `The memory of ${container?.name ?? "a container"} grows by ${formatBytes(Math.round(trend.bytesPerHour))} an hour and does not come back: a leak.${forecastInWords(timeToOom)}`,
    confidence: weigh(
      0.44 + confidenceBeside(trend, compared) * 0.46,
      [judgement.killed, 0.05],
      [share >= PRESSURE_SETTINGS.warningAt, 0.03],
    ),
    for: [
      reason(picture, "history", trend.says),
      when(compared.kind === "all" || compared.kind === "some", reason(picture, "history", compared.says)),
      usageReason(picture, focus),
      ...heapReasons(picture, heap, heldBy(heap, /./)),
      ...judgement.for.slice(0, judgement.killed ? 2 : 0),
    ],
    against: [
      when(compared.kind === "alone", reason(picture, "history", compared.says)),
      timeToOom.kind === "refused"
        ? reason(picture, "history", `when the limit is reached is not forecast: ${timeToOom.because}`)
        : undefined,
      when(!judgement.killed && share < LOW_SHARE, reason(picture, "usage", "there is still room, and growth may yet level off")),
    ],
    advice: gentlerFirst(
      focus,
      [...heapProfile(focus), ...raiseLimit(picture, focus, "It buys time: a leak fills any limit.")],
      restart(picture, focus),
    ),
  });
}

/** The load is as it always is, or does not even fit at the start. Pure. */
export function diagnoseLimitTooSmall(picture: Picture, focus: Focus): Finding | undefined {
  const { limitBytes, judgement, container } = focus;
  if (limitBytes === undefined || judgement.scope === "node") return undefined;
  const trend = trendOf(focus);
  const typical = typicalBytes(focus);
  const killed = judgement.killed;
  const steady =
    trend !== undefined &&
    STEADY.has(trend.kind) &&
    typical !== undefined &&
    typical / limitBytes >= (killed ? TIGHT_SHARE_WHEN_KILLED : TIGHT_SHARE);
  const { end } = judgement;
  const atOnce = killed && end !== undefined && isAtOnce(end) && (container?.restarts ?? 0) >= 2;
  if (!steady && !atOnce) return undefined;
  return makeFinding({
    verdict: "limit-too-small",
    headline: steady
      ? `The load of ${container?.name ?? "the container"} is steady and its limit leaves it no room: ${formatBytes(typical)} of ${formatBytes(limitBytes)} in a usual hour.`
      : `${container?.name ?? "The container"} is killed within seconds of each start: its limit of ${formatBytes(limitBytes)} does not even hold the start, or it takes all at once.`,
    confidence: steady
      ? weigh(0.66, [killed, 0.14], [typical / limitBytes >= TIGHT_SHARE, 0.08])
      : weigh(0.4, [(container?.restarts ?? 0) >= 5, 0.08]), // a guess: the kill, which is known, stands above it
    for: [
      steady && trend.kind !== "undetermined" ? reason(picture, "history", trend.says) : undefined,
      steady
        ? reason(
            picture,
            "history",
            `half of the readings were above ${formatBytes(typical)} (${percent(typical / limitBytes)} of the limit)`,
          )
        : undefined,
      ...judgement.for.slice(0, killed ? 3 : 0),
      replicasReason(picture, focus),
      usageReason(picture, focus),
    ],
    against: [
      when(
        !steady,
        reason(picture, "history", "there are no readings over time: a program that asks for far too much at its start looks the same"),
      ),
      when(!killed, reason(picture, "pods", "nothing was killed yet: the room left has been enough so far")),
    ],
    advice: [
      ...raiseLimit(
        picture,
        focus,
        steady
          ? "The use is steady, so this holds as long as the load stays what it is."
          : "Look first whether it asks for a fixed amount at its start.",
      ),
      ...(steady ? scaleUp(picture, "The same load over more pods leaves each more room.") : []),
    ],
  });
}

/** Far from the limit minutes before the kill: something took much at once. Pure. */
export function diagnoseSpike(picture: Picture, focus: Focus): Finding | undefined {
  const { limitBytes, judgement } = focus;
  const before = beforeEnd(focus);
  const endMs = judgement.end?.finishedAtMs;
  if (!judgement.killed || judgement.scope === "node" || before === undefined || limitBytes === undefined || endMs === undefined)
    return undefined;
  if (before.usageBytes / limitBytes >= LOW_SHARE || (judgement.end !== undefined && isAtOnce(judgement.end))) return undefined;
  const trend = trendOf(focus);
  return makeFinding({
    verdict: "spike",
    headline: `${formatDuration(endMs - before.atMs)} before the kill it used ${formatBytes(before.usageBytes)} only: something took the rest at once. A spike, not a leak.`,
    confidence: weigh(0.78, [trend?.kind === "spike" || trend?.kind === "steady", 0.08], [judgement.confidence >= 0.9, 0.06]),
    for: [
      reason(
        picture,
        "history",
        `${formatBytes(before.usageBytes)} of ${formatBytes(limitBytes)} (${percent(before.usageBytes / limitBytes)}) in the last reading before it`,
      ),
      trend !== undefined && trend.kind !== "undetermined" ? reason(picture, "history", trend.says) : undefined,
      ...judgement.for,
      replicasReason(picture, focus),
    ],
    against: [reason(picture, "history", "readings are minutes apart: how fast it rose between them is not known")],
    advice: [
      ...raiseLimit(picture, focus, "It makes room for one spike of this size; the request or job that causes it is what to look for."),
      ...scaleUp(picture, "When many requests at once were the spike, more pods share them."),
    ],
  });
}

/** Near its limit, nothing killed, and nothing read says why. Pure. */
export function diagnoseNearLimit(picture: Picture, focus: Focus): Finding | undefined {
  const { share, judgement, container } = focus;
  if (share === undefined || share < PRESSURE_SETTINGS.warningAt || judgement.killed) return undefined;
  return makeFinding({
    verdict: "near-limit",
    headline: `${container?.name ?? "The container"} uses ${percent(share)} of its memory limit. At the limit the kernel kills a process of it.`,
    confidence: weigh(
      0.62,
      [share >= PRESSURE_SETTINGS.criticalAt, 0.08],
      [share >= CRITICAL_SHARE, 0.06],
      [picture.events !== undefined, 0.04],
    ),
    for: [usageReason(picture, focus)],
    against: [
      when(
        focus.readings === undefined,
        reason(picture, "history", "there are no readings over time: a steady load, growth and a passing peak look the same now"),
      ),
      reason(picture, "pods", "no container of it was killed for want of memory"),
    ],
    advice: gentlerFirst(
      focus,
      [...raiseLimit(picture, focus, "It buys time to find out what fills it."), ...heapProfile(focus)],
      restart(picture, focus),
    ),
  });
}
