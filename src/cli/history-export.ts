import { systemClock as clock } from "../adapters/system/system-clock.ts";
import { parseDuration } from "../domain/duration.ts";
import { OomphError } from "../domain/errors.ts";
import { exportKey, exportReading } from "../domain/history-export.ts";
import { readingKey } from "../domain/target.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { requireConfig, withFile } from "./load-config.ts";
import { containersNamed, requireWatched, watchedContainers } from "./open-watched.ts";

export type ExportOptions = { readonly targets: readonly string[]; readonly since?: string; readonly config?: string };

/** `oomph history export`: what the watch has read, as `{"kong":[{"timestamp":...,"mem_current_mb":...}]}`. */
export async function historyExport({ targets, since, config }: ExportOptions, io: Io): Promise<ExitCode> {
  const sinceMs = sinceOf(since);
  const store = await requireWatched(requireConfig(withFile(await io.sources(), config)));
  try {
    const all = await watchedContainers(store);
    const wanted = targets.length === 0 ? all : targets.flatMap((typed) => containersNamed(typed, all));
    // Container by container: a month of a thousand is no text to hold in memory.
    io.out("{");
    let separator = "\n";
    for (const target of new Set(wanted)) {
      const readings = await store.readings.of(readingKey(target), sinceMs);
      io.out(`${separator}  ${JSON.stringify(exportKey(target))}: [`);
      io.out(readings.map((reading) => `\n    ${JSON.stringify(exportReading(reading))}`).join(","));
      io.out(readings.length === 0 ? "]" : "\n  ]");
      separator = ",\n";
    }
    io.out("\n}\n");
    return EXIT.ok;
  } finally {
    await store.close();
  }
}

function sinceOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const ms = parseDuration(text) ?? clock.nowMs() - Date.parse(text);
  if (Number.isFinite(ms)) return clock.nowMs() - ms;
  throw new OomphError("bad-input", `--since expected a duration such as 24h or 7d, or a date, got ${JSON.stringify(text)}`);
}
