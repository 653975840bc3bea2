import { OomphError } from "../../domain/errors.ts";
import type { Charts } from "../../ports/chart.ts";
import type { Programs } from "../../ports/programs.ts";
import type { ToDraw } from "./schema.ts";

export type ChartSettings = {
  readonly programs: Programs;
  /** The compiled module `chart-process.js`: the whole program of the drawing process. */
  readonly path: string;
  readonly timeoutMs: number;
};

const MOST_BYTES = 5 * 2 ** 20;
const MOST_HEAP_MIB = 256;

/** Charts, drawn one after the other by processes that end with their picture. */
export function createCharts({ programs, path, timeoutMs }: ChartSettings): Charts {
  const program = { path, makes: "a chart", timeoutMs, mostBytes: MOST_BYTES, mostHeapMiB: MOST_HEAP_MIB };
  const drawn = (what: ToDraw): Promise<Uint8Array> => programs.run(program, JSON.stringify(what));
  return {
    async draw(chart) {
      if (chart.readings.length === 0) throw new OomphError("bad-input", "expected at least one reading to draw, got none");
      return drawn(chart);
    },
    drawSvg: (svg) => drawn({ svg }),
  };
}
