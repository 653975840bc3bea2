import type { AlertKill } from "../domain/alert.ts";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
// Zones reach from 12 hours behind to 14 before UTC; the rest is delay.
const FARTHEST_MS = 15 * 3_600_000;

/**
 * When a kill happened: by its own line; else when its sender said or was heard, unless the line's date, which names
 * neither year nor zone, is another day's. Undefined: nobody knows.
 */
export function killTime({ atMs, loggedAt }: AlertKill, saidMs: number): number | undefined {
  if (atMs !== undefined) return atMs;
  return loggedAt === undefined || isNear(loggedAt, saidMs) ? saidMs : undefined;
}

function isNear(loggedAt: string, saidMs: number): boolean {
  const [, month = "", day, hours, minutes, seconds] = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)/.exec(loggedAt) ?? [];
  const index = MONTHS.indexOf(month.toLowerCase());
  if (index === -1) return true; // another language, or dmesg's: it says nothing that could be compared
  const year = new Date(saidMs).getUTCFullYear();
  const inYear = (offset: number): number => Date.UTC(year + offset, index, Number(day), Number(hours), Number(minutes), Number(seconds));
  return [-1, 0, 1].some((offset) => Math.abs(inYear(offset) - saidMs) <= FARTHEST_MS);
}
