import { describe, expect, it } from "vitest";
import { compareProfiles } from "../../../src/domain/heap/compare-profiles.ts";
import { totalBytes } from "../../../src/domain/heap/profile.ts";
import { topFunctions } from "../../../src/domain/heap/top-functions.ts";
import { heapProfile } from "./profiles.ts";

describe("what changed between two profiles", () => {
  it("is taken stack by stack, and what stayed is gone", () => {
    const growth = compareProfiles(
      heapProfile("make<main 100", "read<main 40"),
      heapProfile("read<main 40", "make<main 700", "new<main 5"),
    );
    expect(totalBytes(growth)).toBe(605);
    expect(topFunctions(growth, 9).map(({ name, flatBytes }) => [name, flatBytes])).toEqual([
      ["make", 600],
      ["new", 5],
      ["main", 0],
    ]);
  });

  it("says how long lies between them, never less than nothing", () => {
    const at = (takenAtMs: number) => ({ ...heapProfile("make<main 1"), takenAtMs });
    expect(compareProfiles(at(1000), at(61_000)).durationMs).toBe(60_000);
    expect(compareProfiles(at(61_000), at(1000)).durationMs).toBe(0);
    expect(compareProfiles(heapProfile("make<main 1"), at(1000)).durationMs).toBe(0);
  });
});
