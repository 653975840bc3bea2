import { describe, expect, it } from "vitest";
import { suspectLeak } from "../../../src/domain/trend/suspect-leak.ts";
import { noiseAt, readingsOf, withoutLimit } from "./readings.ts";

/** An hour and a half of 300 MiB, then half an hour up by `by` MiB. */
function risen(by: number, level = 300): ReturnType<typeof readingsOf> {
  return readingsOf((hour) => level + Math.max(0, hour - 1.5) * 2 * by + noiseAt(hour), 2);
}

describe("suspectLeak", () => {
  it("raises what the seed's rule sees when the limit is within an hour", () => {
    expect(suspectLeak(risen(330, 400))).toMatchObject({ kind: "fast", fast: { kind: "leak" } });
  });

  it("raises what only hours show", () => {
    const slow = suspectLeak(readingsOf((hour) => 300 + 6 * hour + noiseAt(hour), 30));
    expect(slow).toMatchObject({ kind: "trend", fast: { kind: "no-leak" }, trend: { kind: "leak" } });
  });

  it.each([
    ["it still loads", readingsOf((hour) => 100 + 900 * hour, 0.7), /It started 40 min ago and still loads\.$/],
    ["the limit is far", risen(100), /At this pace it reaches the limit in .+: to be watched\.$/],
    [
      "it used as much before",
      readingsOf((hour) => 400 + (hour % 3 > 2.4 ? 800 * ((hour % 3) - 2.4) : 0) + noiseAt(hour), 8.8),
      /It used as much before, without harm\.$/,
    ],
    ["it came at once", readingsOf((hour) => (hour > 1.9 ? 800 : 400) + 10 * hour, 2), /It came in one step\.$/],
    ["there is no limit", withoutLimit(risen(330, 400)), /There is no limit that it could run into soon\.$/],
  ])("explains it away when %s", (_, readings, says) => {
    const suspicion = suspectLeak(readings);
    expect(suspicion).toMatchObject({ kind: "none", fast: { kind: "leak" } });
    expect(suspicion.says).toMatch(says);
  });

  it("has nothing to say of nothing", () => {
    expect(suspectLeak([])).toMatchObject({ kind: "none", fast: { kind: "too-few" }, trend: { kind: "undetermined" } });
  });
});
