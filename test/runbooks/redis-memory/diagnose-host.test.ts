import { describe, expect, test } from "vitest";

import { diagnoseFragmentation, diagnoseNearHostLimit } from "../../../src/runbooks/redis-memory/diagnose-host.ts";
import { MIB, nodeWith } from "./pictures.ts";

const LIMIT = 1000 * MIB;

describe("near the limit of the host", () => {
  const using = (mib: number, more: Readonly<Record<string, string>> = {}) =>
    diagnoseNearHostLimit(
      nodeWith({ maxmemory: "0", used_memory: String(mib * MIB), used_memory_rss: String(mib * MIB), ...more }, { limitBytes: LIMIT }),
    );

  test("begins at 80% of it", () => {
    expect([799, 800].map((mib) => using(mib)?.verdict)).toEqual([undefined, "no-maxmemory-near-host-limit"]);
  });

  test("is no trouble where maxmemory comes first, and is where it comes too late", () => {
    expect(using(790, { maxmemory: String(799 * MIB), used_memory_rss: String(850 * MIB) })).toBeUndefined();
    const late = using(850, { maxmemory: String(1100 * MIB) });
    expect(late?.headline).toContain("about as large as the memory there is");
  });

  test("advises three quarters of what there is, in whole MiB", () => {
    expect(using(900)?.advice[0]).toMatchObject({ actionId: "redis.set-maxmemory", params: { maxmemory: 750 * MIB } });
  });

  test("is less sure where the limit is only what the server sees of its host, and says so", () => {
    const fields = { maxmemory: "0", used_memory: String(900 * MIB), total_system_memory: String(LIMIT) };
    const guessed = diagnoseNearHostLimit(nodeWith(fields));
    expect(guessed?.against).toMatchObject([{ says: expect.stringContaining("a container may have less") }]);
    expect(guessed?.confidence).toBeLessThan(using(900)?.confidence ?? 0);
  });

  test("is not what holes are: memory that is resident and not used", () => {
    expect(using(400, { used_memory_rss: String(900 * MIB) })).toBeUndefined();
  });
});

describe("fragmentation", () => {
  const holding = (usedMib: number, rssMib: number, more: Readonly<Record<string, string>> = {}) =>
    diagnoseFragmentation(nodeWith({ used_memory: String(usedMib * MIB), used_memory_rss: String(rssMib * MIB), ...more }));

  test("needs both a ratio and an amount: small servers show high ratios", () => {
    expect(holding(10, 90)).toBeUndefined(); // nine times as much, and only 80 MiB
    expect(holding(1000, 1400, { maxmemory: "0" })).toBeUndefined(); // 400 MiB, and only 1.4 times
    expect(holding(200, 299)).toBeUndefined();
    expect(holding(200, 300)?.verdict).toBe("fragmentation");
  });

  test("is not the verdict on a full server: there the limit is", () => {
    expect(holding(256, 500)).toBeUndefined();
  });

  test("offers no flush: removing keys makes more holes", () => {
    expect(holding(100, 400)?.advice).toEqual([]);
    expect(holding(100, 400)?.against).toMatchObject([{ says: expect.stringContaining("wasteful, not dangerous") }]);
    expect(holding(100, 400, { total_system_memory: String(500 * MIB) })?.against).toEqual([]);
  });
});
