import { describe, expect, it } from "vitest";
import { given } from "../../src/domain/given.ts";
import type { Ask } from "./store.ts";
import { MINUTE_MS, T0_MS, aSaying, anId, anIncident, openIncident } from "./store-samples.ts";
import { openOrJoin } from "../support/open-or-join.ts";

const REOPEN_MS = 30 * MINUTE_MS;

export function incidentContract(ask: Ask): void {
  describe("incidents", () => {
    it("opens the first of a fingerprint and gives it back whole", async () => {
      const store = await ask.store();
      const candidate = anIncident({ rootTs: "1790000000.000100" });
      expect(await openOrJoin(store.incidents, candidate, REOPEN_MS)).toStrictEqual({ kind: "opened", incident: candidate });
      expect(await store.incidents.get(candidate.id)).toStrictEqual(candidate);
      expect(await store.incidents.get("inc_none")).toBeUndefined();
      expect(await store.incidents.get("inc_\0")).toBeUndefined();
    });

    it("joins the unresolved one, counting and moving lastSeenAtMs on, never back", async () => {
      const store = await ask.store();
      const first = await openIncident(store, { fingerprint: "f" });
      const later = anIncident({ fingerprint: "f", openedAtMs: T0_MS + 10, lastSeenAtMs: T0_MS + 10 });
      const early = anIncident({ fingerprint: "f", openedAtMs: T0_MS - 10, lastSeenAtMs: T0_MS - 10 });
      expect(await openOrJoin(store.incidents, later, REOPEN_MS)).toStrictEqual({
        kind: "joined",
        incident: { ...first, timesSeen: 2, lastSeenAtMs: T0_MS + 10 },
      });
      expect(await openOrJoin(store.incidents, early, REOPEN_MS)).toStrictEqual({
        kind: "joined",
        incident: { ...first, timesSeen: 3, lastSeenAtMs: T0_MS + 10 },
      });
      expect(await store.incidents.list({ limit: 10 })).toHaveLength(1);
    });

    it("joins many at once, of which only those count that are not resolved", async () => {
      const store = await ask.store();
      const [first, second, over] = [
        await openIncident(store, { fingerprint: "f" }),
        await openIncident(store, { fingerprint: "g" }),
        await openIncident(store, { fingerprint: "h" }),
      ];
      await store.incidents.transition(over.id, ["open"], "resolved", T0_MS + 1);
      const joined = await store.incidents.join(["f", "g", "h", "none"], { times: 3, atMs: T0_MS + 10 });
      const counted = [first, second].map((one) => ({ ...one, timesSeen: 4, lastSeenAtMs: T0_MS + 10 }));
      expect(joined.toSorted((left, right) => left.fingerprint.localeCompare(right.fingerprint))).toStrictEqual(counted);
      expect(await store.incidents.join(["g"], { times: 1, atMs: T0_MS })).toStrictEqual([{ ...counted[1], timesSeen: 5 }]);
      expect(await store.incidents.join([], { times: 1, atMs: T0_MS })).toEqual([]);
    });

    it("reopens what was resolved lately, and opens another when that is too long ago", async () => {
      const store = await ask.store();
      const first = await openIncident(store, { fingerprint: "f" });
      await store.incidents.transition(first.id, ["open"], "resolved", T0_MS + 1000);
      const inTimeMs = T0_MS + 1000 + REOPEN_MS;
      const again = anIncident({ fingerprint: "f", openedAtMs: inTimeMs, lastSeenAtMs: inTimeMs });
      const reopened = await openOrJoin(store.incidents, again, REOPEN_MS);
      expect(reopened).toStrictEqual({ kind: "reopened", incident: { ...first, timesSeen: 2, lastSeenAtMs: inTimeMs } });

      await store.incidents.transition(first.id, ["open"], "resolved", inTimeMs);
      const tooLateMs = inTimeMs + REOPEN_MS + 1;
      const another = anIncident({ fingerprint: "f", openedAtMs: tooLateMs, lastSeenAtMs: tooLateMs });
      expect(await openOrJoin(store.incidents, another, REOPEN_MS)).toStrictEqual({ kind: "opened", incident: another });
    });

    it("opens, joins and reopens many at once, in their order", async () => {
      const store = await ask.store();
      const open = await openIncident(store, { fingerprint: "open" });
      const [over, older] = [await openIncident(store, { fingerprint: "over" }), await openIncident(store, { fingerprint: "older" })];
      await store.incidents.transition(over.id, ["open"], "resolved", T0_MS + 1000);
      await store.incidents.transition(older.id, ["open"], "resolved", T0_MS - 2 * REOPEN_MS);
      const at = (fingerprint: string, lastSeenAtMs = T0_MS + 2000) => anIncident({ fingerprint, openedAtMs: T0_MS + 2000, lastSeenAtMs });
      const candidates = [at("new"), at("over"), at("older"), at("open", T0_MS - 5), at("newer")];
      const found = await store.incidents.openOrJoin(candidates, REOPEN_MS);
      expect(found).toStrictEqual([
        { kind: "opened", incident: candidates[0] },
        { kind: "reopened", incident: { ...over, timesSeen: 2, lastSeenAtMs: T0_MS + 2000 } },
        { kind: "opened", incident: candidates[2] },
        { kind: "joined", incident: { ...open, timesSeen: 2 } },
        { kind: "opened", incident: candidates[4] },
      ]);
      expect(await store.incidents.openOrJoin([], REOPEN_MS)).toEqual([]);
    });

    it("gives one incident to twenty callers from two replicas", async () => {
      const replicas = await ask.replicas();
      const calls = Array.from({ length: 20 }, (_, at) => openOrJoin(replicas[at % 2 === 0 ? 0 : 1].incidents, anIncident(), REOPEN_MS));
      const outcomes = await Promise.all(calls);
      expect(new Set(outcomes.map(({ incident }) => incident.id)).size).toBe(1);
      expect(outcomes.filter(({ kind }) => kind === "opened")).toHaveLength(1);
      expect(await replicas[0].incidents.list({ limit: 50 })).toMatchObject([{ timesSeen: 20 }]);
    });

    it("counts each alert once, by source, and keeps how bad the worst was", async () => {
      const replicas = await ask.replicas();
      const { id } = await openIncident(replicas[0]);
      const heard = (key: string, atMs: number, source: "grafana" | "wazuh" = "grafana") =>
        ({ key, incidentId: id, atMs, source, class: "memory_high", severity: "warning" }) as const;
      const same = await Promise.all(replicas.map((store) => store.heard.add([heard("a", T0_MS)])));
      expect(same.filter((added) => added === 1)).toHaveLength(1);
      const others = [heard("a", T0_MS), heard("b", T0_MS + 5), heard("c", T0_MS + 2, "wazuh")];
      expect([await replicas[0].heard.add(others), await replicas[1].heard.add([])]).toEqual([2, 0]);
      expect([await replicas[1].heard.has("b"), await replicas[1].heard.has("d")]).toEqual([true, false]);
      expect(await replicas[0].heard.counts(id)).toStrictEqual([
        { source: "grafana", count: 2, firstAtMs: T0_MS, lastAtMs: T0_MS + 5 },
        { source: "wazuh", count: 1, firstAtMs: T0_MS + 2, lastAtMs: T0_MS + 2 },
      ]);
      expect(await replicas[0].heard.counts("inc_none")).toEqual([]);
      expect([await replicas[0].heard.forget(T0_MS + 3), await replicas[0].heard.has("a")]).toEqual([2, false]);
      await replicas[0].incidents.setSeverity(id, "critical");
      expect(await replicas[1].incidents.get(id)).toMatchObject({ severity: "critical" });
    });

    it("keeps the labels of what was heard of it, through joining and reopening", async () => {
      const replicas = await ask.replicas();
      const labels = { team: ["web", "data"], class: ["memory_high"], __proto__x: ["\u0001 'quoted'"] };
      const { id, fingerprint } = await openIncident(replicas[0], { labels: { team: ["web"] } });
      const other = await openIncident(replicas[0], { labels: { team: ["web"] } });
      const third = await openIncident(replicas[0], { labels: { team: ["web"] } });
      await replicas[1].incidents.setLabels([
        { id, labels },
        { id: other.id, labels: { team: ["else"] } },
      ]);
      await replicas[1].incidents.setLabels([]);
      expect((await replicas[0].incidents.get(other.id))?.labels).toEqual({ team: ["else"] });
      expect((await replicas[0].incidents.get(third.id))?.labels).toEqual({ team: ["web"] });
      expect(await replicas[0].incidents.get(id)).toMatchObject({ labels });
      const joined = await openOrJoin(replicas[0].incidents, anIncident({ fingerprint, labels: { team: ["other"] } }), REOPEN_MS);
      expect(joined).toMatchObject({ kind: "joined", incident: { labels } });
    });

    it("gives what alerts have opened and nobody has heard of for long to one that looks whether it is over, and again later", async () => {
      const replicas = await ask.replicas();
      const [store] = replicas;
      const { id } = await openIncident(store, { lastSeenAtMs: T0_MS });
      const later = await openIncident(store, { state: "diagnosed", lastSeenAtMs: T0_MS + 1 });
      await openIncident(store, { lastSeenAtMs: T0_MS, openedBy: { kind: "user", id: "U_ALICE" } });
      await openIncident(store, { lastSeenAtMs: T0_MS, state: "acting" });
      await openIncident(store, { lastSeenAtMs: T0_MS + 2 });
      const nowMs = T0_MS + 101;
      const due = async (at: number) => (await store.incidents.dueCheckUp({ nowMs: at, quietMs: 100, limit: 2 })).map((one) => one.id);
      expect(await due(nowMs)).toEqual([id, later.id]);
      const looked = await Promise.all(replicas.map((one) => one.incidents.checkedUp(id, { nowMs, nextMs: nowMs + 50 })));
      expect(looked.filter(Boolean)).toHaveLength(1);
      expect(await due(nowMs)).toEqual([later.id]);
      expect(await due(nowMs + 50)).toEqual([id, later.id]);
    });

    it("knows which alerts of an incident fire, and since when others do not", async () => {
      const store = await ask.store();
      const { id } = await openIncident(store);
      const heard = (key: string, fires?: { readonly name: string; readonly pod?: string }) =>
        store.heard.add([
          { key, incidentId: id, atMs: T0_MS, source: "grafana", class: "memory_high", severity: null, ...given({ fires }) },
        ]);
      for (const key of ["a", "b"]) await heard(key, { name: "high", pod: "web-1" });
      await heard("c", { name: "high" });
      await heard("d");
      expect(await store.heard.firing(id)).toHaveLength(2);
      await store.heard.end(id, [{ pod: "web-1", name: "high" }], T0_MS + 5);
      await store.heard.end(id, [], T0_MS + 6);
      expect(await store.heard.firing(id)).toStrictEqual([{ name: "high" }]);
      expect(await store.heard.known(["a", "c", "x"])).toEqual(
        new Map([
          ["a", T0_MS + 5],
          ["c", undefined],
        ]),
      );
      expect([await heard("a", { name: "high", pod: "web-1" }), await heard("a"), await heard("c")]).toEqual([1, 0, 0]);
      expect(await store.heard.firing(id)).toHaveLength(2);
    });

    it("lets one of ten simultaneous transitions win", async () => {
      const replicas = await ask.replicas();
      const { id } = await openIncident(replicas[0]);
      const moves = Array.from({ length: 10 }, (_, at) =>
        replicas[at % 2 === 0 ? 0 : 1].incidents.transition(id, ["open"], "investigating", T0_MS),
      );
      expect((await Promise.all(moves)).filter(Boolean)).toHaveLength(1);
    });

    it("stamps the resolution and takes the stamp back", async () => {
      const store = await ask.store();
      const incident = await openIncident(store);
      expect(await store.incidents.transition(incident.id, ["open", "diagnosed"], "resolved", T0_MS + 5)).toBe(true);
      expect(await store.incidents.get(incident.id)).toStrictEqual({ ...incident, state: "resolved", resolvedAtMs: T0_MS + 5 });
      expect(await store.incidents.transition(incident.id, ["open"], "resolved", T0_MS + 6)).toBe(false);
      expect(await store.incidents.transition("inc_none", ["open"], "resolved", T0_MS)).toBe(false);
      expect(await store.incidents.transition(incident.id, ["resolved"], "open", T0_MS + 7)).toBe(true);
      expect(await store.incidents.get(incident.id)).toStrictEqual(incident);
    });

    it("refuses a transition that the states do not have", async () => {
      const store = await ask.store();
      const { id } = await openIncident(store);
      await expect(store.incidents.transition(id, ["open"], "verifying", T0_MS)).rejects.toMatchObject({ code: "internal" });
      await expect(store.incidents.transition(id, ["open", "resolved"], "investigating", T0_MS)).rejects.toMatchObject({
        code: "internal",
      });
      await expect(store.incidents.transition(id, [], "resolved", T0_MS)).rejects.toMatchObject({ code: "internal" });
    });

    it("never has two unresolved incidents of one fingerprint", async () => {
      const store = await ask.store();
      expect(await store.incidents.unresolved("f")).toBeUndefined();
      const first = await openIncident(store, { fingerprint: "f" });
      expect(await store.incidents.unresolved("f")).toStrictEqual(first);
      await store.incidents.transition(first.id, ["open"], "resolved", T0_MS);
      expect(await store.incidents.unresolved("f")).toBeUndefined();
      await openIncident(store, { fingerprint: "f", openedAtMs: T0_MS + MINUTE_MS });
      await expect(store.incidents.transition(first.id, ["resolved"], "open", T0_MS)).rejects.toMatchObject({ code: "conflict" });
    });

    it("lists the newest first, by state and up to a limit", async () => {
      const store = await ask.store();
      const old = await openIncident(store, { openedAtMs: T0_MS - 10 });
      const first = await openIncident(store);
      const second = await openIncident(store);
      await store.incidents.transition(first.id, ["open"], "resolved", T0_MS);
      const ids = async (filter: Parameters<typeof store.incidents.list>[0]): Promise<readonly string[]> =>
        (await store.incidents.list(filter)).map(({ id }) => id);
      expect(await ids({ limit: 10 })).toStrictEqual([second.id, first.id, old.id]);
      expect(await ids({ limit: 1 })).toStrictEqual([second.id]);
      expect(await ids({ states: ["open", "acting"], limit: 10 })).toStrictEqual([second.id, old.id]);
      expect(await ids({ states: [], limit: 10 })).toStrictEqual([]);
    });

    it("is found by the alert's post and by the root that was posted", async () => {
      const store = await ask.store();
      const below = await openIncident(store, { rootTs: "1.1" });
      const own = await openIncident(store);
      const root = await store.outbox.say(aSaying({ slot: `${own.id}/root`, incidentId: own.id }), anId("dlv"), T0_MS);
      await store.outbox.sent(root, { ts: "2.2", revision: 1 });
      const progress = await store.outbox.say(aSaying({ slot: `${own.id}/progress`, incidentId: own.id }), anId("dlv"), T0_MS);
      await store.outbox.sent(progress, { ts: "3.3", revision: 1 });
      expect(await store.incidents.findByThread("C_OPS", "1.1")).toStrictEqual(below);
      expect(await store.incidents.findByThread("C_OPS", "2.2")).toStrictEqual(own);
      expect(await store.incidents.findByThread("C_OPS", "3.3")).toBeUndefined();
      expect(await store.incidents.findByThread("C_OTHER", "1.1")).toBeUndefined();
    });

    it("knows whether all that a post has opened are resolved", async () => {
      const store = await ask.store();
      const first = await openIncident(store, { rootTs: "1.1", postTs: "1.1" });
      const second = await openIncident(store, { postTs: "1.1" });
      await openIncident(store, { rootTs: "1.1" });
      expect(await store.incidents.get(second.id)).toStrictEqual(second);
      await store.incidents.transition(first.id, ["open"], "resolved", T0_MS);
      expect(await store.incidents.isPostOver("C_OPS", "1.1")).toBe(false);
      await store.incidents.transition(second.id, ["open"], "resolved", T0_MS);
      expect(await store.incidents.isPostOver("C_OPS", "1.1")).toBe(true);
    });

    it("keeps a timeline, oldest first, whatever characters are in it", async () => {
      const store = await ask.store();
      const { id } = await openIncident(store);
      const actor = { kind: "cli", login: "root" } as const;
      await store.incidents.note({ incidentId: id, atMs: T0_MS + 5, actor, says: "later" });
      await store.incidents.note({
        incidentId: id,
        atMs: T0_MS,
        actor: { kind: "oomph" },
        says: "control \u0007 characters, NUL \0, 🧯 and 'quotes'",
      });
      await store.incidents.note({ incidentId: id, atMs: T0_MS + 5, actor, says: "last" });
      expect((await store.incidents.timeline(id)).map(({ says }) => says)).toStrictEqual([
        "control \u0007 characters, NUL \u2400, 🧯 and 'quotes'",
        "later",
        "last",
      ]);
      await expect(store.incidents.note({ incidentId: "inc_none", atMs: T0_MS, actor, says: "x" })).rejects.toMatchObject({
        code: "not-found",
      });
    });

    it("names table, row and column when a row is not what it should be", async () => {
      const { store, database } = await ask.opened();
      const { id } = await openIncident(store);
      await database.run(`update incidents set target = '{"kind":"redis"}' where id = '${id}'`);
      await expect(store.incidents.get(id)).rejects.toThrow(new RegExp(`row ${id} of table incidents .*target\\.name`));
      await database.run(`update incidents set target = '{not json' where id = '${id}'`);
      await expect(store.incidents.get(id)).rejects.toMatchObject({ code: "internal", message: expect.stringContaining("expected JSON") });
    });
  });
}
