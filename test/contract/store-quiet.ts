import { describe, expect, it } from "vitest";
import type { Silence } from "../../src/domain/silence.ts";
import type { Hushed } from "../../src/ports/quiet-tables.ts";
import type { Ask } from "./store.ts";
import { MINUTE_MS, T0_MS, anId, openIncident } from "./store-samples.ts";

function aSilence(change: Partial<Silence> = {}): Silence {
  return { id: anId("sil"), what: { kind: "target", pattern: "deploy/shop/*" }, kills: false, by: "U_ALICE", atMs: T0_MS, ...change };
}

function aHushed(change: Partial<Hushed> = {}): Hushed {
  return {
    key: anId("key"),
    by: "quiet-hours",
    fingerprint: "redis/sessions redis-memory",
    target: { kind: "redis", name: "sessions" },
    problem: "redis-memory",
    channel: "C_OPS",
    source: "grafana",
    severity: "warning",
    isKill: false,
    says: "Redis sessions uses 91%",
    atMs: T0_MS,
    ...change,
  };
}

export function quietContract(ask: Ask): void {
  describe("silences", () => {
    it("come back whole, and hold until their time or their end", async () => {
      const store = await ask.store();
      const all = [
        aSilence({ untilMs: T0_MS + MINUTE_MS, reason: "known", kills: true }),
        aSilence({ what: { kind: "target", pattern: "docker/kong", problem: "container-memory" } }),
        aSilence({ what: { kind: "problem", problem: "node-memory" }, untilMs: T0_MS + 2 * MINUTE_MS }),
        aSilence({ what: { kind: "label", name: "severity", pattern: "warn*" } }),
        aSilence({ what: { kind: "channel", channel: "C_OPS" } }),
        aSilence({ what: { kind: "storm", stormId: "stm_1" } }),
      ];
      for (const silence of all) await store.silences.add(silence);
      expect(await store.silences.live(T0_MS)).toStrictEqual(all);
      expect(await store.silences.get(all[0]?.id ?? "")).toStrictEqual(all[0]);
      expect(await store.silences.get("sil_none")).toBeUndefined();
      const [, , node] = all;
      expect(await store.silences.live(T0_MS + MINUTE_MS)).toStrictEqual(all.slice(1));
      expect(await store.silences.end(node?.id ?? "", { atMs: T0_MS + MINUTE_MS, by: "U_BOB" })).toBe(true);
      expect((await store.silences.live(T0_MS + MINUTE_MS)).map(({ what }) => what.kind)).toEqual(["target", "label", "channel", "storm"]);
    });

    it("end once, whoever asks, and not after their time", async () => {
      const replicas = await ask.replicas();
      const silence = aSilence({ untilMs: T0_MS + MINUTE_MS });
      await replicas[0].silences.add(silence);
      expect(await replicas[1].silences.end(silence.id, { atMs: T0_MS + MINUTE_MS, by: "U_BOB" })).toBe(false);
      const ended = await Promise.all(replicas.map((store) => store.silences.end(silence.id, { atMs: T0_MS + 1, by: "U_BOB" })));
      expect(ended.filter(Boolean)).toHaveLength(1);
      expect(await replicas[0].silences.end("sil_none", { atMs: T0_MS, by: "U_BOB" })).toBe(false);
    });
  });

  describe("alerts that were called over", () => {
    it("are found by their incident's fingerprint, the newest first, until they are forgotten", async () => {
      const store = await ask.store();
      const first = { fingerprint: "a", alert: { name: "high", pod: "web-1" }, startsAtMs: T0_MS, atMs: T0_MS + 5 };
      const second = { fingerprint: "a", alert: {}, atMs: T0_MS + 6 };
      const other = { fingerprint: "b", alert: { severity: "critical" }, atMs: T0_MS + 7 };
      for (const ended of [first, second, other]) await store.ended.add(ended);
      expect(await store.ended.of(["a"], T0_MS)).toStrictEqual([second, first]);
      expect(await store.ended.of(["a", "b", "c"], T0_MS + 6)).toStrictEqual([other, second]);
      expect(await store.ended.of([], T0_MS)).toEqual([]);
      expect(await store.ended.forget(T0_MS + 6)).toBe(1);
      expect(await store.ended.of(["a"], 0)).toStrictEqual([second]);
    });
  });

  describe("what was kept quiet", () => {
    it("is counted once per key, by whom, and told once of its incident", async () => {
      const replicas = await ask.replicas();
      const [store] = replicas;
      const same = aHushed({ by: "sil_1", class: "redis_memory" });
      const added = await Promise.all(replicas.map((one) => one.hushed.add(same)));
      expect(added.filter(Boolean)).toHaveLength(1);
      await store.hushed.add(aHushed({ by: "sil_1", isKill: true, severity: null, atMs: T0_MS + 5 }));
      await store.hushed.add(aHushed({ by: "sil_2", fingerprint: "other" }));
      const { fingerprint: _, target: __, problem: ___, ...unplaced } = aHushed({ by: "sil_2" });
      await store.hushed.add(unplaced);
      expect([await store.hushed.has(same.key), await store.hushed.has("none")]).toEqual([true, false]);
      const counts = (waiting: number) => [
        { by: "sil_1", count: 2, kills: 1, waiting },
        { by: "sil_2", count: 2, kills: 0, waiting: 2 },
      ];
      expect(await store.hushed.counts()).toStrictEqual(counts(2));
      expect([await store.hushed.untold(["redis/sessions redis-memory", "none"]), await store.hushed.untold([])]).toEqual([
        ["redis/sessions redis-memory"],
        [],
      ]);
      const told = await Promise.all(replicas.map((one) => one.hushed.tell("redis/sessions redis-memory")));
      expect(told.filter((one) => one !== undefined)).toStrictEqual([{ count: 2, firstAtMs: T0_MS, lastAtMs: T0_MS + 5 }]);
      expect(await store.hushed.counts()).toStrictEqual(counts(0));
      expect(await store.hushed.tell("none")).toBeUndefined();
      expect(await store.hushed.untold(["redis/sessions redis-memory"])).toEqual([]);
    });

    it("is told together, the worst first, and then no more", async () => {
      const store = await ask.store();
      await store.hushed.add(aHushed({ class: "memory_high", atMs: T0_MS + 40 }));
      await store.hushed.add(aHushed({ severity: "critical", class: "redis_memory", says: "it refuses writes", atMs: T0_MS + 9 }));
      await store.hushed.add(aHushed({ fingerprint: "b", severity: null, atMs: T0_MS + 20 }));
      await store.hushed.add(aHushed({ fingerprint: "c", severity: null, atMs: T0_MS + 30 }));
      await store.hushed.add(aHushed({ channel: "C_ALL" }));
      await store.hushed.add(aHushed({ by: "sil_1" }));
      const { fingerprint: _, target: __, problem: ___, ...unplaced } = aHushed({ says: "somebody was killed", severity: "info" });
      await store.hushed.add(unplaced);
      await store.hushed.add({ ...unplaced, key: anId("key") });
      const groups = await store.hushed.tellAll("quiet-hours");
      expect(groups.map(({ channel, fingerprint, severity, count }) => [channel, fingerprint, severity, count])).toEqual([
        ["C_ALL", "redis/sessions redis-memory", "warning", 1],
        ["C_OPS", "redis/sessions redis-memory", "critical", 2],
        ["C_OPS", undefined, "info", 2],
        ["C_OPS", "c", null, 1],
        ["C_OPS", "b", null, 1],
      ]);
      expect(groups[1]).toMatchObject({
        target: { kind: "redis", name: "sessions" },
        problem: "redis-memory",
        class: "redis_memory",
        says: "it refuses writes",
        firstAtMs: T0_MS + 9,
        lastAtMs: T0_MS + 40,
      });
      expect(await store.hushed.tellAll("quiet-hours")).toEqual([]);
    });

    it("is forgotten after a while, but not what waits to be told", async () => {
      const store = await ask.store();
      for (const by of ["sil_1", "quiet-hours"]) await store.hushed.add(aHushed({ by, fingerprint: by }));
      expect(await store.hushed.forget(T0_MS, "quiet-hours")).toBe(0);
      expect(await store.hushed.forget(T0_MS + 1, "quiet-hours")).toBe(1);
      await store.hushed.tellAll("quiet-hours");
      expect(await store.hushed.forget(T0_MS + 1, "quiet-hours")).toBe(1);
    });
  });

  describe("attention", () => {
    it("is waited for, each step done once, until somebody reacts", async () => {
      const replicas = await ask.replicas();
      const [store] = replicas;
      const [incident, later, over] = [await openIncident(store), await openIncident(store), await openIncident(store)];
      await openIncident(store); // opened by a person: nobody is waited for
      await store.attention.wait([incident.id], T0_MS);
      await store.attention.wait([later.id], T0_MS + MINUTE_MS);
      await store.attention.wait([over.id], T0_MS);
      await store.incidents.transition(over.id, ["open"], "resolved", T0_MS);
      expect(await store.attention.unattended("mention", T0_MS - 1, 9)).toEqual([]);
      expect(await store.attention.unattended("mention", T0_MS, 9)).toStrictEqual([incident]);
      expect(await store.attention.unattended("spread", T0_MS + MINUTE_MS, 9)).toStrictEqual([incident, later]);
      expect(await store.attention.unattended("spread", T0_MS + MINUTE_MS, 1)).toStrictEqual([incident]);

      const done = await Promise.all(replicas.map((one) => one.attention.done(incident.id, "mention", T0_MS + 3)));
      expect(done.filter(Boolean)).toHaveLength(1);
      expect(await store.attention.unattended("mention", T0_MS, 9)).toEqual([]);
      expect(await store.attention.called(9)).toStrictEqual([
        { incident, attention: { incidentId: incident.id, sinceMs: T0_MS, mentionedAtMs: T0_MS + 3 } },
      ]);
      const attended = await Promise.all(replicas.map((one) => one.attention.attend(incident.id, { by: "U_BOB", atMs: T0_MS + 4 })));
      expect(attended.filter(Boolean)).toHaveLength(1);
      expect(await store.attention.called(9)).toEqual([]);
      expect(await store.attention.done(incident.id, "spread", T0_MS + 5)).toBe(false);
      expect(await store.attention.unattended("spread", T0_MS, 9)).toEqual([]);
      expect(await store.attention.get(incident.id)).toStrictEqual({
        incidentId: incident.id,
        sinceMs: T0_MS,
        attendedBy: "U_BOB",
        attendedAtMs: T0_MS + 4,
        mentionedAtMs: T0_MS + 3,
      });
      expect(await store.attention.attend("inc_none", { by: "U_BOB", atMs: T0_MS })).toBe(false);
      expect(await store.attention.get("inc_none")).toBeUndefined();

      await store.attention.wait([incident.id], T0_MS + 9);
      expect(await store.attention.get(incident.id)).toStrictEqual({ incidentId: incident.id, sinceMs: T0_MS + 9 });
    });
  });
}
