import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { MemoryReading } from "../../../src/domain/memory.ts";
import type { LabelledSeries } from "./labelled-series.ts";

const MIB = 2 ** 20;
/** Series in percent are taken as shares of this. */
const WHOLE_BYTES = 4096 * MIB;
/** What the watch polls at, less what it may be early. */
const STEP_MS = 5 * 60_000 - 15_000;

const Manifest = z.object({
  items: z.array(
    z.looseObject({
      file: z.string(),
      kind: z.string(),
      expected: z.looseObject({ label: z.string().optional(), unit: z.string().optional(), ignore_first_minutes: z.number().optional() }),
    }),
  ),
});

/** The labelled series in a folder of samples (MANIFEST.json and CSV files of `ts,value`); none where there is no such folder. */
export function sampleSeries(folder: string): readonly LabelledSeries[] {
  const manifest = join(folder, "MANIFEST.json");
  if (!existsSync(manifest)) return [];
  const { items } = Manifest.parse(JSON.parse(readFileSync(manifest, "utf8")));
  return items
    .filter(({ kind }) => kind === "memory_series")
    .map(({ file, expected }) => {
      const readings = pollsOf(readFileSync(join(folder, file), "utf8"), expected.unit === "percent");
      const firstMs = readings[0]?.atMs ?? 0;
      const countFromMs = firstMs + (expected.ignore_first_minutes ?? 0) * 60_000;
      return { name: file, kind: kindOf(file), label: labelOf(expected.label), readings, countFromMs, leakFromMs: firstMs };
    });
}

function pollsOf(csv: string, percent: boolean): readonly MemoryReading[] {
  const polls: MemoryReading[] = [];
  for (const line of csv.trim().split("\n").slice(1)) {
    const [ts = "", value = ""] = line.split(",");
    const atMs = Date.parse(ts);
    if (Number.isNaN(atMs) || value === "" || atMs - (polls.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) < STEP_MS) continue;
    const usageBytes = percent ? (Number(value) / 100) * WHOLE_BYTES : Number(value) * MIB;
    polls.push({ atMs, usageBytes, ...(percent ? { limitBytes: WHOLE_BYTES } : {}) });
  }
  return polls;
}

/** `series/13_noleak_alibaba_m_1000_test.csv` → `noleak_alibaba`. */
function kindOf(file: string): string {
  return /(\d+)_(.+?)\.csv$/.exec(file)?.[2]?.split("_").slice(0, 3).join("_") ?? file;
}

function labelOf(label: string | undefined): LabelledSeries["label"] {
  if (label === "leak") return "leak";
  return label === "no_leak" ? "no-leak" : "ambiguous";
}
