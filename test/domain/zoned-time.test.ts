import { expect, it } from "vitest";
import { dayBefore, isZone, momentOf, wallTimeAt } from "../../src/domain/zoned-time.ts";

const at = (iso: string): number => Date.parse(iso);
const iso = (atMs: number): string => new Date(atMs).toISOString();

it("knows zones, and what is none", () => {
  expect(["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Asia/Kathmandu"].filter((zone) => !isZone(zone))).toEqual([]);
  expect(["", "Europe/Berlinn", "Berlin", "<!channel>", "x".repeat(5_000)].filter(isZone)).toEqual([]);
  expect(() => wallTimeAt(0, "Europe/Berlinn")).toThrow("expected a time zone such as Europe/Berlin");
});

it("reads a zone's clock", () => {
  expect(wallTimeAt(at("2026-11-22T23:30:00Z"), "Europe/Berlin")).toEqual({ year: 2026, month: 11, day: 23, weekday: "mon", minutes: 30 });
  expect(wallTimeAt(at("2026-07-01T18:15:00Z"), "Asia/Kathmandu")).toMatchObject({ day: 2, minutes: 0 });
  expect(wallTimeAt(at("2026-01-01T04:00:00Z"), "America/New_York")).toMatchObject({ year: 2025, month: 12, day: 31, minutes: 23 * 60 });
});

it("finds the moment of a time on the wall, in summer, in winter and on the days between", () => {
  const berlin = (day: number, month: number, minutes: number): string =>
    iso(momentOf({ year: 2026, month, day, minutes }, "Europe/Berlin"));
  expect(berlin(1, 7, 120)).toBe("2026-07-01T00:00:00.000Z");
  expect(berlin(1, 12, 120)).toBe("2026-12-01T01:00:00.000Z");
  // 29 March 2026: from 02:00 on to 03:00; 25 October 2026: from 03:00 back to 02:00.
  expect(berlin(29, 3, 150)).toBe("2026-03-29T01:30:00.000Z");
  expect(berlin(29, 3, 240)).toBe("2026-03-29T02:00:00.000Z");
  expect(berlin(25, 10, 150)).toBe("2026-10-25T00:30:00.000Z");
  expect(berlin(25, 10, 240)).toBe("2026-10-25T03:00:00.000Z");
  expect(iso(momentOf({ year: 2026, month: 11, day: 1, minutes: 90 }, "America/New_York"))).toBe("2026-11-01T05:30:00.000Z");
});

it("knows the day before", () => {
  expect([dayBefore("sun"), dayBefore("mon")]).toEqual(["sat", "sun"]);
});
