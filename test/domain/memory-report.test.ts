import { describe, expect, it } from "vitest";
import type { MemoryReading } from "../../src/domain/memory.ts";
import { makeReport, periodName, reportOn, type ReportedHistory } from "../../src/domain/memory-report.ts";

const GIB = 2 ** 30;
const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 23, 7);

/** A reading every half hour for so many days, by the share of 4 GiB that was used at each hour. */
function history(name: string, days: number, share: (hour: number) => number): ReportedHistory {
  const readings = Array.from({ length: days * 48 }, (_, index): MemoryReading => {
    const hour = index / 2;
    const usageBytes = Math.round(share(hour) * 4 * GIB);
    return {
      atMs: NOW_MS - days * 24 * HOUR_MS + hour * HOUR_MS,
      usageBytes,
      limitBytes: 4 * GIB,
      startedAtMs: NOW_MS - 40 * 24 * HOUR_MS,
    };
  });
  return { target: { kind: "docker", connection: "local", name }, readings, kills: 0 };
}

const steady = (level: number) => (hour: number) => level + 0.01 * Math.sin(hour * 2.3);
const titles = (report: ReturnType<typeof makeReport>) => report.sections.map(({ title }) => title);
const namesIn = (report: ReturnType<typeof makeReport>, title: string) =>
  report.sections.find((one) => one.title === title)?.entries.map(({ target }) => target.name);

describe("the week", () => {
  const week = (...all: readonly ReportedHistory[]) =>
    makeReport(
      { period: "week", untilMs: NOW_MS },
      all.map((one) => reportOn("week", one)),
    );

  it("names who grows, who was killed, who had spikes and who is closest to the limit, each worst first", () => {
    const report = week(
      history("quiet", 7, steady(0.2)),
      history("leaking", 7, (hour) => 0.2 + hour * 0.003),
      { ...history("killed", 7, steady(0.6)), kills: 3 },
      history("spiking", 7, (hour) => (hour === 100 ? 0.9 : steady(0.3)(hour))),
    );
    expect(titles(report)).toEqual(["Growing", "Killed for want of memory", "Spikes", "Closest to their limits"]);
    expect(namesIn(report, "Growing")).toEqual(["leaking"]);
    expect(namesIn(report, "Spikes")).toEqual(["spiking"]);
    expect(namesIn(report, "Closest to their limits")).toEqual(["spiking", "leaking", "killed", "quiet"]);
    expect(report.says).toBe("Memory of 4 containers over the week: 1 growing, 1 killed for want of memory, 1 with spikes.");
    const says = Object.fromEntries(report.sections.map(({ title, entries }) => [title, entries[0]?.says ?? ""]));
    expect(says["Growing"]).toMatch(/MiB an hour.*The limit is reached in about/);
    expect(says["Killed for want of memory"]).toBe("3 OOM kills.");
    expect(says["Spikes"]).toMatch(/^1 spike, the highest to 3\.6 GiB, 90% of the limit, from 1\.2 GiB usually/);
    expect(says["Closest to their limits"]).toMatch(/^up to 90%: 3\.6 GiB of 4\.0 GiB; 31% at the last look\.$/);
  });

  it("says that all is calm, and leaves out what has no limit", () => {
    const { target, readings, kills } = history("free", 7, steady(0.2));
    const unlimited = { target, kills, readings: readings.map(({ atMs, usageBytes }) => ({ atMs, usageBytes })) };
    const report = week(unlimited);
    expect(titles(report)).toEqual([]);
    expect(report.says).toBe("Memory of 1 container over the week: none grows, none was killed, no spikes.");
  });

  it("counts what is too much to list", () => {
    const report = week(...Array.from({ length: 30 }, (_, index) => ({ ...history(`web-${index}`, 1, steady(0.3)), kills: 1 })));
    expect(report.sections.map(({ title, entries, more }) => [title, entries.length, more])).toEqual([
      ["Killed for want of memory", 10, 20],
      ["Closest to their limits", 5, 0],
    ]);
  });
});

describe("the month", () => {
  const month = (...all: readonly ReportedHistory[]) =>
    makeReport(
      { period: "month", untilMs: NOW_MS },
      all.map((one) => reportOn("month", one)),
    );

  it("always under 40% of its limit: lower it, to what; often over 60%: look at growth; else nothing", () => {
    const report = month(history("small", 14, steady(0.16)), history("busy", 14, steady(0.66)), history("fits", 14, steady(0.5)));
    expect(titles(report)).toEqual(["Limits that can be lowered", "Often over 60% of their limits"]);
    expect(report.sections.map(({ entries }) => entries.map(({ target }) => target.name))).toEqual([["small"], ["busy"]]);
    expect(report.sections[0]?.entries[0]?.says).toMatch(/^Lower the limit to 1\.[23] GiB: over 13 d/);
  });

  it("after a day of looking there is no advice yet", () => {
    const report = month(history("new", 1, steady(0.1)));
    expect(report.sections).toEqual([]);
    expect(report.says).toContain("every limit fits what is used, or has not been seen for long enough");
  });
});

describe("what a report is about", () => {
  it.each([
    ["week", Date.UTC(2026, 10, 23, 7), "2026-W47"],
    ["week", Date.UTC(2027, 0, 4, 7), "2026-W53"],
    ["week", Date.UTC(2025, 0, 6, 7), "2025-W01"],
    ["month", Date.UTC(2026, 11, 1, 7), "2026-11"],
    ["month", Date.UTC(2027, 0, 1, 7), "2026-12"],
  ] as const)("a %s that ended before %d is %s", (period, nowMs, name) => {
    expect(periodName(period, nowMs)).toBe(name);
  });
});
