import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Desk } from "../../src/incidents/desk.ts";
import { tellProgress } from "../../src/jobs/tell-progress.ts";
import { startDesk, type TestDesk } from "../support/desk.ts";
import { PATIENCE } from "../support/patience.ts";

const HOUR_MS = 3_600_000;

describe("telling progress", () => {
  let test: TestDesk;
  let told: string[];

  beforeEach(async () => {
    test = await startDesk();
    told = [];
  });
  afterEach(() => test.stop());

  const telling = (everyMs: number, desk: Desk = test.desk) =>
    tellProgress<string>(desk, {
      everyMs,
      async tell(_tables, says) {
        told.push(says);
      },
      about: {},
    });

  it("tells the first at once, and of all that come meanwhile only the last", async () => {
    const progress = telling(HOUR_MS);
    progress.show("one");
    await vi.waitFor(() => expect(told).toEqual(["one"]), PATIENCE);
    progress.show("two");
    progress.show("three");
    await progress.settle(); // does not wait for the hour
    expect(told).toEqual(["one", "three"]);
  });

  it("tells nothing where nothing was shown, and nothing twice", async () => {
    await telling(HOUR_MS).settle();
    expect(told).toEqual([]);
    const progress = telling(HOUR_MS);
    progress.show("one");
    await progress.settle();
    await progress.settle();
    expect(told).toEqual(["one"]);
  });

  it("never stands in the way: what cannot be told is left out, and the next is tried", async () => {
    let fails = true;
    const transaction: Desk["store"]["transaction"] = (work) =>
      fails ? Promise.reject(new Error("the store is away")) : test.desk.store.transaction(work);
    const progress = telling(1, { ...test.desk, store: { ...test.desk.store, transaction } });
    progress.show("one");
    await progress.settle();
    fails = false;
    progress.show("two");
    await progress.settle();
    expect(told).toEqual(["two"]);
  });
});
