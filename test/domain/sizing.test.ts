import { describe, expect, test } from "vitest";
import {
  limitFor,
  raisedLimit,
  sizeChosen,
  sizeWorkers,
  workersForCores,
  workersThatFit,
  type Room,
  type WorkerLoad,
} from "../../src/domain/sizing.ts";

const MIB = 2 ** 20;
const GIB = 2 ** 30;

describe("the container of the incident: 2 cores of 32, 2 GiB, 36 workers at the limit", () => {
  const load: WorkerLoad = { server: "kong", perWorkerBytes: 55 * MIB, baseBytes: 60 * MIB, squeezed: true };
  const room: Room = { cores: 2, limitBytes: 2 * GIB, hostBytes: 62 * GIB };

  test("8 workers of 250 MB within 4 GiB, and each step says its figures", () => {
    const sizing = sizeWorkers(load, room);
    expect(sizing).toMatchObject({ workers: 8, perWorkerBytes: 250_000_000, limitBytes: 4 * GIB });
    expect(sizing.says).toEqual([
      "2 cores × 4 workers per core = 8",
      "a worker takes 55.0 MiB now, held small by the limit: planned with 238.4 MiB",
      "8 × 238.4 MiB + 60.0 MiB for the rest = 1.9 GiB",
      "48% of a limit of 4.0 GiB",
    ]);
  });

  test("measured with room, 651 MiB of 8 workers stay within what there is", () => {
    const sizing = sizeWorkers({ ...load, perWorkerBytes: 75 * MIB, squeezed: false }, room);
    expect(sizing.workers).toBe(8);
    expect(sizing.limitBytes).toBeUndefined();
    expect(sizing.says.at(-1)).toBe("32% of the present limit of 2.0 GiB");
  });

  test("workers that are tiny all the same are not planned as large ones", () => {
    const sizing = sizeWorkers({ ...load, perWorkerBytes: 7 * MIB }, { cores: 1, limitBytes: 288 * MIB, hostBytes: 24 * GIB });
    expect(sizing).toMatchObject({ workers: 4, perWorkerBytes: 35 * MIB });
    expect(sizing.limitBytes).toBe(384 * MIB);
  });

  test("on a host that has no more, memory decides how many", () => {
    const sizing = sizeWorkers(load, { ...room, hostBytes: 2.5 * GIB });
    expect(sizing.workers).toBe(4);
    expect(sizing.says[0]).toBe("2 cores × 4 workers per core = 8, of which memory holds 4");
    expect(sizing.limitBytes).toBeUndefined();
  });
});

test.each<[WorkerLoad["server"], number, number]>([
  ["nginx", 2, 8],
  ["nginx", 0.1, 1],
  ["node", 2, 2],
  ["puma", 1.5, 3],
  ["gunicorn", 0.3, 1],
])("%s on %d cores: %d workers", (server, cores, workers) => {
  expect(workersForCores(server, cores)).toBe(workers);
});

test("without a limit of its own none is proposed", () => {
  const sizing = sizeWorkers({ server: "puma", perWorkerBytes: 300 * MIB, baseBytes: 100 * MIB, squeezed: false }, { cores: 4 });
  expect(sizing).toMatchObject({ workers: 8 });
  expect(sizing.limitBytes).toBeUndefined();
  expect(sizing.says.at(-1)).toContain("no limit is set");
});

test("one worker is always left, even where none would be calm", () => {
  const sizing = sizeWorkers(
    { server: "celery", perWorkerBytes: 900 * MIB, baseBytes: 0, squeezed: false },
    { cores: 4, limitBytes: GIB, hostBytes: GIB },
  );
  expect(sizing.workers).toBe(1);
});

test("how many fit", () => {
  expect(workersThatFit(GIB, 100 * MIB, 14.4 * MIB)).toBe(6);
  expect(workersThatFit(GIB, 100 * MIB, 2 * GIB)).toBe(0);
  expect(workersThatFit(GIB, 0, 0)).toBe(0);
});

test("limits are round figures above what is needed", () => {
  expect(limitFor(60 * MIB)).toBe(128 * MIB);
  expect(limitFor(700 * MIB)).toBe(1280 * MIB);
  expect(limitFor(2.1e9)).toBe(4 * GIB);
  for (let needed = MIB; needed < 20 * GIB; needed *= 1.37) expect(limitFor(needed) * 0.6).toBeGreaterThanOrEqual(needed);
});

describe("a raised limit", () => {
  test("is what makes the use calm", () => {
    expect(raisedLimit(1.9 * GIB, { cores: 1, limitBytes: 2 * GIB, hostBytes: 64 * GIB })).toBe(4 * GIB);
  });
  test("is no more than the host can give, and none where that is no help", () => {
    expect(raisedLimit(1.9 * GIB, { cores: 1, limitBytes: 2 * GIB, hostBytes: 4 * GIB })).toBe(3 * GIB);
    expect(raisedLimit(1.9 * GIB, { cores: 1, limitBytes: 2 * GIB, hostBytes: 2 * GIB })).toBeUndefined();
  });
  test("without a limit there is nothing to raise; with an unknown host at most twice", () => {
    expect(raisedLimit(GIB, { cores: 1 })).toBeUndefined();
    expect(raisedLimit(4 * GIB, { cores: 1, limitBytes: GIB })).toBe(2 * GIB);
  });
});

describe("a number that somebody has chosen", () => {
  const load: WorkerLoad = { server: "kong", perWorkerBytes: 50 * MIB, baseBytes: 100 * MIB, squeezed: false };

  test.each([
    { limitBytes: 1024 * MIB, fits: true, betterLimitBytes: undefined },
    { limitBytes: 600 * MIB, fits: true, betterLimitBytes: 896 * MIB },
    { limitBytes: 400 * MIB, fits: false, betterLimitBytes: 896 * MIB },
    { limitBytes: undefined, fits: true, betterLimitBytes: undefined },
  ])("8 workers of 50 MiB and 100 MiB for the rest under $limitBytes bytes", ({ limitBytes, ...expected }) => {
    const { neededBytes, fits, betterLimitBytes } = sizeChosen(load, { workers: 8, limitBytes });
    expect({ neededBytes, fits, betterLimitBytes }).toEqual({ neededBytes: 500 * MIB, ...expected });
  });
});
