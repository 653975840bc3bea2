import type { MemoryReading } from "../domain/memory.ts";

/** Memory against its limit over time, and how it may go on. */
export type MemoryChart = {
  /** `docker/kong` */
  readonly title: string;
  /** One line below it: what the trend says. */
  readonly subtitle: string;
  /** Oldest first; a restart between two of them breaks the line. At least one. */
  readonly readings: readonly MemoryReading[];
  readonly forecast?: Forecast;
  readonly marks: readonly ChartMark[];
};

/** From the newest reading on. */
export type Forecast = {
  readonly bytesPerHour: number;
  readonly interval: readonly [lowBytesPerHour: number, highBytesPerHour: number];
  readonly untilMs: number;
};

export type ChartMark = { readonly atMs: number; readonly kind: "kill" | "restart" | "change"; readonly label: string };

/** Draws in a process of its own, which goes away. Throws OomphError `timed-out`, `bad-input` or `internal`. */
export type Charts = {
  /** A PNG that can be read on a phone. */
  draw(chart: MemoryChart): Promise<Uint8Array>;
  /** A drawing as a PNG. Text in fonts other than DejaVu Sans is written in that. */
  drawSvg(svg: string): Promise<Uint8Array>;
};
