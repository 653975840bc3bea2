import { describe, expect, it } from "vitest";
import { keepFresh } from "../../src/domain/keep-fresh.ts";

/** A clock that stands still; who sleeps on it wakes when the test says so. */
function still() {
  let nowMs = 0;
  const sleepers: (() => void)[] = [];
  return {
    clock: {
      nowMs: () => nowMs,
      sleep: (_: number, signal: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          sleepers.push(resolve);
          signal.addEventListener("abort", () => reject(new Error("aborted")));
        }),
    },
    pass(ms: number) {
      nowMs += ms;
      for (const wake of sleepers.splice(0)) wake();
    },
  };
}

describe("what is kept fresh", () => {
  it("is fetched once by all who ask at once, and again when it is old or asked for anew", async () => {
    const { clock, pass } = still();
    let fetched = 0;
    const ask = keepFresh(async () => (fetched += 1), { freshMs: 1000, patienceMs: 500, late: -1, clock });
    expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
    expect(await ask()).toBe(1);
    expect(await ask("anew")).toBe(2);
    pass(1000);
    expect(await ask()).toBe(3);
  });

  it("that does not come is given up for now, and what comes later is there for the next", async () => {
    const { clock, pass } = still();
    const come: ((value: string) => void)[] = [];
    const ask = keepFresh(() => new Promise<string>((resolve) => come.push(resolve)), {
      freshMs: 1000,
      patienceMs: 500,
      late: "late",
      clock,
    });
    const first = ask();
    pass(500);
    expect(await first).toBe("late");
    expect(await ask()).toBe("late"); // at once: nobody waits twice for one fetch
    come[0]?.("here");
    await Promise.resolve();
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(await ask()).toBe("here");
    expect(come).toHaveLength(1);
  });
});
