import { fileURLToPath } from "node:url";
import { createCharts } from "../adapters/chart/create-charts.ts";
import { createOwnPrograms } from "../adapters/system/own-programs.ts";
import { TIMES } from "./times.ts";

const CHART_PROGRAM = fileURLToPath(new URL("../adapters/chart/chart-process.js", import.meta.url));

/** What draws, and the line in which Oomph's own programs wait for each other. */
export function chartsOf() {
  const programs = createOwnPrograms();
  return { programs, charts: createCharts({ programs, path: CHART_PROGRAM, timeoutMs: TIMES.chartMs }) };
}
