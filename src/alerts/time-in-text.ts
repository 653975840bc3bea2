const MOST_CHARACTERS = 20_000;
// `2026-06-11T14:22:20.5+02:00`, `2025-10-28 13:03 UTC`, `2025-10-28 13:03:20 +0900`.
const ISO = /\b(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,]\d{1,9})? ?(Z|UTC|GMT|[+-]\d\d:?\d\d)(?![\w:])/;
// `Thu, 21 Apr 2022 02:43:00 UTC`
const RFC = /\b(\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}) (\d\d:\d\d(?::\d\d)?) ?(UTC|GMT|[+-]\d{4})\b/;

/** The first time in a text that has a date and a zone, in milliseconds since 1970. Undefined: there is none. */
export function timeInText(text: string): number | undefined {
  const head = text.slice(0, MOST_CHARACTERS);
  const [, day, time, zone] = ISO.exec(head) ?? RFC.exec(head) ?? [];
  if (day === undefined || time === undefined || zone === undefined) return undefined;
  const seconds = time.length === 5 ? `${time}:00` : time;
  const ms = Date.parse(day.includes("-") ? `${day}T${seconds}${offsetOf(zone)}` : `${day} ${seconds} ${zone}`);
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

function offsetOf(zone: string): string {
  if (/^(?:Z|UTC|GMT)$/.test(zone)) return "Z";
  return zone.includes(":") ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
}
