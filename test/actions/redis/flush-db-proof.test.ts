import { describe, expect, it } from "vitest";
import { flushCalls, witnesses } from "../../../src/actions/redis/flush-db-proof.ts";

describe("keys by which a flush can be told afterwards", () => {
  it("are those that never expire, then those that live longest, and not too many", () => {
    const described = [
      ...Array.from({ length: 100 }, (_, index) => ({ key: `short:${index}`, type: "string", ttlMs: 1000 + index })),
      { key: "forever", type: "string" },
      { key: "long", type: "string", ttlMs: 90_000 },
    ];
    const chosen = witnesses(described, 5_000);
    expect(chosen.slice(0, 3)).toEqual([{ key: "forever" }, { key: "long", expiresAtMs: 95_000 }, { key: "short:99", expiresAtMs: 6_099 }]);
    expect(chosen).toHaveLength(60);
  });

  it("stand beside the server's own count", () => {
    expect(flushCalls({ cmdstat_flushdb: "calls=2,usec=10,usec_per_call=5.00" })).toBe(2);
  });
});
