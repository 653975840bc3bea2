import { describe, expect, it } from "vitest";
import {
  calmOf,
  calmOver,
  formatWindowTime,
  isQuiet,
  isWithin,
  nextChange,
  parseMoment,
  parseTimeOfDay,
  parseWeekly,
  weeklyOf,
  type CalmRules,
  type WindowTime,
} from "../../src/domain/calm.ts";
import type { Noise } from "../../src/domain/silence.ts";

const at = (iso: string): number => Date.parse(iso);
const NOISE: Noise = {
  target: { kind: "docker", connection: "local", name: "kong" },
  problem: "container-memory",
  channel: "C0ALERTS",
  labels: { team: ["edge"] },
  severity: "warning",
  isKill: false,
};

function weekly(text: string): WindowTime {
  const time = parseWeekly(text);
  if (time === undefined) throw new Error(`expected to understand ${text}`);
  return time;
}

describe("a weekly window", () => {
  it("holds on its days, by its zone's clock", () => {
    const window = weekly("sat 02:00-06:00 Europe/Berlin");
    expect(isWithin(window, at("2026-11-21T00:59:59Z"))).toBe(false);
    expect(isWithin(window, at("2026-11-21T01:00:00Z"))).toBe(true);
    expect(isWithin(window, at("2026-11-21T04:59:59Z"))).toBe(true);
    expect(isWithin(window, at("2026-11-21T05:00:00Z"))).toBe(false);
    expect(isWithin(window, at("2026-11-22T02:00:00Z"))).toBe(false);
    // In summer the same clock is another moment.
    expect(isWithin(window, at("2026-07-04T00:00:00Z"))).toBe(true);
    expect(isWithin(window, at("2026-07-04T04:00:00Z"))).toBe(false);
  });

  it("may be a whole day, until the next begins", () => {
    const window = weekly("sat 00:00-24:00 Europe/Berlin");
    const moments = ["2026-11-20T22:59:00Z", "2026-11-20T23:00:00Z", "2026-11-21T22:59:00Z", "2026-11-21T23:00:00Z"];
    expect(moments.map((when) => isWithin(window, at(when)))).toEqual([false, true, true, false]);
  });

  it("goes over midnight, and belongs to the day on which it begins", () => {
    const window = weekly("fri 22:00-02:00 UTC");
    expect(
      ["2026-11-20T21:59:00Z", "2026-11-20T22:00:00Z", "2026-11-21T01:59:00Z", "2026-11-21T02:00:00Z"].map((when) =>
        isWithin(window, at(when)),
      ),
    ).toEqual([false, true, true, false]);
    expect(isWithin(window, at("2026-11-20T01:00:00Z"))).toBe(false);
  });

  it("holds through the hour that comes twice, and ends by the clock in spring", () => {
    const autumn = weekly("sun 01:00-03:00 Europe/Berlin");
    const hours = ["2026-10-24T23:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z"];
    expect(hours.map((when) => isWithin(autumn, at(when)))).toEqual([true, true, true, false]);
    const spring = ["2026-03-29T00:00:00Z", "2026-03-29T00:59:00Z", "2026-03-29T01:00:00Z"];
    expect(spring.map((when) => isWithin(autumn, at(when)))).toEqual([true, true, false]);
  });

  it.each([
    ["daily 22:00-06:00 UTC", 7],
    ["mon-fri 22:00-06:00 UTC", 5],
    ["fri-mon 22:00-06:00 UTC", 4],
    ["SAT,Sunday 2:00-06:00 UTC", 2],
  ])("%s is on %i days", (text, days) => {
    expect(parseWeekly(text)?.days).toHaveLength(days);
  });

  it.each([
    "",
    "sat",
    "sat 02:00-06:00",
    "sat 02:00-06:00 Berlin",
    "sat 25:00-06:00 UTC",
    "sat 02:00-02:00 UTC",
    "sat 24:00-02:00 UTC",
    "sat 02:00-24:01 UTC",
    "sometimes 02:00-06:00 UTC",
    "mon- 02:00-06:00 UTC",
    "-".repeat(9_000),
  ])("%j is not understood", (text) => {
    expect(parseWeekly(text)).toBeUndefined();
  });
});

