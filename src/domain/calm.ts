import { given } from "./given.ts";
import { fitsPattern } from "./name-pattern.ts";
import { fitsLabel, type Noise } from "./silence.ts";
import { targetKey } from "./target.ts";
import { dayBefore, isZone, momentOf, wallTimeAt, WEEKDAYS, type Weekday } from "./zoned-time.ts";

/** When the configuration wants quiet. */
export type CalmRules = {
  readonly maintenance: readonly MaintenanceWindow[];
  /** In them only what is critical is told; the rest comes as one message when they end. */
  readonly quietHours?: QuietHours;
};

/** Work that is known of: nothing of what it covers is told while it lasts, kills neither. */
export type MaintenanceWindow = {
  readonly name: string;
  /** Target keys, `*` at the end matches the rest. Empty: all. */
  readonly targets: readonly string[];
  /** Each must fit. */
  readonly labels: Readonly<Record<string, string>>;
  readonly when: WindowTime;
};

export type WindowTime = { readonly kind: "once"; readonly fromMs: number; readonly toMs: number } | WeeklyTime;

/** On these days by a zone's clock. `to` at or before `from`: on the next day. */
export type WeeklyTime = { readonly kind: "weekly"; readonly days: readonly Weekday[] } & QuietHours;

export type QuietHours = {
  /** Minutes since midnight. */
  readonly fromMinutes: number;
  readonly toMinutes: number;
  /** IANA: Europe/Berlin. */
  readonly zone: string;
};

/** Who wants quiet, and whether what is not told comes later by itself. */
export type Calm = { readonly kind: "maintenance"; readonly name: string } | { readonly kind: "quiet-hours" };

/** Does the configuration want quiet about this now? Maintenance goes before quiet hours: nothing of it comes later. */
export function calmOf(rules: CalmRules, noise: Noise, nowMs: number): Calm | undefined {
  const window = rules.maintenance.find((one) => isWithin(one.when, nowMs) && isOf(one, noise));
  if (window !== undefined) return { kind: "maintenance", name: window.name };
  return noise.severity !== "critical" && isQuiet(rules, nowMs) ? { kind: "quiet-hours" } : undefined;
}

/** What of the configuration keeps all targets of a pattern quiet now, whatever their alerts say, and until when; absent: for good. */
export function calmOver(rules: CalmRules, pattern: string, nowMs: number): readonly (Calm & { readonly untilMs?: number })[] {
  const until = (when: WindowTime): { readonly untilMs?: number } => given({ untilMs: nextChange(when, nowMs) });
  const windows = rules.maintenance.filter(({ when, targets, labels }) => {
    const isAll = targets.length === 0 || targets.some((target) => fitsPattern(target, pattern));
    return isAll && Object.keys(labels).length === 0 && isWithin(when, nowMs);
  });
  const { quietHours } = rules;
  return [
    ...windows.map(({ name, when }) => ({ kind: "maintenance", name, ...until(when) }) as const),
    ...(quietHours !== undefined && isQuiet(rules, nowMs) ? [{ kind: "quiet-hours", ...until(weeklyOf(quietHours)) } as const] : []),
  ];
}

/** Are these quiet hours? */
export function isQuiet({ quietHours }: CalmRules, nowMs: number): boolean {
  return quietHours !== undefined && isWithin(weeklyOf(quietHours), nowMs);
}

/** Quiet hours are those of every day. */
export function weeklyOf(hours: QuietHours): WeeklyTime {
  return { kind: "weekly", days: WEEKDAYS, ...hours };
}

/** By the clock on the wall: what a clock shows twice in autumn counts twice, what it leaves out in spring not at all. */
export function isWithin(when: WindowTime, nowMs: number): boolean {
  if (when.kind === "once") return nowMs >= when.fromMs && nowMs < when.toMs;
  const { days, fromMinutes, toMinutes, zone } = when;
  const { weekday, minutes } = wallTimeAt(nowMs, zone);
  if (fromMinutes < toMinutes) return days.includes(weekday) && minutes >= fromMinutes && minutes < toMinutes;
  const began = days.includes(weekday) && minutes >= fromMinutes;
  return began || (days.includes(dayBefore(weekday)) && minutes < toMinutes);
}

