import type { Store, Tables } from "../../ports/store.ts";
import type { Backend } from "./backend.ts";
import { migrate } from "./migrations.ts";
import { openPostgres } from "./postgres.ts";
import { outerScope, type OuterScope, type Scope } from "./scope.ts";
import type { StoreSettings } from "./settings.ts";
import { openSqlite } from "./sqlite.ts";
import { attentionTable } from "./tables/attention-table.ts";
import { auditTable } from "./tables/audit-table.ts";
import { escalationTable } from "./tables/escalation-table.ts";
import { evidenceTable } from "./tables/evidence-table.ts";
import { incidentTable } from "./tables/incident-table.ts";
import { investigationTable } from "./tables/investigation-table.ts";
import { endedTable } from "./tables/ended-table.ts";
import { heardTable } from "./tables/heard-table.ts";
import { hushedTable } from "./tables/hushed-table.ts";
import { leaseTable } from "./tables/lease-table.ts";
import { offerTable } from "./tables/offer-table.ts";
import { outboxTable } from "./tables/outbox-table.ts";
import { requestTable } from "./tables/request-table.ts";
import { runTable } from "./tables/run-table.ts";
import { stormTable } from "./tables/storm-table.ts";
import { strayTable } from "./tables/stray-table.ts";
import { silenceTable } from "./tables/silence-table.ts";
import { settingTable } from "./tables/setting-table.ts";
import { cursorTable, readingTable, watchedTable } from "./tables/watch-tables.ts";

/**
 * Opens the database, brings its tables up to date and sees that it takes writes. Throws OomphError
 * `store-unavailable` (away, locked, read-only), `bad-input` (the url), `no-rights` (may not create tables) or
 * `conflict` (tables of a newer Oomph).
 */
export async function openStore(settings: StoreSettings): Promise<Store> {
  const backend = settings.kind === "sqlite" ? await openSqlite(settings) : await openPostgres(settings);
  const scope = outerScope(backend, settings.busyTimeoutMs);
  try {
    await migrate(backend.kind, scope);
    await ping(backend, scope);
  } catch (error) {
    await backend.db.destroy();
    throw error;
  }
  return storeOn(backend, scope);
}

function storeOn(backend: Backend, scope: OuterScope): Store {
  return {
    ...tablesOn(scope),
    transaction: (work) => scope.transaction((inner) => work(tablesOn(inner))),
    ping: () => ping(backend, scope),
    close: () => backend.db.destroy(),
  };
}

function tablesOn(scope: Scope): Tables {
  return {
    incidents: incidentTable(scope),
    investigations: investigationTable(scope),
    evidence: evidenceTable(scope),
    offers: offerTable(scope),
    requests: requestTable(scope),
    runs: runTable(scope),
    heard: heardTable(scope),
    ended: endedTable(scope),
    storms: stormTable(scope),
    strays: strayTable(scope),
    silences: silenceTable(scope),
    hushed: hushedTable(scope),
    attention: attentionTable(scope),
    leases: leaseTable(scope),
    outbox: outboxTable(scope),
    escalations: escalationTable(scope),
    readings: readingTable(scope),
    watched: watchedTable(scope),
    cursors: cursorTable(scope),
    audit: auditTable(scope),
    settings: settingTable(scope),
  };
}

const PING = "ping";

/** Writes a row and takes it back: reading, and even beginning to write, works on a read-only SQLite file. */
async function ping(backend: Backend, scope: OuterScope): Promise<void> {
  await backend.checkPlace();
  await scope.write(async (db) => {
    await db.insertInto("settings").values({ key: PING, value: "0" }).execute();
    await db.deleteFrom("settings").where("key", "=", PING).execute();
  });
}
