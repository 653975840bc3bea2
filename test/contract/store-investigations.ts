import { describe, expect, it } from "vitest";
import type { Offer } from "../../src/domain/action-request.ts";
import type { Evidence } from "../../src/domain/evidence.ts";
import type { Ask } from "./store.ts";
import { T0_MS, aDiagnosis, anId, anInvestigation, openIncident } from "./store-samples.ts";

export function investigationContract(ask: Ask): void {
  describe("investigations", () => {
    it("keeps what an investigation came to, until it has ended", async () => {
      const store = await ask.store();
      const { id: incidentId } = await openIncident(store);
      const investigation = anInvestigation(incidentId, {
        sinceMs: 1_800_000,
        alert: { severity: "critical", value: "92.3", threshold: { amount: 0.8, unit: "share" } },
      });
      await store.investigations.create(investigation);
      expect(await store.investigations.get(investigation.id)).toStrictEqual(investigation);

      const failures = [{ step: "redis.census", code: "timed-out", because: "took longer than 3 s", tookMs: 3001.5 }] as const;
      expect(await store.investigations.update(investigation.id, { state: "running" })).toBe(true);
      expect(await store.investigations.update(investigation.id, {})).toBe(true);
      const ended = { state: "done", endedAtMs: T0_MS + 900, diagnosis: aDiagnosis, failures } as const;
      expect(await store.investigations.update(investigation.id, ended)).toBe(true);
      expect(await store.investigations.update(investigation.id, { state: "failed", because: "too late" })).toBe(false);
      expect(await store.investigations.get(investigation.id)).toStrictEqual({ ...investigation, ...ended });
    });

    it("is not under way where it only looks whether the incident is over", async () => {
      const store = await ask.store();
      const { id: incidentId } = await openIncident(store);
      const look = anInvestigation(incidentId, { isCheckUp: true });
      await store.investigations.create(look);
      expect(await store.investigations.get(look.id)).toStrictEqual(look);
      expect(await store.investigations.isUnderway(incidentId)).toBe(false);
      expect(await store.investigations.newest([incidentId])).toEqual([]);
    });

    it("gives back a diagnosis without suspects as it was", async () => {
      const store = await ask.store();
      const { id: incidentId } = await openIncident(store);
      const diagnosis = { ...aDiagnosis, suspects: undefined };
      const investigation = anInvestigation(incidentId, { state: "failed", diagnosis, because: "no rights" });
      await store.investigations.create(investigation);
      expect(await store.investigations.get(investigation.id)).toStrictEqual(investigation);
    });

    it("lists those of an incident, newest first, and the unfinished of long ago", async () => {
      const store = await ask.store();
      const { id: incidentId } = await openIncident(store);
      const first = anInvestigation(incidentId, { startedAtMs: T0_MS, state: "running" });
      const second = anInvestigation(incidentId, { startedAtMs: T0_MS + 1 });
      const done = anInvestigation(incidentId, { startedAtMs: T0_MS + 2, state: "done" });
      for (const investigation of [first, second, done]) await store.investigations.create(investigation);
      expect(await store.investigations.ofIncident(incidentId)).toStrictEqual([done, second, first]);
      expect(await store.investigations.isUnderway(first.incidentId)).toBe(true);
      expect(await store.investigations.isUnderway("inc_none")).toBe(false);
      expect(await store.investigations.unfinished(T0_MS + 1)).toStrictEqual([first]);
      expect(await store.investigations.unfinished(T0_MS + 10)).toStrictEqual([first, second]);
      for (const { id } of [first, second]) await store.investigations.update(id, { state: "done" });
      expect(await store.investigations.isUnderway(incidentId)).toBe(false);
    });
  });

  describe("evidence", () => {
    it("comes back in the order of collection, with its data as it was", async () => {
      const store = await ask.store();
      const { id: incidentId } = await openIncident(store);
      const { id } = anInvestigation(incidentId);
      await store.investigations.create(anInvestigation(incidentId, { id }));
      const evidence: Evidence[] = [
        { usedBytes: 2 ** 53 - 1, ratio: 1.04, policy: null, text: "\0 \ud83e\uddef", list: [[], {}, false] },
        null,
        "text",
        [1, -2.5],
      ].map((data, at) => ({ id: anId("ev"), step: `redis.${at}`, collectedAtMs: T0_MS - at, tookMs: 12, source: "redis/sessions", data }));
      for (const one of evidence) await store.evidence.add(id, one);
      expect(await store.evidence.ofInvestigation(id)).toStrictEqual(evidence);
      expect(await store.evidence.ofInvestigation("inv_none")).toStrictEqual([]);
    });

    it("takes a duration in parts of a millisecond", async () => {
      const store = await ask.store();
      const { id: incidentId } = await openIncident(store);
      const investigation = anInvestigation(incidentId);
      await store.investigations.create(investigation);
      await store.evidence.add(investigation.id, { id: anId("ev"), step: "s", collectedAtMs: T0_MS, tookMs: 12.6, source: "x", data: {} });
      expect(await store.evidence.ofInvestigation(investigation.id)).toMatchObject([{ tookMs: 13 }]);
    });
  });

  describe("offers and settings", () => {
    it("keeps offers in their order", async () => {
      const store = await ask.store();
      const { id: incidentId } = await openIncident(store);
      const offers: Offer[] = ["redis.flush-db", "redis.expire-keys"].map((actionId) => ({
        id: anId("off"),
        incidentId,
        actionId,
        target: { kind: "redis", name: "sessions" },
        params: { database: 2 },
        createdAtMs: T0_MS,
      }));
      await store.offers.add(offers);
      await store.offers.add([]);
      expect(await store.offers.ofIncident(incidentId)).toStrictEqual(offers);
      expect(await store.offers.get(offers[1]?.id ?? "")).toStrictEqual(offers[1]);
      expect(await store.offers.get("off_none")).toBeUndefined();
    });

    it("keeps the kill switch", async () => {
      const store = await ask.store();
      expect(await store.settings.get("freeze")).toBeUndefined();
      await store.settings.set("freeze", { on: true, by: "U_ALICE", atMs: T0_MS, reason: "moving house" });
      await store.settings.set("freeze", { on: false, by: "U_BOB", atMs: T0_MS + 1 });
      expect(await store.settings.get("freeze")).toStrictEqual({ on: false, by: "U_BOB", atMs: T0_MS + 1 });
    });
  });
}
