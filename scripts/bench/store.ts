import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Libsql from "libsql";
import { openStore } from "../../src/adapters/sql/open-store.ts";
import type { ActionRequest } from "../../src/domain/action-request.ts";
import type { Store } from "../../src/ports/store.ts";
import { startPostgres } from "../lab/postgres.ts";

export type StoreBench = {
  /** A request's transition and its audit entry, committed to the disk together, one after the other. SQLite. */
  readonly auditPerSecond: number;
  /** An entry of the same size, inserted and committed by the same driver without Kysely, checks or hashes. */
  readonly bareInsertsPerSecond: number;
  /** Bare inserts for one audited transaction. */
  readonly bareRatio: number;
  /** Recomputing the whole chain. */
  readonly verifiedEntriesPerSecond: number;
  /** The audited transaction on PostgreSQL, on this machine, without fsync. */
  readonly postgresAuditPerSecond: number;
};

const TRANSACTIONS = 400;
// In turns, so that a slow moment of the machine hits both.
const ROUNDS = 5;

/** Measures what the store does with audited transactions, beside bare inserts of the same run. Takes some seconds. */
export async function benchStore(): Promise<StoreBench> {
  const folder = mkdtempSync(join(tmpdir(), "oomph-bench-store-"));
  const postgres = await startPostgres();
  try {
    const sqlite = await benchSqlite(folder);
    const store = await openStore({ kind: "postgres", url: postgres.url, busyTimeoutMs: 5000, poolSize: 4, connectTimeoutMs: 5000 });
    const requests = await createRequests(store, 0);
    const postgresAuditPerSecond = await perSecond(requests.length, () => approveAll(store, requests));
    await store.close();
    return { ...sqlite, postgresAuditPerSecond };
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchSqlite(folder: string): Promise<Omit<StoreBench, "postgresAuditPerSecond">> {
  const store = await openStore({ kind: "sqlite", path: join(folder, "oomph.db"), busyTimeoutMs: 5000 });
  const bare = openBare(join(folder, "bare.db"));
  const audited: number[] = [];
  const inserted: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const requests = await createRequests(store, round);
    inserted.push(await perSecond(TRANSACTIONS, async () => bare.insert(TRANSACTIONS)));
    audited.push(await perSecond(requests.length, () => approveAll(store, requests)));
  }
  const verifiedEntriesPerSecond = await perSecond(ROUNDS * TRANSACTIONS, async () => {
    const verification = await store.audit.verify();
    if (verification.kind === "broken") throw new Error(`Expected an intact audit, but ${verification.because}`);
  });
  await store.close();
  bare.close();
  const auditPerSecond = median(audited);
  const bareInsertsPerSecond = median(inserted);
  return { auditPerSecond, bareInsertsPerSecond, bareRatio: round2(bareInsertsPerSecond / auditPerSecond), verifiedEntriesPerSecond };
}

async function approveAll(store: Store, requests: readonly ActionRequest[]): Promise<void> {
  for (const { id, incidentId } of requests) {
    await store.transaction(async (tables) => {
      await tables.requests.transition(id, ["pending"], "approved", { atMs: 1 });
      await tables.audit.append({
        kind: "decision-approved",
        actor: { kind: "user", id: "U012345678" },
        atMs: 1_790_000_000_000,
        incidentId,
        requestId: id,
        detail: { policy: "default", planHash: "f".repeat(64) },
      });
    });
  }
}

async function createRequests(store: Store, round: number): Promise<readonly ActionRequest[]> {
  const requests = Array.from({ length: TRANSACTIONS }, (_, at) => aRequest(`req_${round}_${at}`));
  await store.transaction(async (tables) => {
    for (const request of requests) await tables.requests.create(request);
  });
  return requests;
}

function aRequest(id: string): ActionRequest {
  const target = { kind: "redis", name: "sessions", database: 2 } as const;
  return {
    id,
    incidentId: "inc_bench",
    actionId: "redis.flush-db",
    target,
    askedParams: { database: 2 },
    plan: {
      actionId: "redis.flush-db",
      target,
      risk: "destructive",
      summary: "Flush database 2 of redis/sessions: 12,345 keys go",
      changes: [{ what: "keys", before: "12,345", after: "0" }],
      blastRadius: [],
      warnings: [],
      wayBack: "none",
      params: { database: 2 },
      scope: { database: 2 },
      before: {},
    },
    planHash: "f".repeat(64),
    requestedBy: "U_REQUESTER",
    policy: { name: "default", approvers: ["U_APPROVER"], approvalsNeeded: 1, breakGlass: false },
    state: "pending",
    createdAtMs: 0,
    expiresAtMs: 10,
  };
}

/** As durable as the store: written ahead, synced at each commit. */
function openBare(path: string): { insert(count: number): void; close(): void } {
  const file = new Libsql(path);
  file.pragma("journal_mode = wal");
  file.pragma("synchronous = full");
  file.exec("create table entries (seq integer primary key, content text not null) strict");
  const insert = file.prepare("insert into entries (content) values (?)");
  const content = "x".repeat(400); // the columns of an audit entry together
  return {
    insert(count) {
      for (let at = 0; at < count; at += 1) insert.run([content]);
    },
    close: () => void file.close(),
  };
}

async function perSecond(count: number, work: () => Promise<void>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return Math.round((count * 1000) / (performance.now() - startedAtMs));
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
