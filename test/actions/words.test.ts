import { describe, expect, it } from "vitest";
import { formatCount } from "../../src/domain/count.ts";
import { keys, percent, received, shown } from "../../src/actions/words.ts";

describe("figures in words", () => {
  it("groups thousands and counts keys", () => {
    expect([formatCount(1234567), keys(1), keys(0), keys(1200.4)]).toEqual(["1,234,567", "1 key", "0 keys", "1,200 keys"]);
  });

  it("keeps nothing and everything apart from nearly so", () => {
    expect([0, 0.001, 0.5, 0.999, 1].map(percent)).toEqual(["0%", "under 1%", "50%", "over 99%", "100%"]);
  });

  it("shows names from outside short and on one line", () => {
    expect(shown("a\nb\u202ec")).toBe("a·b·c");
    expect(shown("x".repeat(100))).toHaveLength(60);
    expect([received(undefined), received("2"), received([1])]).toEqual(["nothing", '"2"', "[1]"]);
  });
});
