import { fileURLToPath } from "node:url";
import { createCharts } from "../adapters/chart/create-charts.ts";
import { createOwnPrograms } from "../adapters/system/own-programs.ts";
import { systemClock as clock } from "../adapters/system/system-clock.ts";
import type { DockerConfig } from "../config/build-outside.ts";
import type { ContainerHosts } from "../ports/containers.ts";
import type { MemoryBoard } from "../ports/memory-history.ts";
import type { Tables } from "../ports/store.ts";
import { createMemoryBoard } from "../watch/memory-board.ts";
import { TIMES } from "./times.ts";
import { watchedBy } from "./watched-by.ts";

const CHART_PROGRAM = fileURLToPath(new URL("../adapters/chart/chart-process.js", import.meta.url));

/** Memory as people ask about it, in Slack and on the command line. */
export function memoryBoard(docker: DockerConfig, hosts: ContainerHosts, tables: Pick<Tables, "readings" | "watched">): MemoryBoard {
  const charts = createCharts({ programs: createOwnPrograms(), path: CHART_PROGRAM, timeoutMs: TIMES.chartMs });
  return createMemoryBoard({ tables, hosts, charts, clock, isWatched: watchedBy(docker) });
}
