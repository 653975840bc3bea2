import { fileURLToPath } from "node:url";
import { createCharts } from "../adapters/chart/create-charts.ts";
import { createOwnPrograms } from "../adapters/system/own-programs.ts";
import { systemClock as clock } from "../adapters/system/system-clock.ts";
import type { MemoryBoard } from "../ports/memory-history.ts";
import type { ReadingSource } from "../ports/reading-source.ts";
import type { Tables } from "../ports/store.ts";
import { createMemoryBoard } from "../watch/memory-board.ts";
import { TIMES } from "./times.ts";

const CHART_PROGRAM = fileURLToPath(new URL("../adapters/chart/chart-process.js", import.meta.url));

/** Memory as people ask about it, in Slack and on the command line. */
export function memoryBoard(sources: readonly ReadingSource[], tables: Pick<Tables, "readings" | "watched">): MemoryBoard {
  const charts = createCharts({ programs: createOwnPrograms(), path: CHART_PROGRAM, timeoutMs: TIMES.chartMs });
  return createMemoryBoard({ tables, sources, charts, clock });
}
