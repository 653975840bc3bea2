import { describe, expect, it } from "vitest";
import type { CountedStray } from "../../src/ports/stray-table.ts";
import type { Ask } from "./store.ts";
import { T0_MS } from "./store-samples.ts";

const ROUND = { channel: "C0ALERTS", roundMs: T0_MS };
const SHOP = { kind: "redis", name: "shop" } as const;

function aStray(id: string, more: Partial<CountedStray> = {}): CountedStray {
  return {
    ...ROUND,
    id,
    matter: `redis ${id}`,
    name: id,
    source: "alertmanager",
    class: "redis_memory",
    severity: "warning",
    says: "RedisMemoryHigh",
    because: "I do not know it.",
    targets: [SHOP],
    count: 1,
    lastAtMs: T0_MS,
    ...more,
  };
}

/** What alerts name that is not known. */
export function strayContract(ask: Ask): void {
  describe("names that are not known", () => {
    it("are counted once for an alert's key, by all replicas, as bad as the worst and as the newest says it", async () => {
      const replicas = await ask.replicas();
      const fresh = await Promise.all(replicas.map(({ strays }) => strays.remember(["a", "b"], T0_MS)));
      expect(fresh.flatMap((keys) => [...keys]).toSorted()).toEqual(["a", "b"]);
      expect(await replicas[0].strays.newestRound(ROUND.channel)).toBeUndefined();
      await replicas[0].strays.count([aStray("str_1", { threadTs: "1.1", severity: "critical" }), aStray("str_2", { severity: null })]);
      const again = { matter: "redis str_1", says: "RedisEvicting", because: "Still not.", targets: [], count: 4, lastAtMs: T0_MS + 9 };
      await replicas[1].strays.count([aStray("str_3", again)]);
      expect(await replicas[0].strays.newestRound(ROUND.channel)).toBe(T0_MS);
      const { matter: _, targets: __, ...first } = aStray("str_1", { ...again, threadTs: "1.1", severity: "critical", count: 5 });
      expect(await replicas[0].strays.ofRound(ROUND)).toStrictEqual([first, expect.objectContaining({ id: "str_2", severity: null })]);
      expect(await replicas[1].strays.get("str_1")).toStrictEqual(first);
      expect(await replicas[1].strays.targetsOf("str_1")).toEqual([]);
      expect(await replicas[1].strays.targetsOf("str_2")).toStrictEqual([SHOP]);
      expect([await replicas[1].strays.get("str_none"), await replicas[1].strays.targetsOf("str_none")]).toEqual([undefined, []]);
    });

    it("are to be told when one came, was counted or was answered, the last once, and not when all is told", async () => {
      const { strays } = await ask.store();
      await strays.count([aStray("str_1"), aStray("str_2", { channel: "C0OTHER" })]);
      expect(await strays.untold()).toHaveLength(2);
      await strays.told({ ...ROUND, channel: "C0OTHER" });
      expect(await strays.untold()).toStrictEqual([ROUND]);
      await strays.told(ROUND);
      expect(await strays.untold()).toEqual([]);
      await strays.count([aStray("str_3", { matter: "redis str_1" })]);
      expect(await strays.untold()).toStrictEqual([ROUND]);
      await strays.told(ROUND);
      const chosen = { target: "redis/shop", userId: "U0REQUESTER" };
      expect([await strays.choose("str_1", chosen), await strays.choose("str_1", { ...chosen, target: "redis/cart" })]).toEqual([
        true,
        false,
      ]);
      expect(await strays.get("str_1")).toMatchObject({ chosen, count: 2 });
      expect(await strays.untold()).toStrictEqual([ROUND]);
    });

    it("are forgotten after their time, with the keys", async () => {
      const { strays } = await ask.store();
      await strays.remember(["a"], T0_MS);
      await strays.count([aStray("str_1"), aStray("str_2", { lastAtMs: T0_MS + 2 })]);
      expect(await strays.forget(T0_MS + 1)).toBe(1);
      expect((await strays.ofRound(ROUND)).map(({ id }) => id)).toEqual(["str_2"]);
      expect(await strays.remember(["a"], T0_MS + 2)).toEqual(new Set(["a"]));
    });
  });
}
