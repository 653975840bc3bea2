import { systemClock as clock } from "../adapters/system/system-clock.ts";
import type { MemoryBoard } from "../ports/memory-history.ts";
import type { ReadingSource } from "../ports/reading-source.ts";
import type { Tables } from "../ports/store.ts";
import { createMemoryBoard } from "../watch/memory-board.ts";
import { chartsOf } from "./charts.ts";

/** Memory as people ask about it, in Slack and on the command line. */
export function memoryBoard(sources: readonly ReadingSource[], tables: Pick<Tables, "readings" | "watched">): MemoryBoard {
  return createMemoryBoard({ tables, sources, charts: chartsOf().charts, clock });
}
