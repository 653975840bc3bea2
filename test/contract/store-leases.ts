import { describe, expect, it } from "vitest";
import type { Ask } from "./store.ts";
import { MINUTE_MS, T0_MS, aLease } from "./store-samples.ts";

export function leaseContract(ask: Ask): void {
  describe("leases", () => {
    it("are held by one of ten who want them", async () => {
      const replicas = await ask.replicas();
      const wants = Array.from({ length: 10 }, (_, at) =>
        replicas[at % 2 === 0 ? 0 : 1].leases.acquire(aLease({ owner: `run_${at}` }), T0_MS),
      );
      const outcomes = await Promise.all(wants);
      expect(outcomes.filter(({ kind }) => kind === "acquired")).toHaveLength(1);
      const owner = `run_${outcomes.findIndex(({ kind }) => kind === "acquired")}`;
      expect(outcomes.filter(({ kind }) => kind === "held")).toStrictEqual(
        Array.from({ length: 9 }, () => ({ kind: "held", lease: aLease({ owner }) })),
      );
      expect(await replicas[1].leases.list()).toStrictEqual([aLease({ owner })]);
    });

    it("may be taken again by their owner, and by anybody once expired", async () => {
      const store = await ask.store();
      const mine = aLease();
      const longer = aLease({ expiresAtMs: T0_MS + 2 * MINUTE_MS });
      const theirs = aLease({ owner: "run_2", acquiredAtMs: T0_MS + 2 * MINUTE_MS, expiresAtMs: T0_MS + 3 * MINUTE_MS });
      expect(await store.leases.acquire(mine, T0_MS)).toStrictEqual({ kind: "acquired" });
      expect(await store.leases.acquire(longer, T0_MS)).toStrictEqual({ kind: "acquired" });
      expect(await store.leases.acquire(theirs, longer.expiresAtMs - 1)).toStrictEqual({ kind: "held", lease: longer });
      expect(await store.leases.acquire(theirs, longer.expiresAtMs)).toStrictEqual({ kind: "acquired" });
      expect(await store.leases.list()).toStrictEqual([theirs]);
    });

    it("are renewed and released by their owner alone", async () => {
      const store = await ask.store();
      await store.leases.acquire(aLease(), T0_MS);
      expect(await store.leases.renew("redis/sessions", "run_2", T0_MS + 9)).toBe(false);
      expect(await store.leases.renew("redis/sessions", "run_1/proc_1", T0_MS + 9)).toBe(true);
      await store.leases.release("redis/sessions", "run_2");
      expect(await store.leases.list()).toStrictEqual([aLease({ expiresAtMs: T0_MS + 9 })]);
      await store.leases.release("redis/sessions", "run_1/proc_1");
      expect(await store.leases.list()).toStrictEqual([]);
      expect(await store.leases.renew("redis/sessions", "run_1/proc_1", T0_MS + 10)).toBe(false);
    });

    it("are taken away by an admin, who is told from whom", async () => {
      const store = await ask.store();
      await store.leases.acquire(aLease(), T0_MS);
      await store.leases.acquire(aLease({ targetKey: "redis/cache" }), T0_MS);
      expect(await store.leases.forceRelease("redis/sessions")).toStrictEqual(aLease());
      expect(await store.leases.forceRelease("redis/sessions")).toBeUndefined();
      expect(await store.leases.list()).toStrictEqual([aLease({ targetKey: "redis/cache" })]);
    });
  });
}