/** When it ends, where it holds now; else when it begins next. Undefined: never. To the minute. */
export function nextChange(when: WindowTime, nowMs: number): number | undefined {
  const isNow = isWithin(when, nowMs);
  const differs = (atMs: number): boolean => isWithin(when, atMs) !== isNow;
  const next = boundariesOf(when, nowMs).find((atMs) => atMs > nowMs && differs(atMs));
  if (next === undefined || when.kind === "once") return next;
  // A clock that is put forward in between leaves out the very minute.
  let atMs = next;
  while (atMs - MINUTE_MS > nowMs && atMs > next - LONGEST_SHIFT_MS && differs(atMs - MINUTE_MS)) atMs -= MINUTE_MS;
  return atMs;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** By how much clocks are put forward or back, at the most. */
const LONGEST_SHIFT_MS = 2 * 3_600_000;

/** Of the week around, in order; of an hour that comes twice both. */
function boundariesOf(when: WindowTime, nowMs: number): readonly number[] {
  if (when.kind === "once") return [when.fromMs, when.toMs];
  const { fromMinutes, toMinutes, zone } = when;
  const days = Array.from({ length: 10 }, (_, index) => wallTimeAt(nowMs + (index - 1) * DAY_MS, zone));
  return days
    .flatMap(({ year, month, day }) => [fromMinutes, toMinutes].map((minutes) => momentOf({ year, month, day, minutes }, zone)))
    .flatMap((atMs) => [atMs, atMs + LONGEST_SHIFT_MS / 2])
    .toSorted((left, right) => left - right);
}

function isOf({ targets, labels }: MaintenanceWindow, noise: Noise): boolean {
  const { target } = noise;
  const isTarget = targets.length === 0 || (target !== undefined && targets.some((pattern) => fitsPattern(pattern, targetKey(target))));
  return isTarget && Object.entries(labels).every(([name, pattern]) => fitsLabel({ name, pattern }, noise));
}

/** `sat,sun 02:00-06:00 Europe/Berlin`: as it is written. */
export function formatWindowTime({ days, fromMinutes, toMinutes, zone }: WeeklyTime): string {
  const named = days.length === WEEKDAYS.length ? "daily" : days.join(",");
  return `${named} ${formatTimeOfDay(fromMinutes)}-${formatTimeOfDay(toMinutes)} ${zone}`;
}

function formatTimeOfDay(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

export const WEEKLY_EXPECTED =
  'days (daily, sat, mon-fri, sat,sun), hours and a time zone, such as "sat 02:00-06:00 Europe/Berlin" or "daily 22:00-04:00 UTC"; a whole day is 00:00-24:00';

/** Which part of a week's window is wrong; undefined: none of them by itself. */
export function wrongInWeekly(text: string): string | undefined {
  const [days = "", hours = "", zone = "", ...more] = text.trim().split(/\s+/);
  const [from = "", to = "", ...others] = hours.split("-");
  if (parseDays(days.toLowerCase()) === undefined)
    return `days as daily, mon, mon-fri or mon,tue (without spaces) at its beginning, not "${days.slice(0, 40)}"`;
  if (parseTimeOfDay(from) === undefined || parseEnd(to) === undefined || others.length > 0)
    return `hours such as 22:00-04:00, or 00:00-24:00 for a whole day, after the days, not "${hours.slice(0, 40)}"`;
  if (parseTimeOfDay(from) === parseEnd(to))
    return `hours that begin and end at different times (a whole day is 00:00-24:00), not "${hours.slice(0, 40)}"`;
  if (!isZone(zone)) return `the name of a time zone such as Europe/Berlin after the hours, not "${zone.slice(0, 40)}"`;
  return more.length > 0 ? `nothing after the time zone, not "${more.join(" ").slice(0, 40)}"` : undefined;
}

/** `sat 02:00-06:00 Europe/Berlin`, `mon-fri ...`, `sat,sun ...`, `daily ...`; undefined: not understood. */
export function parseWeekly(text: string): WeeklyTime | undefined {
  const [, days = "", from = "", to = "", zone = ""] = /^\s*([a-z,-]{3,40})\s+(\S{4,5})-(\S{4,5})\s+(\S+)\s*$/i.exec(text) ?? [];
  const [on, fromMinutes, toMinutes] = [parseDays(days.toLowerCase()), parseTimeOfDay(from), parseEnd(to)];
  if (on === undefined || fromMinutes === undefined || toMinutes === undefined || fromMinutes === toMinutes || !isZone(zone))
    return undefined;
  return { kind: "weekly", days: on, fromMinutes, toMinutes, zone };
}

/** A day ends at 24:00, where the next begins. */
function parseEnd(text: string): number | undefined {
  return text === "24:00" ? 1440 : parseTimeOfDay(text);
}

/** `22:00` → minutes since midnight; undefined: no time of day. */
export function parseTimeOfDay(text: string): number | undefined {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim()) ?? [];
  return hours === undefined || minutes === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

export const MOMENT_EXPECTED = "a time with its offset or zone, such as 2026-11-28T02:00:00Z or 2026-11-28 02:00 Europe/Berlin";

/** A moment with an offset, or on a zone's clock; undefined: not understood, or no such day. */
export function parseMoment(text: string): number | undefined {
  const [, date = "", time = "", place = ""] =
    /^\s*(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s?(\S+)\s*$/.exec(text) ?? [];
  const midnightMs = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(midnightMs) || new Date(midnightMs).toISOString().slice(0, 10) !== date) return undefined;
  if (/^(z|[+-]\d{2}:\d{2})$/i.test(place)) {
    const atMs = Date.parse(`${date}T${time}${place.toUpperCase()}`);
    return Number.isNaN(atMs) ? undefined : atMs;
  }
  const minutes = parseTimeOfDay(time.slice(0, 5));
  if (minutes === undefined || !isZone(place)) return undefined;
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  return momentOf({ year, month, day, minutes }, place);
}

function parseDays(text: string): readonly Weekday[] | undefined {
  if (text === "daily") return WEEKDAYS;
  const parts = text.split(",").map(parseRange);
  return parts.some((part) => part === undefined)
    ? undefined
    : WEEKDAYS.filter((day) => parts.some((part) => part?.includes(day) === true));
}

/** `fri-mon` goes over the weekend. */
function parseRange(text: string): readonly Weekday[] | undefined {
  const [first, last, ...more] = text.split("-").map((name) => WEEKDAYS.find((day) => day === name.slice(0, 3) && name.length >= 3));
  if (first === undefined || more.length > 0 || (last === undefined && text.includes("-"))) return undefined;
  const from = WEEKDAYS.indexOf(first);
  const length = (WEEKDAYS.indexOf(last ?? first) - from + 7) % 7;
  return WEEKDAYS.filter((_, index) => (index - from + 7) % 7 <= length);
}
