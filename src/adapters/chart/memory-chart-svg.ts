import { LineChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TitleComponent } from "echarts/components";
import { init, use, type ComposeOption } from "echarts/core";
import type { LineSeriesOption } from "echarts/charts";
import type { GridComponentOption, TitleComponentOption } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import { formatBytes } from "../../domain/bytes.ts";
import type { MemoryReading } from "../../domain/memory.ts";
import type { ChartMark, Forecast, MemoryChart } from "../../ports/chart.ts";

use([LineChart, GridComponent, MarkLineComponent, TitleComponent, SVGRenderer]);

type Option = ComposeOption<LineSeriesOption | GridComponentOption | TitleComponentOption>;
type Point = readonly [atMs: number, bytes: number | null];

// A phone shows a picture about 360 points wide: drawn at 600, its letters must be large.
const SIZE = { width: 600, height: 380 } as const;
const FONT = "DejaVu Sans";
const COLORS = { usage: "#2563eb", limit: "#dc2626", forecast: "#d97706", ink: "#1f2937", faint: "#6b7280", grid: "#e5e7eb" } as const;
const MARK_COLORS: Readonly<Record<ChartMark["kind"], string>> = { kill: "#dc2626", restart: "#6b7280", change: "#059669" };
const HOUR_MS = 3_600_000;
const SECONDS_BELOW_MS = 6 * 60_000;

/** The chart as SVG. Times are UTC, which the axis says. */
export async function memoryChartSvg(chart: MemoryChart): Promise<string> {
  const drawing = init(null, null, { renderer: "svg", ssr: true, ...SIZE });
  try {
    drawing.setOption(optionOf(chart));
    return drawing.renderToSVGString();
  } finally {
    drawing.dispose();
  }
}

function optionOf(chart: MemoryChart): Option {
  const { readings, forecast } = chart;
  const last = readings.at(-1) ?? { atMs: 0, usageBytes: 0 };
  const limitBytes = last.limitBytes;
  const top = 1.08 * Math.max(limitBytes ?? 0, ...readings.map(({ usageBytes }) => usageBytes), 1);
  const label = { fontFamily: FONT, fontSize: 15, color: COLORS.faint };
  return {
    animation: false,
    backgroundColor: "#ffffff",
    title: {
      text: clipped(chart.title, 44),
      subtext: wrapped(chart.subtitle, { length: 76, lines: 3 }),
      left: 12,
      top: 8,
      textStyle: { fontFamily: FONT, fontSize: 20, color: COLORS.ink },
      subtextStyle: { fontFamily: FONT, fontSize: 14, color: COLORS.faint, lineHeight: 19 },
    },
    grid: { left: 92, right: 34, top: 115, bottom: 44 },
    xAxis: {
      type: "time",
      min: readings[0]?.atMs ?? 0,
      max: Math.max(last.atMs, forecast?.untilMs ?? 0),
      splitNumber: 4,
      axisLabel: { ...label, hideOverlap: true, formatter: (atMs: number) => clock(atMs, spanOf(chart)) },
    },
    yAxis: {
      type: "value",
      min: 0,
      max: top,
      interval: niceStep(top),
      axisLabel: { ...label, showMaxLabel: false, formatter: (bytes: number) => formatBytes(Math.round(bytes)) },
      splitLine: { lineStyle: { color: COLORS.grid } },
    },
    series: [usageSeries(chart, limitBytes), ...(forecast === undefined ? [] : forecastSeries(last, forecast, top))],
  };
}

function usageSeries({ readings, marks }: MemoryChart, limitBytes: number | undefined): LineSeriesOption {
  const limit =
    limitBytes === undefined
      ? []
      : [
          {
            yAxis: limitBytes,
            label: said(`limit ${formatBytes(limitBytes)}`, COLORS.limit),
            lineStyle: line(COLORS.limit, "solid"),
          },
        ];
  const events = marks.map(({ atMs, kind, label }) => ({
    xAxis: atMs,
    label: said(clipped(label, 22), MARK_COLORS[kind]),
    lineStyle: line(MARK_COLORS[kind], "dashed"),
  }));
  return {
    type: "line",
    showSymbol: readings.length < 4,
    symbolSize: 8,
    data: brokenAtRestarts(readings).map(([atMs, bytes]) => [atMs, bytes]),
    lineStyle: { color: COLORS.usage, width: 3 },
    itemStyle: { color: COLORS.usage },
    areaStyle: { color: COLORS.usage, opacity: 0.12 },
    markLine: { symbol: "none", silent: true, data: [...limit, ...events] },
  };
}

