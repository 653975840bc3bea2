import { describe, expect, it } from "vitest";
import { quantile, robustLine } from "../../../src/domain/trend/robust-line.ts";
import { noiseAt } from "./readings.ts";

const hours = Array.from({ length: 24 }, (_, x) => x);

describe("robustLine", () => {
  it("finds a straight line exactly", () => {
    expect(robustLine(hours.map((x) => ({ x, y: 100 + 3 * x })))).toMatchObject({ slope: 3, low: 3, high: 3, offset: 100 });
  });

  it("is not bent by a quarter of wild points", () => {
    const line = robustLine(hours.map((x) => ({ x, y: x % 4 === 1 ? 9000 : 100 + 3 * x })));
    expect(line?.slope).toBeCloseTo(3, 0);
  });

  it("takes noise for no rise, and a rise in noise for one", () => {
    const noise = robustLine(hours.map((x) => ({ x, y: 50 * noiseAt(x) })));
    expect(noise?.low).toBeLessThan(0);
    expect(noise?.high).toBeGreaterThan(0);
    const rise = robustLine(hours.map((x) => ({ x, y: 10 * x + 50 * noiseAt(x) })));
    expect(rise?.low).toBeGreaterThan(0);
    expect(rise?.z).toBeGreaterThan(2);
  });

  it("is less sure of neighbours that resemble each other", () => {
    const wave = (x: number) => x + 20 * Math.sin(x / 4);
    const smooth = robustLine(hours.map((x) => ({ x, y: wave(x) })));
    const shuffled = robustLine(hours.map((x) => ({ x, y: x + 20 * Math.sin(((x * 7) % 24) / 4) })));
    expect(smooth?.alike).toBeGreaterThan(shuffled?.alike ?? 1);
  });

  it("says nothing of too few points, or of one moment", () => {
    expect(
      robustLine([
        { x: 1, y: 1 },
        { x: 2, y: 2 },
      ]),
    ).toBeUndefined();
    expect(
      robustLine([
        { x: 1, y: 1 },
        { x: 1, y: 2 },
        { x: 1, y: 3 },
      ]),
    ).toBeUndefined();
  });
});

describe("quantile", () => {
  it.each([
    [0, 1],
    [0.5, 3],
    [0.625, 3.5],
    [1, 5],
  ])("%d of 5, 1, 4, 2, 3 is %d", (share, expected) => {
    expect(quantile([5, 1, 4, 2, 3], share)).toBe(expected);
  });
});
