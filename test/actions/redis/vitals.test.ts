import { describe, expect, it } from "vitest";
import type { NodeVitals } from "../../../src/actions/redis/stored/schema.ts";
import { commandCalls, infoNumber, inTrouble, isBrimful, refusing, totalUsedBytes } from "../../../src/actions/redis/vitals.ts";

const HEALTHY: NodeVitals = {
  address: "127.0.0.1:6379",
  runId: "a",
  usedBytes: 50,
  maxmemoryBytes: 100,
  policy: "noeviction",
  writes: "accepted",
  evictedKeys: 0,
  pendingFrees: 0,
  clientBufferBytes: 0,
};

describe("how a Redis is doing", () => {
  it("is in trouble when one master refuses writes for want of memory, or the service is ill", () => {
    expect(inTrouble({ nodes: [HEALTHY] })).toBe(false);
    expect(inTrouble({ nodes: [HEALTHY, { ...HEALTHY, writes: "refused-oom" }] })).toBe(true);
    expect(inTrouble({ nodes: [HEALTHY], health: { where: "gateway/health", ok: false, says: "503" } })).toBe(true);
  });

  it("is judged by its memory where writes may not be probed", () => {
    const full = { ...HEALTHY, usedBytes: 100, writes: "no-rights" as const };
    expect(refusing({ nodes: [full] })).toEqual([full]);
    expect(refusing({ nodes: [{ ...full, usedBytes: 99 }] })).toEqual([]);
  });

  it("is not brimful where room is made by eviction, or where there is no limit", () => {
    const full = { ...HEALTHY, usedBytes: 100 };
    expect([full, { ...full, policy: "allkeys-lru" }, { ...full, maxmemoryBytes: 0 }].map(isBrimful)).toEqual([true, false, false]);
  });

  it("reads figures that may be missing", () => {
    expect([infoNumber({ used_memory: "12" }, "used_memory"), infoNumber({}, "used_memory"), infoNumber({ a: "x" }, "a")]).toEqual([
      12, 0, 0,
    ]);
    expect(commandCalls({ cmdstat_flushdb: "calls=3,usec=9" }, "flushdb")).toBe(3);
    expect(commandCalls({ cmdstat_get: "calls=3,usec=9" }, "flushdb")).toBe(0);
    expect(commandCalls({}, "flushdb")).toBeUndefined();
    expect(totalUsedBytes({ nodes: [HEALTHY, HEALTHY] })).toBe(100);
  });
});
