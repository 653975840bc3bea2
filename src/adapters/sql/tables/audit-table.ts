import { setImmediate } from "node:timers/promises";
import type { Insertable, Selectable } from "kysely";
import type { AuditEntry, AuditVerification, NewAuditEntry } from "../../../domain/audit.ts";
import { messageOf } from "../../../domain/errors.ts";
import type { AuditTable } from "../../../ports/store.ts";
import { GENESIS_HASH, auditHash, brokenLink } from "../audit-chain.ts";
import type { Database } from "../database.ts";
import { decode } from "../decode.ts";
import { AuditEntrySchema } from "../schema.ts";
import type { Db, Scope } from "../scope.ts";

type Row = Selectable<Database["audit"]>;

export function auditTable(scope: Scope): AuditTable {
  return {
    append: (...entries) => scope.write((db) => append(db, entries)),
    list: ({ incidentId, limit }) =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom("audit")
          .selectAll()
          .$if(incidentId !== undefined, (query) => query.where("incident_id", "=", incidentId ?? ""))
          .orderBy("seq", "desc")
          .limit(limit)
          .execute();
        return rows.map(toEntry);
      }),
    verify: (head) => verify(scope, head),
  };
}

/** The transaction around it lets nobody append between the two statements. */
async function append(db: Db, [first, ...more]: Parameters<AuditTable["append"]>): Promise<AuditEntry> {
  const newest = await db.selectFrom("audit").select(["seq", "hash"]).orderBy("seq", "desc").limit(1).executeTakeFirst();
  let newer = chained(first, newest ?? { seq: 0, hash: GENESIS_HASH });
  const rows = [newer.row];
  for (const entry of more) {
    newer = chained(entry, newer.entry);
    rows.push(newer.row);
  }
  await db.insertInto("audit").values(rows).execute();
  return newer.entry;
}

/** Hashed as it will be read, so that whatever storing makes of a value cannot look like a forgery later. */
function chained(entry: NewAuditEntry, last: Progress): { readonly row: Insertable<Database["audit"]>; readonly entry: AuditEntry } {
  const row = toRow(entry, last);
  const linked = toEntry({ ...row, hash: "" });
  const complete = { ...linked, hash: auditHash(linked) };
  return { row: { ...row, hash: complete.hash }, entry: complete };
}

const PAGE_ENTRIES = 500;

type Progress = { readonly seq: number; readonly hash: string };

async function verify(scope: Scope, head: string | undefined): Promise<AuditVerification> {
  let last: Progress = { seq: 0, hash: GENESIS_HASH };
  let headSeen = head === undefined || head === last.hash;
  for (;;) {
    const rows = await scope.read((db) => page(db, last.seq));
    for (const row of rows) {
      const because = whatIsWrong(row, last);
      if (because !== undefined) return { kind: "broken", atSeq: last.seq + 1, because };
      last = { seq: row.seq, hash: row.hash };
      headSeen ||= row.hash === head;
    }
    if (rows.length < PAGE_ENTRIES) break;
    await setImmediate(); // a long chain must not keep everybody else waiting
  }
  if (headSeen) return { kind: "intact", entries: last.seq, head: last.hash };
  const because = `the chain ends at entry ${last.seq} and the hash ${head} is not in it: entries after it were removed, or the hash is of another database`;
  return { kind: "broken", atSeq: last.seq + 1, because };
}

async function page(db: Db, afterSeq: number): Promise<readonly Row[]> {
  return db.selectFrom("audit").selectAll().where("seq", ">", afterSeq).orderBy("seq").limit(PAGE_ENTRIES).execute();
}

function whatIsWrong(row: Row, last: Progress): string | undefined {
  const expected = last.seq + 1;
  if (row.seq !== expected) return `entry ${expected} is missing: the next one is ${row.seq}`;
  try {
    return brokenLink(toEntry(row), last);
  } catch (error) {
    return `entry ${expected} cannot be read: ${messageOf(error)}`;
  }
}

function toEntry(row: Row): AuditEntry {
  return decode(AuditEntrySchema, row, { table: "audit", id: row.seq });
}

function toRow(entry: NewAuditEntry, last: Progress): Omit<Row, "hash"> {
  return {
    seq: last.seq + 1,
    kind: entry.kind,
    actor: JSON.stringify(entry.actor),
    at_ms: entry.atMs,
    incident_id: entry.incidentId ?? null,
    request_id: entry.requestId ?? null,
    detail: JSON.stringify(entry.detail),
    previous_hash: last.hash,
  };
}
