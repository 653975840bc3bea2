/** When a line was logged, as far as its writer said. */
export type LogTime = {
  /** Milliseconds since 1970, only where date, year and zone are known. */
  readonly atMs: number | null;
  /** As the log writes it. */
  readonly loggedAt: string | null;
  /** By the kernel's own clock. */
  readonly uptimeSeconds: number | null;
};

export const NO_TIME: LogTime = { atMs: null, loggedAt: null, uptimeSeconds: null };

/** Milliseconds → `2024-07-04T21:28:32Z`, with a fraction only where there is one. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString().replace(".000Z", "Z");
}

/** `2024-07-04T21:28:32,123+0200` → milliseconds since 1970. Null without a zone, and for what is no date. */
export function readIsoTime(text: string): number | null {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\s?(Z|UTC|[+-]\d\d:?\d\d)$/.exec(text.trim());
  if (match === null) return null;
  const [, date, clock, fraction = "0", zone = "Z"] = match;
  const atMs = Date.parse(`${date}T${clock}.${fraction.slice(0, 3).padEnd(3, "0")}Z`);
  return Number.isNaN(atMs) ? null : atMs - offsetMs(zone);
}

/** Seconds since 1970, with or without a fraction → milliseconds. Null outside the years 2001 to 2286. */
export function readEpoch(text: string): number | null {
  return /^\d{10}(\.\d{1,9})?$/.test(text) && !text.startsWith("0") ? Math.round(Number(text) * 1000) : null;
}

/** Microseconds since 1970, as the journal writes them. */
export function readEpochMicros(text: string): number | null {
  return /^\d{16}$/.test(text) ? Math.floor(Number(text) / 1000) : null;
}

function offsetMs(zone: string): number {
  if (zone === "Z" || zone === "UTC") return 0;
  const digits = zone.slice(1).replace(":", "");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
}
