import type { ActionRequest, Lease } from "../../src/domain/action-request.ts";
import type { NewAuditEntry } from "../../src/domain/audit.ts";
import type { Saying } from "../../src/domain/delivery.ts";
import type { Diagnosis } from "../../src/domain/finding.ts";
import type { Incident } from "../../src/domain/incident.ts";
import type { Investigation } from "../../src/domain/investigation.ts";
import type { Plan, Verification } from "../../src/domain/plan.ts";
import type { Store } from "../../src/ports/store.ts";
import { openOrJoin } from "../support/open-or-join.ts";

export const T0_MS = 1_790_000_000_000;
export const MINUTE_MS = 60_000;

let made = 0;

/** An id that no other sample has. */
export function anId(prefix: string): string {
  made += 1;
  return `${prefix}_${made}`;
}

export function anIncident(change: Partial<Incident> = {}): Incident {
  return {
    id: anId("inc"),
    fingerprint: "redis/sessions redis-memory",
    target: { kind: "redis", name: "sessions", database: 2 },
    problem: "redis-memory",
    state: "open",
    channel: "C_OPS",
    openedBy: { kind: "alert", source: "slack" },
    openedAtMs: T0_MS,
    lastSeenAtMs: T0_MS,
    timesSeen: 1,
    ...change,
  };
}

/** Opens an incident of its own kind. */
export async function openIncident(store: Store, change: Partial<Incident> = {}): Promise<Incident> {
  const candidate = anIncident({ fingerprint: anId("fingerprint"), ...change });
  return (await openOrJoin(store.incidents, candidate, 0)).incident;
}

export function aPlan(change: Partial<Plan> = {}): Plan {
  return {
    actionId: "redis.flush-db",
    target: { kind: "redis", name: "sessions", database: 2 },
    risk: "destructive",
    summary: "Flush database 2 of redis/sessions: 12,345 keys go",
    changes: [{ what: "keys", before: "12,345", after: "0" }],
    blastRadius: ["all users are logged out"],
    warnings: [],
    wayBack: "none: the keys are gone",
    confirm: "sessions 2",
    params: { database: 2 },
    scope: { runId: "abc", database: 2, ratio: 0.25 },
    before: { keys: 12_345, nested: { list: [1, null, "three"], empty: {} } },
    ...change,
  };
}

export function aRequest(change: Partial<ActionRequest> = {}): ActionRequest {
  return {
    id: anId("req"),
    incidentId: "inc_x",
    actionId: "redis.flush-db",
    target: { kind: "redis", name: "sessions", database: 2 },
    askedParams: { database: 2 },
    plan: aPlan(),
    planHash: "f".repeat(64),
    requestedBy: "U_ALICE",
    policy: { name: "default", approvers: ["U_BOB", "S_OPS"], approvalsNeeded: 1, breakGlass: true },
    state: "pending",
    createdAtMs: T0_MS,
    expiresAtMs: T0_MS + 30 * MINUTE_MS,
    ...change,
  };
}

export async function createRequest(store: Store, change: Partial<ActionRequest> = {}): Promise<ActionRequest> {
  const request = aRequest(change);
  await store.requests.create(request);
  return request;
}

export const aVerification: Verification = {
  helped: true,
  says: "Writes are accepted again.",
  rows: [{ what: "used memory", before: "256.0 MiB", after: "1.2 MiB", ok: true }],
};

export const aDiagnosis: Diagnosis = {
  finding: {
    verdict: "full-under-noeviction",
    headline: "Redis is full and refuses writes.",
    confidence: 0.97,
    for: [{ evidenceId: "ev_1", says: "256.0 MiB used, limit 256.0 MiB" }],
    against: [],
    advice: [{ actionId: "redis.flush-db", params: { database: 2 }, why: "frees 250 MiB" }],
  },
  hypotheses: [],
  summary: [{ label: "Used memory", value: "256.0 MiB" }],
  suspects: { title: "Largest prefixes", columns: ["prefix", "keys"], rows: [["fp:*", "12,345"]] },
  furtherSteps: ["give the keys a TTL"],
};

export function anInvestigation(incidentId: string, change: Partial<Investigation> = {}): Investigation {
  return {
    id: anId("inv"),
    incidentId,
    runbookId: "redis-memory",
    target: { kind: "redis", name: "sessions" },
    state: "queued",
    startedAtMs: T0_MS,
    failures: [],
    ...change,
  };
}

export function aLease(change: Partial<Lease> = {}): Lease {
  return {
    targetKey: "redis/sessions",
    owner: "run_1/proc_1",
    requestId: "req_1",
    incidentId: "inc_1",
    acquiredAtMs: T0_MS,
    expiresAtMs: T0_MS + MINUTE_MS,
    ...change,
  };
}

export function aSaying(change: Partial<Saying> = {}): Saying {
  return {
    slot: anId("slot"),
    channel: "C_OPS",
    content: { kind: "message", message: { text: "Redis is full", blocks: [] } },
    priority: 2,
    ...change,
  };
}

export function anEntry(change: Partial<NewAuditEntry> = {}): NewAuditEntry {
  return { kind: "run-begun", actor: { kind: "user", id: "U_ALICE" }, atMs: T0_MS, detail: { keys: 12_345 }, ...change };
}
