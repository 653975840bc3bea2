import { PRESSURE_SETTINGS } from "../../domain/trend/pressure.ts";
import { formatBytes } from "../../domain/bytes.ts";
import { counted } from "../../domain/count.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Finding } from "../../domain/finding.ts";
import { given } from "../../domain/given.ts";
import { suspectLeak } from "../../domain/trend/suspect-leak.ts";
import { raiseLimit, restart } from "./advice.ts";
import {
  fullShareOf,
  isRunning,
  limitInWords,
  limitOf,
  reason,
  shareOf,
  swapOf,
  usageOf,
  usageReason,
  type Limit,
  type Swap,
} from "./figures.ts";
import { beforeLastKill, typicalBytes } from "./history.ts";
import { diesOf, eventsOf, killsOf } from "./kills.ts";
import { weigh, when } from "../make-finding.ts";
import { inTheLast } from "./look-back.ts";
import { makeFinding } from "./make-finding.ts";
import type { Picture } from "./picture.ts";
import { forecastInWords, percent } from "../words.ts";

const TIGHT_SHARE = 0.8;
// A killed one was seen somewhat below: readings are minutes apart.
const TIGHT_SHARE_WHEN_KILLED = 0.65;
const FULL_SHARE = 0.9;
const LOW_SHARE = 0.6;
const WARNING_SHARE = PRESSURE_SETTINGS.warningAt;
const CRITICAL_SHARE = PRESSURE_SETTINGS.criticalAt;
const STEADY = new Set(["steady", "plateau", "sawtooth"]);
// A life so short that the limit does not even hold the start.
const START_UP_MS = 3 * 60_000;

/** It grows, and nothing takes the growth back. Pure. */
export function diagnoseLeak(picture: Picture): Finding | undefined {
  const trend = picture.history?.value.trend;
  if (trend?.kind !== "leak") return diagnoseFastLeak(picture);
  const kills = killsOf(picture);
  const share = shareOf(picture) ?? 0;
  const { timeToOom } = trend;
  return makeFinding({
    verdict: "leak",
    headline: `Its memory grows by ${formatBytes(Math.round(trend.bytesPerHour))} an hour and does not come back: a leak.${forecastInWords(timeToOom)}`,
    confidence: weigh(0.44 + trend.confidence * 0.46, [kills.signs.length > 0, 0.05], [share >= WARNING_SHARE, 0.03]),
    for: [reason(picture, "history", trend.says), usageReason(picture), ...kills.signs],
    against: [
      timeToOom.kind === "refused"
        ? reason(picture, "history", `when the limit is reached is not forecast: ${timeToOom.because}`)
        : undefined,
      when(kills.signs.length === 0 && share < LOW_SHARE, reason(picture, "stats", "there is still room, and growth may yet level off")),
    ],
    advice: [
      ...raiseLimit(picture, "It buys time: a leak fills any limit."),
      restart("Gives the memory back at once and buys the time that it took to grow. Requests under way are lost; the leak goes on."),
    ],
  });
}

/** Too young for a trend, and what the watch has raised already by growth that nothing explains. */
function diagnoseFastLeak(picture: Picture): Finding | undefined {
  const readings = (picture.history?.value.readings ?? []).map(({ atMs, usageBytes, ...more }) => ({ atMs, usageBytes, ...given(more) }));
  const { fast, kind } = suspectLeak(readings);
  if (kind !== "fast") return undefined;
  const kills = killsOf(picture);
  return makeFinding({
    verdict: "leak",
    headline: `Its memory grew by ${percent(fast.growth)} within ${formatDuration(fast.overMs)}, and nothing took it back: probably a leak.`,
    confidence: weigh(0.7, [kills.signs.length > 0, 0.05], [(shareOf(picture) ?? 0) >= CRITICAL_SHARE, 0.08]),
    for: [reason(picture, "history", fast.says), usageReason(picture), ...kills.signs],
    against: [reason(picture, "history", "it has not been seen for long enough for a trend: a load that grows looks the same")],
    advice: [
      ...raiseLimit(picture, "It buys time: a leak fills any limit."),
      restart("Gives the memory back at once and buys the time that it took to grow. Requests under way are lost; the leak goes on."),
    ],
  });
}

