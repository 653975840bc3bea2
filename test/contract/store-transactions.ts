import { describe, expect, it } from "vitest";
import type { Tables } from "../../src/ports/store.ts";
import type { Ask } from "./store.ts";
import { T0_MS, anEntry, anIncident, createRequest, openIncident } from "./store-samples.ts";
import { openOrJoin } from "../support/open-or-join.ts";

export function transactionContract(ask: Ask): void {
  describe("transactions", () => {
    it("are committed whole, and give what the work gave", async () => {
      const [store, other] = await ask.replicas();
      const request = await createRequest(store);
      const seq = await store.transaction(async (tables) => {
        await tables.requests.transition(request.id, ["pending"], "denied", { atMs: T0_MS });
        return (await tables.audit.append(anEntry())).seq;
      });
      expect(seq).toBe(1);
      expect(await other.requests.get(request.id)).toMatchObject({ state: "denied" });
      expect(await other.audit.list({ limit: 9 })).toHaveLength(1);
    });

    it("are rolled back whole when the work throws, and what it threw is thrown", async () => {
      const store = await ask.store();
      const reason = new TypeError("not today");
      const work = store.transaction(async (tables) => {
        await openOrJoin(tables.incidents, anIncident(), 0);
        await tables.audit.append(anEntry());
        throw reason;
      });
      await expect(work).rejects.toBe(reason);
      expect(await store.incidents.list({ limit: 9 })).toStrictEqual([]);
      expect(await store.audit.list({ limit: 9 })).toStrictEqual([]);
    });

    it("are rolled back whole when a statement in them is refused", async () => {
      const store = await ask.store();
      const request = await createRequest(store);
      const work = store.transaction(async (tables) => {
        await tables.audit.append(anEntry());
        await tables.requests.create(request);
      });
      await expect(work).rejects.toMatchObject({ code: "conflict" });
      expect(await store.audit.list({ limit: 9 })).toStrictEqual([]);
      await openIncident(store);
    });

    it("see their own writes, and others do not see them before the end", async () => {
      const [store, other] = await ask.replicas();
      await store.transaction(async (tables) => {
        const { incident } = await openOrJoin(tables.incidents, anIncident(), 0);
        expect(await tables.incidents.get(incident.id)).toStrictEqual(incident);
        expect(await other.incidents.get(incident.id)).toBeUndefined();
      });
      expect(await other.incidents.list({ limit: 9 })).toHaveLength(1);
    });

    it("do not run at the same time, so none works on what another is changing", async () => {
      const replicas = await ask.replicas();
      const count = (tables: Tables): Promise<void> =>
        tables.settings
          .get("freeze")
          .then((freeze) => tables.settings.set("freeze", { on: true, by: "U1", atMs: (freeze?.atMs ?? 0) + 1 }));
      await Promise.all(Array.from({ length: 20 }, (_, at) => replicas[at % 2 === 0 ? 0 : 1].transaction(count)));
      expect(await replicas[0].settings.get("freeze")).toMatchObject({ atMs: 20 });
    });

    it("refuse the store itself inside of them instead of waiting for ever", async () => {
      const store = await ask.store();
      const inside = store.transaction(async () => {
        await store.incidents.list({ limit: 1 });
      });
      await expect(inside).rejects.toMatchObject({ code: "internal", message: expect.stringContaining("inside a transaction") });
      const nested = store.transaction(() => store.transaction(async () => undefined));
      await expect(nested).rejects.toMatchObject({ code: "internal" });
      await store.ping();
    });

    it("refuse their tables after their end", async () => {
      const store = await ask.store();
      const tables = await store.transaction(async (inner) => inner);
      await expect(tables.audit.append(anEntry())).rejects.toMatchObject({
        code: "internal",
        message: expect.stringContaining("after its end"),
      });
    });
  });

  describe("ping and migrations", () => {
    it("leave nothing", async () => {
      const { store, database } = await ask.opened();
      await store.ping();
      expect(await database.run("select * from settings")).toStrictEqual([]);
    });

    it("find everything again when opened once more", async () => {
      const { store, database } = await ask.opened();
      const incident = await openIncident(store);
      const again = await database.open();
      try {
        expect(await again.incidents.get(incident.id)).toStrictEqual(incident);
      } finally {
        await again.close();
      }
    });

    it("are made once when four replicas start together", async () => {
      const database = await ask.empty();
      const stores = await Promise.all([1, 2, 3, 4].map(() => database.open()));
      await Promise.all(stores.map((store) => store.close()));
      const applied = (await database.run("select name from migrations")).map((row) => JSON.stringify(row));
      expect(applied).toContain(JSON.stringify({ name: "0001-first-tables" }));
      expect(new Set(applied).size).toBe(applied.length);
    });

    it("refuse a database that a newer Oomph has changed", async () => {
      const { database } = await ask.opened();
      await database.run("insert into migrations (name) values ('9999-from-the-future')");
      await expect(database.open()).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("9999-from-the-future") });
    });
  });
}
