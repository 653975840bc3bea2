import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { generatedSeries } from "../../../scripts/bench/detectors/generate.ts";
import { HARMLESS_KINDS } from "../../../scripts/bench/detectors/harmless-kinds.ts";
import type { LabelledSeries } from "../../../scripts/bench/detectors/labelled-series.ts";
import { LEAKING_KINDS } from "../../../scripts/bench/detectors/leaking-kinds.ts";
import { play } from "../../../scripts/bench/detectors/play.ts";
import { sampleSeries } from "../../../scripts/bench/detectors/sample-series.ts";
import { judgeTrend } from "../../../src/domain/trend/judge-trend.ts";

const KINDS = [...LEAKING_KINDS, ...HARMLESS_KINDS];

describe("generated series", () => {
  it("are the same for the same seed, and others for another", () => {
    expect(generatedSeries(KINDS, 7, 1)).toEqual(generatedSeries(KINDS, 7, 1));
    expect(generatedSeries(KINDS, 8, 1)).not.toEqual(generatedSeries(KINDS, 7, 1));
  });

  it("stay within their limits, and those that fill in time end at it", () => {
    for (const { readings } of generatedSeries(KINDS, 7, 2)) {
      expect(readings.every(({ usageBytes, limitBytes = 0 }) => usageBytes >= 0 && usageBytes <= limitBytes)).toBe(true);
    }
    for (const { readings } of generatedSeries(LEAKING_KINDS, 7, 2).filter(({ kind }) => kind === "leak-fast")) {
      expect(readings.at(-1)?.usageBytes).toBe(readings.at(-1)?.limitBytes);
    }
  });

  it("leak or not, the trend tells most of them: a floor far below what the bench measures", () => {
    const detector = { name: "trend", alarms: (kept: LabelledSeries["readings"]) => judgeTrend(kept).kind === "leak" };
    const kinds = KINDS.filter(({ name }) => ["leak-middling", "leak-fast", "steady", "warm-up", "falls"].includes(name));
    const wrong = generatedSeries(kinds, 7, 2)
      .map((series) => play(series, [detector]).get("trend"))
      .filter((played) => played?.outcome === "missed" || played?.outcome === "false-alarm");
    expect(wrong.length).toBeLessThanOrEqual(2);
  });
});

describe("play", () => {
  const [series] = generatedSeries(LEAKING_KINDS, 7, 1);
  if (series === undefined) throw new Error("Expected a series");
  const startMs = series.readings[0]?.atMs ?? 0;
  const endMs = series.readings.at(-1)?.atMs ?? 0;
  const after = (hours: number) => ({
    name: "late",
    alarms: (kept: LabelledSeries["readings"]) => (kept.at(-1)?.atMs ?? 0) >= startMs + hours * 3_600_000,
  });

  it("counts the lead from the first alarm to the end", () => {
    const played = play(series, [after(2)]).get("late");
    expect(played).toMatchObject({ outcome: "true-alarm", alarmMs: startMs + 2 * 3_600_000 });
    expect(played?.leadHours).toBe((endMs - startMs) / 3_600_000 - 2);
  });

  it("takes an alarm before the leak for a false one, none for a miss, and one while it is known to load for none", () => {
    expect(play({ ...series, leakFromMs: endMs }, [after(2)]).get("late")?.outcome).toBe("false-alarm");
    expect(play({ ...series, label: "no-leak" }, [after(2)]).get("late")?.outcome).toBe("false-alarm");
    expect(play(series, [after(1e6)]).get("late")?.outcome).toBe("missed");
    expect(play({ ...series, label: "no-leak" }, [after(1e6)]).get("late")?.outcome).toBe("quiet");
    expect(play({ ...series, countFromMs: startMs + 7_200_000 }, [after(1)]).get("late")?.alarmMs).toBe(startMs + 7_200_000);
  });
});

describe("recorded series", () => {
  it("are read as polls of 5 min, in bytes; percent are shares of a limit", () => {
    const folder = mkdtempSync(join(tmpdir(), "oomph-series-"));
    const expected = { label: "no_leak", ignore_first_minutes: 30 };
    const items = [
      { file: "1_a.csv", kind: "memory_series", expected: { ...expected, unit: "MiB" } },
      { file: "2_b.csv", kind: "memory_series", expected: { label: "leak", unit: "percent" } },
      { file: "c.log", kind: "other", expected: {} },
    ];
    writeFileSync(join(folder, "MANIFEST.json"), JSON.stringify({ items }));
    const minutes = ["00", "01", "02", "03", "04", "05", "06"];
    writeFileSync(
      join(folder, "1_a.csv"),
      ["ts,value", ...minutes.map((at) => `2026-01-01T00:${at}:00Z,10`), "2026-01-01T00:10:00Z,"].join("\n"),
    );
    writeFileSync(join(folder, "2_b.csv"), "ts,value\n2026-01-01T00:00:00Z,50\n");
    const [one, two, ...others] = sampleSeries(folder);
    rmSync(folder, { recursive: true });
    expect(others).toEqual([]);
    expect(one).toMatchObject({ label: "no-leak", countFromMs: Date.UTC(2026, 0, 1, 0, 30) });
    expect(one?.readings.map(({ usageBytes }) => usageBytes)).toEqual([10 * 2 ** 20, 10 * 2 ** 20]);
    expect(two).toMatchObject({ label: "leak", readings: [{ usageBytes: 2 ** 31, limitBytes: 2 ** 32 }] });
  });

  it("are none where there is no such folder", () => {
    expect(sampleSeries(join(tmpdir(), "no-such-folder-of-series"))).toEqual([]);
  });
});
