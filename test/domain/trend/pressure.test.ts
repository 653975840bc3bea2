import { describe, expect, it } from "vitest";
import type { PressureLevel } from "../../../src/domain/memory.ts";
import { nextPressure, NO_PRESSURE, PRESSURE_SETTINGS, type PressureState } from "../../../src/domain/trend/pressure.ts";

function levels(percents: readonly number[], hold = 2): readonly PressureLevel[] {
  let state: PressureState = NO_PRESSURE;
  return percents.map((percent) => {
    state = nextPressure(state, { atMs: 0, usageBytes: percent * 10, limitBytes: 1000 }, { ...PRESSURE_SETTINGS, hold });
    return state.level;
  });
}

describe("nextPressure", () => {
  it.each<[string, number[], PressureLevel[]]>([
    ["one reading alone changes nothing", [72, 60, 72, 60], ["ok", "ok", "ok", "ok"]],
    ["two in a row do", [70, 70], ["ok", "warning"]],
    ["just below does not", [69.9, 69.9, 69.9], ["ok", "ok", "ok"]],
    ["straight to critical", [85, 90], ["ok", "critical"]],
    ["what both agree on comes first", [72, 90, 90], ["ok", "warning", "critical"]],
    ["and the other way round", [90, 72, 72], ["ok", "warning", "warning"]],
    ["around the threshold it stays", [72, 72, 68, 66, 71, 66], ["ok", "warning", "warning", "warning", "warning", "warning"]],
    ["5 points below it ends, when it holds", [72, 72, 64, 64], ["ok", "warning", "warning", "ok"]],
    ["critical falls back to warning", [90, 90, 79, 79], ["ok", "critical", "critical", "warning"]],
    ["critical ends where memory is free again", [90, 90, 10, 10], ["ok", "critical", "critical", "ok"]],
    ["going down by two steps, first what both agree on", [90, 90, 75, 10, 10], ["ok", "critical", "critical", "warning", "ok"]],
  ])("%s", (_, percents, expected) => {
    expect(levels(percents)).toEqual(expected);
  });

  it("takes on a level at once when nothing is to be held", () => {
    expect(levels([86, 10], 1)).toEqual(["critical", "ok"]);
  });

  it("never flaps: within the band between a threshold and its end the level changes once at most", () => {
    const jitter = Array.from({ length: 500 }, (_, at) => 65.1 + ((at * 7919) % 98) / 10);
    const changes = levels(jitter).filter((level, at, all) => at > 0 && level !== all[at - 1]);
    expect(changes.length).toBeLessThanOrEqual(1);
  });

  it("is critical only where swap is short too: until then nothing is killed", () => {
    const reading = { atMs: 0, usageBytes: 950, limitBytes: 1000 };
    const settings = { ...PRESSURE_SETTINGS, hold: 1 };
    const level = (usedBytes: number) => nextPressure(NO_PRESSURE, { ...reading, swap: { usedBytes, limitBytes: 1000 } }, settings).level;
    expect(nextPressure(NO_PRESSURE, reading, settings).level).toBe("critical");
    expect([level(0), level(700), level(760)]).toEqual(["warning", "warning", "critical"]);
    // Much swap in use, and memory free again: whatever it was is over.
    const calm = { atMs: 0, usageBytes: 500, limitBytes: 1000, swap: { usedBytes: 1000, limitBytes: 1000 } };
    expect(nextPressure(NO_PRESSURE, calm, settings).level).toBe("ok");
  });

  it("feels none without a limit, and keeps what it knows when a reading is no figure", () => {
    const critical: PressureState = { level: "critical" };
    expect(nextPressure(critical, { atMs: 0, usageBytes: 900 })).toEqual(NO_PRESSURE);
    expect(nextPressure(critical, { atMs: 0, usageBytes: Number.NaN, limitBytes: 1000 })).toEqual(critical);
    expect(nextPressure(critical, { atMs: 0, usageBytes: 900, limitBytes: 0 })).toEqual(critical);
  });
});
