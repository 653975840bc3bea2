import { describe, expect, it } from "vitest";
import type { Health } from "../../src/actions/stored-schema.ts";
import { steadyRow, watchUntilSteady, type Watched, type Watching } from "../../src/actions/watch-until-steady.ts";

type Reading = { readonly bytes?: number; readonly busy?: boolean; readonly health?: Health };

const VERIFICATION = { readings: 3, intervalMs: 1000, healthTimeoutMs: 1000 };

describe("watching until memory is steady", () => {
  it("is content with as many readings alike as are wanted", async () => {
    const watched = await watch([{ bytes: 100 }, { bytes: 500 }, { bytes: 505 }, { bytes: 503 }, { bytes: 1 }]);
    expect(watched).toMatchObject({ last: { bytes: 503 }, steady: true, spanMs: 2000 });
    expect(steadyRow(watched)).toEqual({ what: "Memory steady", before: "-", after: "yes, 3 readings alike", ok: true });
  });

  it("gives up on memory that does not come to rest, and says so", async () => {
    const rising = Array.from({ length: 50 }, (_, index) => ({ bytes: 1000 + index * 100 }));
    const watched = await watch(rising);
    expect(watched).toMatchObject({ last: { bytes: 2400 }, steady: false });
    expect(steadyRow(watched)).toMatchObject({ after: "no, still moving over 2.0 s", ok: false });
  });

  it("counts readings apart by no more than the share, where that is more than the bytes", async () => {
    const alike: Reading[] = [];
    await watch([{ bytes: 10_000 }, { bytes: 10_090 }, { bytes: 10_050 }], alike);
    expect(alike).toHaveLength(3);
    const apart: Reading[] = [];
    await watch([{ bytes: 10_000 }, { bytes: 10_190 }, { bytes: 10_050 }], apart);
    expect(apart).toHaveLength(5);
  });

  it("does not call steady what does not run", async () => {
    expect(await watch([{}, {}, {}])).toMatchObject({ steady: false });
  });

  it("does not call steady what the act is still at work in", async () => {
    const watched = await watch([{ bytes: 5, busy: true }, { bytes: 5, busy: true }, { bytes: 5, busy: true }, { bytes: 5 }]);
    expect(watched).toMatchObject({ steady: true, readings: [{ busy: true }, { busy: true }, { bytes: 5 }] });
  });

  it("waits for a service that has not noticed yet, but not for ever", async () => {
    const ill = { bytes: 5, health: { where: "shop/health", ok: false, says: "503" } };
    const well = { bytes: 5, health: { where: "shop/health", ok: true, says: "200" } };
    expect((await watch([ill, ill, ill, ill, well])).last).toEqual(well);
    const taken: Reading[] = [];
    await watch([ill], taken);
    expect(taken).toHaveLength(15);
  });

  it("waits two minutes for a health check that has not decided", async () => {
    const starting = { bytes: 5, health: { where: "Docker's health check", ok: false, pending: true, says: "starting" } };
    const taken: Reading[] = [];
    expect((await watch([starting], taken)).last).toEqual(starting);
    expect(taken).toHaveLength(121);
  });
});

/** Reads what is given, one after the other, the last again and again; the time is the test's own. */
async function watch(given: readonly Reading[], taken: Reading[] = []): Promise<Watched<Reading>> {
  let nowMs = 0;
  const clock = {
    nowMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
  };
  const watching: Watching<Reading> = {
    read: async () => {
      const next = given[Math.min(taken.length, given.length - 1)] ?? {};
      taken.push(next);
      return next;
    },
    sizeBytes: ({ bytes }) => bytes,
    alikeWithin: { bytes: 10, share: 0.01 },
    isUnderWay: ({ busy }) => busy === true,
  };
  return watchUntilSteady({ clock, verification: VERIFICATION }, watching);
}
