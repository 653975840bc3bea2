import { fileURLToPath } from "node:url";
import { createCharts } from "../adapters/chart/create-charts.ts";
import { createOwnPrograms } from "../adapters/system/own-programs.ts";
import { TIMES } from "./times.ts";

// Where rolldown.config.mjs puts it: beside whatever part of dist/ this line ends up in.
const CHART_PROGRAM = fileURLToPath(new URL("./chart-process.js", import.meta.url));

/** What draws, and the line in which Oomph's own programs wait for each other. */
export function chartsOf() {
  const programs = createOwnPrograms();
  return { programs, charts: createCharts({ programs, path: CHART_PROGRAM, timeoutMs: TIMES.chartMs }) };
}
