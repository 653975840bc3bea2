import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createCharts } from "../../../src/adapters/chart/create-charts.ts";
import { memoryChartSvg } from "../../../src/adapters/chart/memory-chart-svg.ts";
import { createOwnPrograms } from "../../../src/adapters/system/own-programs.ts";
import type { MemoryChart } from "../../../src/ports/chart.ts";

const MIB = 2 ** 20;
const START = Date.UTC(2025, 9, 28, 7);
const PROGRAM = fileURLToPath(new URL("../../../dist/chart-process.js", import.meta.url));
const programs = createOwnPrograms();
const charts = createCharts({ programs, path: PROGRAM, timeoutMs: 60_000 });

/** Six hours up to 1.9 of 2 GiB, with a restart in the middle. */
const KONG: MemoryChart = {
  title: "docker/kong",
  subtitle: "Grows by 110 MiB an hour: the limit is reached in about 50 min (40 min to 1 h 10 min) if it goes on like this.",
  readings: Array.from({ length: 72 }, (_, index) => ({
    atMs: START + index * 300_000,
    usageBytes: (index < 20 ? 1500 + index * 20 : 1000 + (index - 20) * 18) * MIB,
    limitBytes: 2048 * MIB,
    startedAtMs: index < 20 ? START : START + 6_000_000,
  })),
  forecast: { bytesPerHour: 110 * MIB, interval: [80 * MIB, 140 * MIB], untilMs: START + 8 * 3_600_000 },
  marks: [{ atMs: START + 20 * 300_000, kind: "kill", label: "OOM kill" }],
};

describe("a chart", () => {
  it("is a PNG, drawn by another process", async () => {
    const picture = await charts.draw(KONG);
    expect(Buffer.from(picture.subarray(1, 4)).toString()).toBe("PNG");
    expect(picture.length).toBeLessThan(500_000);
  });

  it("names target, limit, forecast and kill, and breaks its line at the restart", async () => {
    const svg = await memoryChartSvg(KONG);
    for (const words of ["docker/kong", "limit 2.0 GiB", "OOM kill", "if it goes on like this", "07:00Z", "1.0 GiB"])
      expect(svg).toContain(words);
    const { forecast: _, ...rest } = KONG;
    expect((await memoryChartSvg({ ...rest, marks: [] })).length).toBeLessThan(svg.length);
  });

  it("holds one reading, no limit, and words that are markup", async () => {
    const svg = await memoryChartSvg({
      title: "docker/<script>{a}\u202e",
      subtitle: "",
      readings: [{ atMs: START, usageBytes: 5 * MIB }],
      marks: [{ atMs: START, kind: "change", label: "{b|x}<b>" }],
    });
    expect(svg).not.toMatch(/<script>|<b>|\u202e/);
    expect(svg).toContain("docker/&lt;script&gt;");
  });

  it("is refused without readings, and what goes wrong there is said", async () => {
    await expect(charts.draw({ ...KONG, readings: [] })).rejects.toMatchObject({ code: "bad-input" });
    const broken = createCharts({ programs, path: `${PROGRAM}x`, timeoutMs: 60_000 });
    await expect(broken.draw(KONG)).rejects.toMatchObject({ code: "internal", message: expect.stringContaining("ended with 1") });
    const odd = { ...KONG, marks: [{ atMs: START, kind: "party", label: "x" }] };
    await expect(charts.draw(odd as never)).rejects.toMatchObject({ message: expect.stringContaining("expected a chart") });
  });

  it("that takes too long is given up, and the next is drawn", async () => {
    const hasty = createCharts({ programs, path: PROGRAM, timeoutMs: 1 });
    await expect(hasty.draw(KONG)).rejects.toMatchObject({ code: "timed-out", retryable: true });
    await expect(charts.draw(KONG)).resolves.toBeInstanceOf(Uint8Array);
  });
});
