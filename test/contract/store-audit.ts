import { describe, expect, it } from "vitest";
import { GENESIS_HASH, auditHash } from "../../src/adapters/sql/audit-chain.ts";
import type { AuditEntry } from "../../src/domain/audit.ts";
import type { Store } from "../../src/ports/store.ts";
import type { Ask, StoreDatabase } from "./store.ts";
import { T0_MS, anEntry } from "./store-samples.ts";

/** Takes the triggers away, as somebody with all rights could. */
async function disarm(database: StoreDatabase): Promise<void> {
  for (const statement of [
    "drop trigger audit_is_not_updated",
    "drop trigger audit_is_not_deleted",
    "drop trigger audit_is_appended_to",
    "drop trigger audit_is_append_only on audit",
  ]) {
    await database.run(statement).catch(() => undefined); // each database knows some of them
  }
}

async function append(store: Store, count: number): Promise<readonly AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for (let at = 1; at <= count; at += 1) entries.push(await store.audit.append(anEntry({ atMs: T0_MS + at, detail: { at } })));
  return entries;
}

export function auditContract(ask: Ask): void {
  describe("audit", () => {
    it("chains each entry to the one before", async () => {
      const store = await ask.store();
      expect(await store.audit.verify()).toStrictEqual({ kind: "intact", entries: 0, head: GENESIS_HASH });
      const first = await store.audit.append(
        anEntry({
          kind: "break-glass",
          incidentId: "inc_1",
          requestId: "req_1",
          detail: { reason: "\0 asleep 🧯", nested: { list: [1.5, null] } },
        }),
      );
      const second = await store.audit.append(anEntry({ actor: { kind: "oomph" }, detail: JSON.parse('{"__proto__":{"a":1},"b":2}') }));
      expect(first).toMatchObject({
        seq: 1,
        previousHash: GENESIS_HASH,
        detail: { reason: "\0 asleep 🧯", nested: { list: [1.5, null] } },
      });
      expect(second).toMatchObject({ seq: 2, previousHash: first.hash, hash: auditHash(second) });
      expect(second.hash).toMatch(/^[0-9a-f]{64}$/);
      expect(await store.audit.list({ limit: 9 })).toStrictEqual([second, first]);
      expect(await store.audit.list({ incidentId: "inc_1", limit: 9 })).toStrictEqual([first]);
      expect(await store.audit.list({ limit: 1 })).toStrictEqual([second]);
      expect(await store.audit.verify()).toStrictEqual({ kind: "intact", entries: 2, head: second.hash });
    });

    it("stays one chain when two replicas append at the same time", async () => {
      const replicas = await ask.replicas();
      const appends = Array.from({ length: 60 }, (_, at) => replicas[at % 2 === 0 ? 0 : 1].audit.append(anEntry({ detail: { at } })));
      const seqs = (await Promise.all(appends)).map(({ seq }) => seq);
      expect(seqs.toSorted((left, right) => left - right)).toStrictEqual(Array.from({ length: 60 }, (_, at) => at + 1));
      expect(await replicas[1].audit.verify()).toMatchObject({ kind: "intact", entries: 60 });
    });

    it("leaves no gap where a transaction was rolled back", async () => {
      const store = await ask.store();
      await append(store, 1);
      const undone = store.transaction(async (tables) => {
        await tables.audit.append(anEntry());
        throw new Error("changed my mind");
      });
      await expect(undone).rejects.toThrow("changed my mind");
      expect(await store.audit.append(anEntry())).toMatchObject({ seq: 2 });
      expect(await store.audit.verify()).toMatchObject({ kind: "intact", entries: 2 });
    });

    it.each([
      "update audit set detail = '{}' where seq = 1",
      "update audit set hash = hash",
      "delete from audit where seq = 3",
      "delete from audit",
    ])("refuses: %s", async (statement) => {
      const { store, database } = await ask.opened();
      await append(store, 3);
      await expect(database.run(statement)).rejects.toThrow(/audit entries are never/);
      expect(await store.audit.verify()).toMatchObject({ kind: "intact", entries: 3 });
    });

    it("verifies more entries than it holds in memory at once", async () => {
      const store = await ask.store();
      await store.transaction(async (tables) => {
        for (let at = 0; at < 1203; at += 1) await tables.audit.append(anEntry({ detail: { at } }));
      });
      expect(await store.audit.verify()).toMatchObject({ kind: "intact", entries: 1203 });
    });

    const forgeries: readonly {
      readonly what: string;
      readonly statements: readonly string[];
      readonly atSeq: number;
      readonly because: RegExp;
    }[] = [
      { what: "changed content", statements: [`update audit set detail = '{"at":4}' where seq = 3`], atSeq: 3, because: /was changed/ },
      { what: "a changed time", statements: ["update audit set at_ms = at_ms + 1 where seq = 2"], atSeq: 2, because: /was changed/ },
      { what: "an added request", statements: ["update audit set request_id = 'req_9' where seq = 2"], atSeq: 2, because: /was changed/ },
      { what: "a removed entry", statements: ["delete from audit where seq = 3"], atSeq: 3, because: /entry 3 is missing/ },
      { what: "a removed beginning", statements: ["delete from audit where seq = 1"], atSeq: 1, because: /entry 1 is missing/ },
      {
        what: "a removed entry, closed up",
        statements: ["delete from audit where seq = 3", "update audit set seq = 3 where seq = 4", "update audit set seq = 4 where seq = 5"],
        atSeq: 3,
        because: /does not name the hash/,
      },
      {
        what: "two entries in another order",
        statements: [
          "update audit set seq = 99 where seq = 2",
          "update audit set seq = 2 where seq = 3",
          "update audit set seq = 3 where seq = 99",
        ],
        atSeq: 2,
        because: /does not name the hash/,
      },
      {
        what: "content that is not JSON",
        statements: ["update audit set detail = 'rubbish' where seq = 4"],
        atSeq: 4,
        because: /cannot be read/,
      },
      {
        what: "a kind that there is not",
        statements: ["update audit set kind = 'nothing' where seq = 4"],
        atSeq: 4,
        because: /cannot be read/,
      },
    ];
    it.each(forgeries)("detects $what", async ({ statements, atSeq, because }) => {
      const { store, database } = await ask.opened();
      await append(store, 5);
      await disarm(database);
      for (const statement of statements) await database.run(statement);
      expect(await store.audit.verify()).toStrictEqual({ kind: "broken", atSeq, because: expect.stringMatching(because) });
    });

    it("detects an entry whose hash was made anew, by the entry after it", async () => {
      const { store, database } = await ask.opened();
      const [, , third] = await append(store, 5);
      if (third === undefined) throw new Error("Expected five entries.");
      const hash = auditHash({ ...third, detail: { at: 4 } });
      await disarm(database);
      await database.run(`update audit set detail = '{"at":4}', hash = '${hash}' where seq = 3`);
      expect(await store.audit.verify()).toMatchObject({ kind: "broken", atSeq: 4 });
    });

    it("detects a cut tail by a head known from before", async () => {
      const { store, database } = await ask.opened();
      const entries = await append(store, 5);
      const head = entries[4]?.hash ?? "";
      const middle = entries[2]?.hash ?? "";
      expect(await store.audit.verify(head)).toMatchObject({ kind: "intact" });
      await disarm(database);
      await database.run("delete from audit where seq > 3");
      expect(await store.audit.verify()).toMatchObject({ kind: "intact", entries: 3 });
      expect(await store.audit.verify(middle)).toMatchObject({ kind: "intact" });
      expect(await store.audit.verify(head)).toStrictEqual({ kind: "broken", atSeq: 4, because: expect.stringContaining(head) });
    });
  });
}