describe("what comes next of a window", () => {
  it.each([
    ["its end", { text: "sat 02:00-06:00 Europe/Berlin", now: "2026-11-21T02:30:30Z", next: "2026-11-21T05:00:00Z" }],
    ["its next beginning", { text: "sat 02:00-06:00 Europe/Berlin", now: "2026-11-21T05:00:00Z", next: "2026-11-28T01:00:00Z" }],
    ["its end on the next day", { text: "daily 22:00-07:00 UTC", now: "2026-11-21T22:00:00Z", next: "2026-11-22T07:00:00Z" }],
    ["its end at midnight", { text: "sat 20:00-24:00 UTC", now: "2026-11-21T21:00:00Z", next: "2026-11-22T00:00:00Z" }],
    ["its end after whole days", { text: "sat,sun 00:00-24:00 UTC", now: "2026-11-21T21:00:00Z", next: "2026-11-23T00:00:00Z" }],
    [
      "its end, where days follow one another",
      { text: "sat,sun 12:00-11:00 UTC", now: "2026-11-21T13:00:00Z", next: "2026-11-22T11:00:00Z" },
    ],
    [
      "its end after an hour that comes twice",
      { text: "sun 01:00-02:30 Europe/Berlin", now: "2026-10-24T23:30:00Z", next: "2026-10-25T00:30:00Z" },
    ],
    [
      "its second beginning in that hour",
      { text: "sun 02:00-02:30 Europe/Berlin", now: "2026-10-25T00:45:00Z", next: "2026-10-25T01:00:00Z" },
    ],
    [
      "its beginning where a clock leaves it out",
      { text: "sun 02:30-04:00 Europe/Berlin", now: "2026-03-29T00:00:00Z", next: "2026-03-29T01:00:00Z" },
    ],
  ])("is %s", (_, { text, now, next }) => {
    expect(new Date(nextChange(weekly(text), at(now)) ?? 0).toISOString()).toBe(`${next.slice(0, -1)}.000Z`);
  });

  it("is of one that comes once its beginning, then its end, then nothing; and of one that always holds nothing", () => {
    const once: WindowTime = { kind: "once", fromMs: 10, toMs: 20 };
    expect([5, 10, 20].map((nowMs) => nextChange(once, nowMs))).toEqual([10, 20, undefined]);
    expect(nextChange(weeklyOf({ fromMinutes: 0, toMinutes: 1440, zone: "UTC" }), at("2026-11-21T02:30:00Z"))).toBeUndefined();
  });

  it("is written as in the configuration", () => {
    for (const text of ["daily 22:00-07:05 Europe/Berlin", "sat 02:00-06:00 UTC", "sun 00:00-24:00 UTC"])
      expect(formatWindowTime(parseWeekly(text) ?? weeklyOf({ fromMinutes: 0, toMinutes: 1, zone: "UTC" }))).toBe(text);
  });
});

it("reads times of day and moments", () => {
  expect(["00:00", "7:05", "23:59", "24:00", "7", "7:5"].map(parseTimeOfDay)).toEqual([0, 425, 1439, undefined, undefined, undefined]);
  const moments = [
    "2026-11-28T02:00:00Z",
    "2026-11-28T02:00+01:00",
    "2026-11-28T02:00:00.250Z",
    "2026-11-28 02:00 Europe/Berlin",
    "2026-11-28 02:00",
    "2026-02-30T02:00:00Z",
    "soon",
  ];
  expect(moments.map((text) => parseMoment(text))).toEqual([
    at("2026-11-28T02:00:00Z"),
    at("2026-11-28T01:00:00Z"),
    at("2026-11-28T02:00:00.250Z"),
    at("2026-11-28T01:00:00Z"),
    undefined,
    undefined,
    undefined,
  ]);
});

describe("who wants quiet", () => {
  const rules: CalmRules = {
    maintenance: [
      { name: "upgrade", targets: ["docker/*"], labels: { team: "edge" }, when: { kind: "once", fromMs: 1_000, toMs: 2_000 } },
      { name: "everything", targets: [], labels: {}, when: { kind: "once", fromMs: 5_000, toMs: 6_000 } },
    ],
    quietHours: { fromMinutes: 22 * 60, toMinutes: 7 * 60, zone: "UTC" },
  };
  const night = at("2026-11-22T23:00:00Z");
  const day = at("2026-11-22T12:00:00Z");

  it("is a window that is open and covers it, kills and what is critical too", () => {
    const kill: Noise = { ...NOISE, severity: "critical", isKill: true };
    expect(calmOf(rules, kill, 1_500)).toEqual({ kind: "maintenance", name: "upgrade" });
    expect(calmOf(rules, { ...kill, labels: { team: ["core"] } }, 1_500)).toBeUndefined();
    expect(calmOf(rules, { ...kill, target: { kind: "redis", name: "shop" } }, 1_500)).toBeUndefined();
    expect(calmOf(rules, kill, 2_000)).toBeUndefined();
    const { target: _, ...unknown } = kill;
    expect(calmOf(rules, unknown, 5_500)).toEqual({ kind: "maintenance", name: "everything" });
    expect(calmOf(rules, unknown, 1_500)).toBeUndefined();
  });

  it("is said of a pattern where it holds whatever the alerts say", () => {
    const hosts = { name: "hosts", targets: ["docker/*"], labels: {}, when: { kind: "once", fromMs: 5_000, toMs: 6_000 } } as const;
    const whole: CalmRules = { ...rules, maintenance: [...rules.maintenance, hosts] };
    expect(calmOver(whole, "docker/kong", 5_500)).toMatchObject([
      { name: "everything", untilMs: 6_000 },
      { name: "hosts" },
      { kind: "quiet-hours" },
    ]);
    expect(calmOver(whole, "redis/*", 5_500)).toMatchObject([{ name: "everything" }, { kind: "quiet-hours", untilMs: 7 * 3_600_000 }]);
    expect(calmOver(whole, "docker/kong", day)).toEqual([]);
  });

  it("are quiet hours, for what is not critical", () => {
    expect([isQuiet(rules, night), isQuiet(rules, day), isQuiet({ maintenance: [] }, night)]).toEqual([true, false, false]);
    expect(calmOf(rules, NOISE, night)).toEqual({ kind: "quiet-hours" });
    expect(calmOf(rules, { ...NOISE, severity: null }, night)).toEqual({ kind: "quiet-hours" });
    expect(calmOf(rules, { ...NOISE, severity: "critical" }, night)).toBeUndefined();
    expect(calmOf(rules, NOISE, day)).toBeUndefined();
  });
});