/** The load is as it always is, and the limit leaves it no room. Pure. */
export function diagnoseLimitTooSmall(picture: Picture): Finding | undefined {
  const limit = limitOf(picture);
  if (limit === undefined || limit.is === "host") return undefined;
  const trend = picture.history?.value.trend;
  const kills = killsOf(picture);
  const killed = kills.signs.length > 0 && kills.scope !== "global";
  const typical = typicalBytes(picture);
  const steady =
    trend !== undefined &&
    STEADY.has(trend.kind) &&
    typical !== undefined &&
    typical / limit.bytes >= (killed ? TIGHT_SHARE_WHEN_KILLED : TIGHT_SHARE);
  const shortLives = lifetimesBeforeKills(picture).filter((ms) => ms <= START_UP_MS);
  if (!steady && !(killed && shortLives.length >= 2)) return undefined;
  const share = shareOf(picture) ?? 0;
  const usage = usageOf(picture);
  const anonymous = usage?.anonBytes !== undefined && usage.anonBytes >= usage.usedBytes * 0.5;
  return makeFinding({
    verdict: "limit-too-small",
    headline: steady
      ? `Its load is steady and its limit leaves it no room: ${formatBytes(typical)} of ${formatBytes(limit.bytes)} in a usual hour.`
      : `It is killed soon after each start: its limit of ${formatBytes(limit.bytes)} does not even hold the start, or it grows at once.`,
    confidence: steady
      ? weigh(
          0.58,
          [picture.census !== undefined || !isRunning(picture), 0.05],
          [picture.environment !== undefined, 0.08],
          [killed, 0.12],
          [share >= FULL_SHARE, 0.06],
          [anonymous, 0.05],
          [typical / limit.bytes >= TIGHT_SHARE, 0.06],
        )
      : 0.48,
    for: [
      steady && trend.kind !== "undetermined" ? reason(picture, "history", trend.says) : undefined,
      steady
        ? reason(
            picture,
            "history",
            `half of the readings were above ${formatBytes(typical)} (${percent(typical / limit.bytes)} of the limit)`,
          )
        : undefined,
      shortLives.length >= 2
        ? reason(picture, "events", `${counted(shortLives.length, "life", "lives")} of under 3 min ended by a kill`)
        : undefined,
      usageReason(picture),
      ...kills.signs,
    ],
    against: [
      when(trend === undefined, reason(picture, "history", "there are no readings over time, so a fast leak or a spike looks the same")),
      when(!killed && steady, reason(picture, "events", "nothing was killed yet: the room left has been enough so far")),
    ],
    advice: raiseLimit(picture, "The use is steady, so this holds as long as the load stays what it is."),
  });
}

