import type { Selectable } from "kysely";
import type { Lease } from "../../../domain/action-request.ts";
import type { LeaseTable } from "../../../ports/store.ts";
import type { Database } from "../database.ts";
import { decode, decodeAll } from "../decode.ts";
import { LeaseSchema } from "../schema.ts";
import type { Db, Scope } from "../scope.ts";
import { mayBe } from "./rows.ts";

export function leaseTable(scope: Scope): LeaseTable {
  return {
    acquire: (lease, nowMs) => scope.write((db) => acquire(db, lease, nowMs)),
    renew: (targetKey, owner, expiresAtMs) =>
      scope.write(async (db) => {
        const { numUpdatedRows } = await db
          .updateTable("leases")
          .set({ expires_at_ms: expiresAtMs })
          .where("target_key", "=", targetKey)
          .where("owner", "=", owner)
          .executeTakeFirst();
        return numUpdatedRows === 1n;
      }),
    release: (targetKey, owner) =>
      scope.write(
        async (db) => void (await db.deleteFrom("leases").where("target_key", "=", targetKey).where("owner", "=", owner).execute()),
      ),
    forceRelease: (targetKey) =>
      scope.write(async (db) =>
        mayBe(await db.deleteFrom("leases").where("target_key", "=", targetKey).returningAll().executeTakeFirst(), toLease),
      ),
    list: () =>
      scope.read(async (db) => {
        const rows = await db.selectFrom("leases").selectAll().orderBy("acquired_at_ms").orderBy("target_key").execute();
        return decodeAll(LeaseSchema, rows, { table: "leases", id: "target_key" });
      }),
  };
}

/** One statement takes it or does not; the second only says who has it. */
async function acquire(db: Db, lease: Lease, nowMs: number): ReturnType<LeaseTable["acquire"]> {
  const terms = {
    owner: lease.owner,
    request_id: lease.requestId,
    incident_id: lease.incidentId,
    acquired_at_ms: lease.acquiredAtMs,
    expires_at_ms: lease.expiresAtMs,
  };
  const taken = await db
    .insertInto("leases")
    .values({ target_key: lease.targetKey, ...terms })
    .onConflict((conflict) =>
      conflict
        .column("target_key")
        .doUpdateSet(terms)
        .where((where) => where.or([where("leases.expires_at_ms", "<=", nowMs), where("leases.owner", "=", lease.owner)])),
    )
    .returning("target_key")
    .executeTakeFirst();
  if (taken !== undefined) return { kind: "acquired" };
  const holder = await db.selectFrom("leases").selectAll().where("target_key", "=", lease.targetKey).executeTakeFirstOrThrow();
  return { kind: "held", lease: toLease(holder) };
}

function toLease(row: Selectable<Database["leases"]>): Lease {
  return decode(LeaseSchema, row, { table: "leases", id: row.target_key });
}
