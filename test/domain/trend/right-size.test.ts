import { describe, expect, it } from "vitest";
import { adviseSize } from "../../../src/domain/trend/right-size.ts";
import { MIB, readingsOf, withoutLimit } from "./readings.ts";

const week = 7 * 24;

describe("adviseSize", () => {
  it("lowers a limit of which less than 40% was ever used, with the sum", () => {
    const advice = adviseSize(readingsOf((hour) => (hour === 50 ? 240 : 200), week));
    expect(advice).toMatchObject({ kind: "lower", limitBytes: 1024 * MIB, toBytes: 400 * MIB });
    expect(advice).toHaveProperty(
      "says",
      "Lower the limit to 400.0 MiB: over 7 d it peaked at 240.0 MiB of 1.0 GiB (23%). " +
        "240.0 MiB / 0.6, rounded up, is 400.0 MiB: 160.0 MiB stay free at such a peak, and 624.0 MiB are saved.",
    );
  });

  it.each<[string, (hour: number) => number, string]>([
    ["a single peak of 40%", (hour) => (hour === 50 ? 410 : 200), "fits"],
    ["a fifth of the time above 60%", (hour) => (hour % 5 < 1.2 ? 620 : 300), "look-at-growth"],
    ["seldom above 60%", (hour) => (hour % 20 < 1 ? 620 : 300), "fits"],
    ["39.9%", () => 408, "lower"],
  ])("%s: %s", (_, mibAt, kind) => {
    expect(adviseSize(readingsOf(mibAt, week)).kind).toBe(kind);
  });

  it("never goes below 32 MiB, and leaves a peak at 60% or less of the new limit", () => {
    for (const peak of [1, 5, 40, 111, 239, 333]) {
      const advice = adviseSize(readingsOf(() => peak, week));
      if (advice.kind !== "lower") continue;
      expect(advice.toBytes).toBeGreaterThanOrEqual(32 * MIB);
      expect((peak * MIB) / advice.toBytes).toBeLessThanOrEqual(0.6);
    }
    expect(adviseSize(readingsOf(() => 1, week))).toMatchObject({ kind: "lower", toBytes: 32 * MIB });
    const tiny = readingsOf(() => 1, week).map((reading) => ({ ...reading, limitBytes: 32 * MIB }));
    expect(adviseSize(tiny).kind).toBe("fits");
  });

  it("does not advise without a limit, on too short a time, or on times under another limit", () => {
    const used = readingsOf(() => 200, week);
    expect(adviseSize(withoutLimit(used))).toEqual({ kind: "undetermined", because: "it has no limit" });
    expect(adviseSize(readingsOf(() => 200, 48)).kind).toBe("undetermined");
    const changed = used.map((reading, at) => (at < used.length - 100 ? reading : { ...reading, limitBytes: 2048 * MIB }));
    expect(adviseSize(changed).kind).toBe("undetermined");
    expect(adviseSize([]).kind).toBe("undetermined");
  });
});