/** Far from the limit minutes before the kill: something took much at once. Pure. */
export function diagnoseSpike(picture: Picture): Finding | undefined {
  const limit = limitOf(picture);
  const trend = picture.history?.value.trend;
  const kills = killsOf(picture);
  const before = beforeLastKill(picture, kills.lastAtMs);
  const jumped = before !== undefined && limit !== undefined && before.usageBytes / limit.bytes < LOW_SHARE && kills.scope !== "global";
  if (!jumped && !(trend?.kind === "spike" && (shareOf(picture) ?? 0) < CRITICAL_SHARE)) return undefined;
  if (!jumped && trend?.kind === "spike" && kills.signs.length === 0) return undefined;
  const apart = before === undefined || kills.lastAtMs === undefined ? undefined : kills.lastAtMs - before.atMs;
  return makeFinding({
    verdict: "spike",
    headline:
      before === undefined || apart === undefined
        ? "Its memory rose at once and fell again: a spike, not a leak. Something large was handled in that moment."
        : `${formatDuration(apart)} before the kill it used ${formatBytes(before.usageBytes)} only: something took the rest at once. A spike, not a leak.`,
    confidence: weigh(0.6, [jumped, 0.2], [kills.signs.length > 1, 0.08], [trend?.kind === "spike" || trend?.kind === "steady", 0.06]),
    for: [
      before !== undefined && limit !== undefined
        ? reason(
            picture,
            "history",
            `${formatBytes(before.usageBytes)} of ${limitInWords(limit)} (${percent(before.usageBytes / limit.bytes)}) in the last reading before it`,
          )
        : undefined,
      trend !== undefined && trend.kind !== "undetermined" ? reason(picture, "history", trend.says) : undefined,
      ...kills.signs,
    ],
    against: [
      when(
        apart !== undefined && apart > START_UP_MS,
        reason(picture, "history", "readings are minutes apart: how fast it rose between them is not known"),
      ),
    ],
    advice: raiseLimit(picture, "It makes room for one spike of this size; the request or job that causes it is what to look for."),
  });
}

/** Near its limit, nothing killed, and nothing read says why. Pure. */
export function diagnoseNearLimit(picture: Picture): Finding | undefined {
  const share = shareOf(picture);
  const limit = limitOf(picture);
  if (share === undefined || limit === undefined || share < WARNING_SHARE || killsOf(picture).signs.length > 0) return undefined;
  const whose = limit.is === "host" ? "the host's memory, for it has no limit of its own" : "its memory limit";
  const swap = swapOf(picture);
  const isFull = (fullShareOf(picture) ?? share) >= CRITICAL_SHARE && share >= CRITICAL_SHARE;
  return makeFinding({
    verdict: "near-limit",
    headline: `It uses ${percent(share)} of ${whose}. ${atTheLimit(limit, swap)}`,
    confidence: weigh(0.62, [isFull, 0.08], [picture.events !== undefined, 0.04], [picture.state !== undefined, 0.04]),
    for: [usageReason(picture)],
    against: [
      swap === undefined
        ? reason(picture, "cgroup", "whether it has swap left, and is slow before anything is killed, is not known")
        : when(swap.leftBytes > 0, reason(picture, swap.part, `${formatBytes(swap.leftBytes)} of swap are left to it`)),
      when(
        picture.history === undefined,
        reason(picture, "history", "there are no readings over time: a steady load, growth and a passing peak look the same now"),
      ),
      when(
        eventsOf(picture, "oom").length === 0 && picture.events !== undefined,
        reason(picture, "events", `nothing of it was killed ${inTheLast(picture)}`),
      ),
    ],
    advice: raiseLimit(picture, "It buys time to find out what fills it."),
  });
}

/** What comes next: with swap left it is slowed down, and nothing is killed yet. */
function atTheLimit({ is }: Limit, swap: Swap | undefined): string {
  const whom = is === "host" ? "kills whatever it finds largest on the host" : "kills a process of it";
  const when = is === "host" ? "When that is full" : "At the limit";
  if (swap === undefined || swap.leftBytes === 0) return `${when} the kernel ${whom}.`;
  return `${when} the kernel moves memory out to swap, which makes it slow: ${formatBytes(swap.usedBytes)} are there, ${formatBytes(swap.leftBytes)} more may be. Only when that is full it ${whom}.`;
}

/** How long each life lasted that ended with a kill, oldest first. */
function lifetimesBeforeKills(picture: Picture): readonly number[] {
  const starts = eventsOf(picture, "start");
  return diesOf(picture)
    .filter(({ exitCode }) => exitCode === 137)
    .flatMap(({ atMs }) => {
      const start = starts.findLast((each) => each.atMs <= atMs);
      return start === undefined ? [] : [atMs - start.atMs];
    });
}
