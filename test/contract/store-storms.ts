import { describe, expect, it } from "vitest";
import type { Storm } from "../../src/domain/storm.ts";
import type { Store } from "../../src/ports/store.ts";
import type { Ask } from "./store.ts";
import { anIncident, anInvestigation, T0_MS } from "./store-samples.ts";
import { openOrJoin } from "../support/open-or-join.ts";

const STORM: Storm = {
  id: "stm_1",
  channel: "C0ALERTS",
  trait: { kind: "node", value: "node-7" },
  state: "active",
  beganAtMs: T0_MS,
  lastMemberAtMs: T0_MS,
};

const ALERT = {
  words: { says: "RedisMemoryHigh", severity: "warning", source: "grafana", value: "0.91" },
  claim: { severity: "warning", threshold: { amount: 0.9, unit: "share" } },
} as const;

/** Storms, their members, and which threads are to be told again. */
export function stormContract(ask: Ask): void {
  describe("storms", () => {
    const opened = async (store: Store, name: string, more: Partial<ReturnType<typeof anIncident>> = {}) => {
      const target = { kind: "redis", name } as const;
      const candidate = { ...anIncident(), id: `inc_${name}`, fingerprint: `redis/${name} redis-memory`, target, ...more };
      return (await openOrJoin(store.incidents, candidate, 0)).incident;
    };
    const joined = async (store: Store, name: string) => {
      const incident = await opened(store, name);
      await store.storms.join([{ incidentId: incident.id, stormId: STORM.id, runbookId: "redis-memory", alert: ALERT }], T0_MS + 7);
      return incident.id;
    };

    it("are the same for all replicas, and end once", async () => {
      const replicas = await ask.replicas();
      await replicas[0].storms.begin(STORM);
      expect(await replicas[1].storms.active()).toStrictEqual([STORM]);
      const ended = await Promise.all(replicas.map((store) => store.storms.end(STORM.id, T0_MS + 9)));
      expect(ended.filter(Boolean)).toHaveLength(1);
      expect(await replicas[1].storms.active()).toEqual([]);
      expect(await replicas[0].storms.get(STORM.id)).toStrictEqual({ ...STORM, state: "over", endedAtMs: T0_MS + 9 });
      expect(await replicas[0].storms.get("stm_none")).toBeUndefined();
      await replicas[0].storms.stir(STORM.id, T0_MS + 60_000);
      expect(await replicas[1].storms.active()).toStrictEqual([{ ...STORM, lastMemberAtMs: T0_MS + 60_000 }]);
    });

    it("list their members as they stand: who waits, who was looked into, what that came to", async () => {
      const store = await ask.store();
      await store.storms.begin(STORM);
      const [first, second] = [await joined(store, "first"), await joined(store, "second")];
      expect((await store.storms.get(STORM.id))?.lastMemberAtMs).toBe(T0_MS + 7);
      expect((await store.incidents.get(first))?.stormId).toBe(STORM.id);
      expect(await store.storms.members(STORM.id)).toMatchObject([
        { incidentId: first, look: "waiting", isOut: false, state: "open", timesSeen: 1, target: { kind: "redis", name: "first" } },
        { incidentId: second, look: "waiting" },
      ]);
      const investigation = anInvestigation(first, { state: "queued" });
      await store.investigations.create(investigation);
      expect(await store.storms.lookedInto(first, investigation.id)).toBe(true);
      expect(await store.storms.lookedInto(first, "inv_other")).toBe(false);
      expect((await store.storms.members(STORM.id))[0]).toMatchObject({ look: "running" });
      await store.investigations.update(investigation.id, { state: "done" });
      await store.storms.found(first, "full under noeviction");
      expect((await store.storms.members(STORM.id))[0]).toMatchObject({ look: "done", headline: "full under noeviction" });
      expect(await store.storms.alertOf(first)).toStrictEqual(ALERT);
      await store.storms.setAlert(first, { claim: { severity: "critical" } });
      expect(await store.storms.alertOf(first)).toStrictEqual({ claim: { severity: "critical" } });
      expect(await store.storms.alertOf("inc_none")).toEqual({});
    });

    it("are found by their thread, and reacted to all at once, but for who has a thread of their own", async () => {
      const store = await ask.store();
      await store.storms.begin(STORM);
      const [first, second, out] = [await joined(store, "first"), await joined(store, "second"), await joined(store, "out")];
      await store.storms.takeOut(out);
      await store.attention.wait([first, second, out], T0_MS);
      const content = { kind: "message", message: { text: "Storm", blocks: [] } } as const;
      const saying = { slot: `${STORM.id}/root`, channel: STORM.channel, content, priority: 2 } as const;
      await store.outbox.sent(await store.outbox.say(saying, "dlv_root", T0_MS), { ts: "7.7", revision: 1 });
      expect(await store.storms.memberByThread(STORM.channel, "7.7")).toMatchObject({ id: first, stormId: STORM.id });
      expect(await store.storms.memberByThread("C0OTHER", "7.7")).toBeUndefined();
      await store.incidents.transition(first, ["open"], "resolved", T0_MS);
      expect(await store.storms.memberByThread(STORM.channel, "7.7")).toMatchObject({ id: second });
      const change = { by: "U_BOB", atMs: T0_MS + 5 };
      expect(await store.attention.attendStorm(STORM.id, change)).toBe(2);
      expect(await store.attention.attendStorm(STORM.id, change)).toBe(0);
      expect((await store.attention.get(out))?.attendedBy).toBeUndefined();
      expect((await store.attention.get(second))?.attendedBy).toBe("U_BOB");
    });

    it("have room for so many reports below them, each once", async () => {
      const store = await ask.store();
      await store.storms.begin(STORM);
      const budget = { stormId: STORM.id, most: 1 };
      const [first, second] = [await joined(store, "first"), await joined(store, "second")];
      expect(await store.storms.reply(first, budget)).toBe(true);
      expect(await store.storms.reply(second, budget)).toBe(false);
      expect(await store.storms.reply(first, budget)).toBe(true); // the same once more, after a crash
    });

    it("let a member go into a thread of its own, once", async () => {
      const replicas = await ask.replicas();
      await replicas[0].storms.begin(STORM);
      const id = await joined(replicas[0], "first");
      const taken = await Promise.all(replicas.map((store) => store.storms.takeOut(id)));
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect((await replicas[0].incidents.get(id))?.stormId).toBeUndefined();
      expect(await replicas[1].storms.members(STORM.id)).toMatchObject([{ incidentId: id, isOut: true }]);
    });

    it("begin by those that opened just now with threads of their own, unasked", async () => {
      const store = await ask.store();
      await store.storms.begin(STORM);
      const alert = { kind: "alert", source: "grafana" } as const;
      const traits = [{ kind: "node", value: "node-7" }] as const;
      await opened(store, "old", { openedBy: alert, openedAtMs: T0_MS - 1 });
      await opened(store, "asked", { openedBy: { kind: "user", id: "U0REQUESTER" } });
      const alone = await opened(store, "alone", { openedBy: alert, traits, severity: "critical" });
      await joined(store, "member");
      expect(await store.incidents.openedAlone(T0_MS)).toStrictEqual([alone]);
      expect(alone).toMatchObject({ traits, severity: "critical" });
    });

    it("leave threads alone for a while that were told of a report just now, and find them afterwards", async () => {
      const store = await ask.store();
      const { id } = await opened(store, "often");
      const lapse = (nowMs: number) => ({ nowMs, lapseMs: 10_000 });
      expect(await store.incidents.untold(T0_MS, 10)).toEqual([]);
      await opened(store, "often", { timesSeen: 3 });
      expect(await store.incidents.mayTell(id, lapse(T0_MS))).toBe(true);
      expect(await store.incidents.untold(T0_MS, 10)).toEqual([]);
      await opened(store, "often");
      expect(await store.incidents.mayTell(id, lapse(T0_MS + 9_999))).toBe(false);
      expect(await store.incidents.untold(T0_MS - 1, 10)).toEqual([]);
      expect(await store.incidents.untold(T0_MS, 10)).toMatchObject([{ id, timesSeen: 5 }]);
      expect(await store.incidents.mayTell(id, lapse(T0_MS + 10_000))).toBe(true);
      expect(await store.incidents.untold(T0_MS + 10_000, 10)).toEqual([]);
    });
  });
}
