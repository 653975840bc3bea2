import { expect, test } from "vitest";
import { memoryChartSvg } from "../../../src/adapters/chart/memory-chart-svg.ts";

const MINUTE_MS = 60_000;
const FROM_MS = Date.UTC(2026, 10, 22, 14, 5);

test.each([1, 2, 4, 5, 7, 10, 60, 24 * 60])("of %d minutes no two ticks read the same", async (minutes) => {
  const readings = Array.from({ length: 8 }, (_, at) => ({ atMs: FROM_MS + (at * minutes * MINUTE_MS) / 7, usageBytes: 2 ** 20 }));
  const svg = await memoryChartSvg({ title: "docker/kong", subtitle: "It stays.", readings, marks: [] });
  const ticks = [...svg.matchAll(/>(\d\d:\d\d(?::\d\d)?Z)</g)].map(([, tick]) => tick);
  expect(ticks.length).toBeGreaterThan(1);
  expect(new Set(ticks).size).toBe(ticks.length);
});
