const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
// kubectl writes times as RFC 1123 with the zone of whoever ran it.
const RFC_1123 =
  /^(?:[^\d,]{2,12},?\s+)?(\d{1,2})[ -]([A-Za-z]{3})[a-z]*\.?[ -](\d{4})\s+(\d{2}):(\d{2}):(\d{2})\s*(?:([+-])(\d{2}):?(\d{2})|(?:UTC|GMT|Z)\b)/;
const ISO = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})/;
const YEAR_MS = 365 * 86_400_000;

/** `Thu, 27 Feb 2025 07:36:22 +0100` → milliseconds since 1970. Undefined: no time, none with a zone, or Go's zero time. */
export function readTime(text: string): number | undefined {
  const atMs = RFC_1123.test(text) ? ofRfc1123(text) : ofIso(text);
  // What has no time is written as the first moments of 1970 or of year 1.
  return atMs === undefined || Number.isNaN(atMs) || atMs < YEAR_MS ? undefined : atMs;
}

function ofRfc1123(text: string): number | undefined {
  const [, day, month = "", year, hour, minute, second, sign, zoneHours = "0", zoneMinutes = "0"] = RFC_1123.exec(text) ?? [];
  const at = MONTHS.indexOf(month.toLowerCase());
  if (at === -1) return undefined;
  const offset = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === "-" ? -1 : 1);
  return Date.UTC(Number(year), at, Number(day), Number(hour), Number(minute), Number(second)) - offset * 60_000;
}

function ofIso(text: string): number | undefined {
  const found = ISO.exec(text)?.[0];
  return found === undefined ? undefined : Date.parse(found.replace(" ", "T"));
}