/** The middle as a dashed line, the interval as a band: its lower edge is invisible and carries the rest. */
function forecastSeries(last: MemoryReading, forecast: Forecast, top: number): readonly LineSeriesOption[] {
  const [low, high] = forecast.interval;
  const hours = (forecast.untilMs - last.atMs) / HOUR_MS;
  const at = (bytesPerHour: number) => Math.max(0, last.usageBytes + bytesPerHour * hours);
  const common = { type: "line", showSymbol: false, silent: true } as const;
  const hidden = { opacity: 0 } as const;
  const [lowEnd, highEnd] = [at(low), Math.min(at(high), top)];
  return [
    {
      ...common,
      data: [
        [last.atMs, last.usageBytes],
        [forecast.untilMs, at(forecast.bytesPerHour)],
      ],
      lineStyle: line(COLORS.forecast, "dashed"),
    },
    {
      ...common,
      stack: "interval",
      lineStyle: hidden,
      data: [
        [last.atMs, last.usageBytes],
        [forecast.untilMs, Math.min(lowEnd, highEnd)],
      ],
    },
    {
      ...common,
      stack: "interval",
      lineStyle: hidden,
      areaStyle: { color: COLORS.forecast, opacity: 0.2 },
      data: [
        [last.atMs, 0],
        [forecast.untilMs, Math.max(0, highEnd - lowEnd)],
      ],
    },
  ];
}

/** A line is not drawn through a restart: what was before belongs to another life. */
function brokenAtRestarts(readings: readonly MemoryReading[]): readonly Point[] {
  return readings.flatMap((reading, index): readonly Point[] => {
    const before = readings[index - 1];
    const restarted = before?.startedAtMs !== undefined && reading.startedAtMs !== undefined && before.startedAtMs !== reading.startedAtMs;
    const point: Point = [reading.atMs, reading.usageBytes];
    return restarted ? [[reading.atMs - 1, null], point] : [point];
  });
}

function said(text: string, color: string) {
  const font = { fontFamily: FONT, fontSize: 14, fontWeight: "bold" } as const;
  return { formatter: text.replaceAll(/[{}]/g, ""), position: "insideStartTop", color, ...font } as const;
}

function line(color: string, type: "solid" | "dashed") {
  return { color, type, width: 2 } as const;
}

function spanOf({ readings, forecast }: MemoryChart): number {
  return Math.max(readings.at(-1)?.atMs ?? 0, forecast?.untilMs ?? 0) - (readings[0]?.atMs ?? 0);
}

/** `14:05:30Z` within minutes, where ticks are seconds apart, `14:05Z` within a day and a half, `22 Nov 14Z` within four days, else `22 Nov`. */
function clock(atMs: number, spanMs: number): string {
  const date = new Date(atMs);
  if (spanMs < SECONDS_BELOW_MS) return `${date.toISOString().slice(11, 19)}Z`;
  if (spanMs <= 36 * HOUR_MS) return `${date.toISOString().slice(11, 16)}Z`;
  const day = date.toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  return spanMs <= 96 * HOUR_MS ? `${day} ${date.toISOString().slice(11, 13)}Z` : day;
}

/** A power of two, so that labels read 512 MiB and not 500.3. */
function niceStep(top: number): number {
  const wanted = top / 5;
  const unit = 2 ** Math.floor(Math.log2(Math.max(1, wanted)));
  return unit >= wanted ? unit : 2 * unit;
}

function clipped(text: string, length: number): string {
  const characters = Array.from(text.replaceAll(/\p{C}/gu, "·"));
  return characters.length <= length ? characters.join("") : `${characters.slice(0, length - 1).join("")}…`;
}

/** What does not fit into so many lines is cut. */
function wrapped(text: string, most: { readonly length: number; readonly lines: number }): string {
  const lines: string[] = [""];
  for (const word of text.replaceAll(/\p{C}/gu, " ").split(" ")) {
    const current = lines.at(-1) ?? "";
    if (current.length + word.length + 1 <= most.length) lines[lines.length - 1] = current === "" ? word : `${current} ${word}`;
    else lines.push(clipped(word, most.length));
  }
  if (lines.length <= most.lines) return lines.join("\n");
  const kept = lines.slice(0, most.lines - 1);
  return [...kept, clipped(lines.slice(kept.length).join(" "), most.length)].join("\n");
}
