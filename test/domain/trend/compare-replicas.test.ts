import { describe, expect, it } from "vitest";
import { compareReplicas, confidenceBeside } from "../../../src/domain/trend/compare-replicas.ts";
import { judgeTrend } from "../../../src/domain/trend/judge-trend.ts";
import { noiseAt, readingsOf } from "./readings.ts";

const leak = judgeTrend(readingsOf((hour) => 300 + 8 * hour + noiseAt(hour), 30));
const quiet = judgeTrend(readingsOf((hour) => 300 + noiseAt(hour), 30));
const unknown = judgeTrend([]);

describe("compareReplicas", () => {
  it.each([
    ["all", [leak, leak, leak], /^All 3 replicas leak, 8\.\d MiB to 8\.\d MiB an hour: it is the program/],
    ["some", [leak, leak, quiet], /^2 of 3 replicas leak, /],
    ["alone", [leak, quiet, quiet, unknown], /^Only web-0 of 3 replicas leaks: /],
    ["none", [quiet, quiet], /^None of 2 replicas leaks\.$/],
    ["no-others", [leak, unknown], /^There is no other replica/],
    ["no-others", [], /^There is no other replica/],
  ])("%s", (kind, trends, says) => {
    const comparison = compareReplicas(trends.map((trend, at) => ({ name: `web-${at}`, trend })));
    expect(comparison.kind).toBe(kind);
    expect(comparison.says).toMatch(says);
  });

  it("makes a leak surer that others have, and less sure one that is alone", () => {
    if (leak.kind !== "leak") throw new Error(`Expected a leak, got ${leak.kind}`);
    const beside = (...others: readonly (typeof leak | typeof quiet)[]) =>
      confidenceBeside(leak, compareReplicas([leak, ...others].map((trend, at) => ({ name: `web-${at}`, trend }))));
    expect(beside(leak)).toBeGreaterThan(leak.confidence);
    expect(beside(quiet)).toBeLessThan(leak.confidence);
    expect(beside()).toBe(leak.confidence);
    expect(beside(leak, leak)).toBeLessThanOrEqual(0.95);
  });
});
