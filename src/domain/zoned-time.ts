/*
 * Wall clocks of time zones, by Intl. A zone is an IANA name such as Europe/Berlin.
 */

export const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** What a clock on the wall of a zone shows. */
export type WallTime = {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly weekday: Weekday;
  /** Since midnight, 0 to 1439. */
  readonly minutes: number;
};

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Does this machine know the zone? */
export function isZone(zone: string): boolean {
  return /^[A-Za-z][\w+/-]{1,50}$/.test(zone) && formatOf(zone) !== undefined;
}

/** What the clock of a zone shows at a moment. Throws RangeError for a zone that `isZone` refuses. */
export function wallTimeAt(atMs: number, zone: string): WallTime {
  const format = formatOf(zone);
  if (format === undefined) throw new RangeError(`expected a time zone such as Europe/Berlin, got ${JSON.stringify(zone)}`);
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? Number.NaN;
  const [year, month, day] = [part("year"), part("month"), part("day")];
  const weekday = WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()] ?? "sun";
  return { year, month, day, weekday, minutes: part("hour") * 60 + part("minute") };
}

/** The day before, as calendars have it. */
export function dayBefore(weekday: Weekday): Weekday {
  return WEEKDAYS[(WEEKDAYS.indexOf(weekday) + 6) % 7] ?? "sun";
}

/**
 * The moment at which a zone's clock shows this. Of an hour that a clock shows twice in autumn the first; what it leaves out in
 * spring is as much later as was left out.
 */
export function momentOf({ year, month, day, minutes }: Omit<WallTime, "weekday">, zone: string): number {
  const asUtcMs = Date.UTC(year, month - 1, day) + minutes * MINUTE_MS;
  const offsets = [offsetAt(asUtcMs - DAY_MS, zone), offsetAt(asUtcMs + DAY_MS, zone)];
  const fitting = offsets.map((offsetMs) => asUtcMs - offsetMs).filter((atMs) => atMs + offsetAt(atMs, zone) === asUtcMs);
  return fitting.length > 0 ? Math.min(...fitting) : asUtcMs - (offsets[0] ?? 0);
}

function offsetAt(atMs: number, zone: string): number {
  const { year, month, day, minutes } = wallTimeAt(atMs, zone);
  return Date.UTC(year, month - 1, day) + minutes * MINUTE_MS - Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
}

/** Making one takes longer than asking it a thousand times. */
function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  try {
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
    formats.set(zone, format);
    return format;
  } catch {
    return undefined; // RangeError: there is no such zone
  }
}
