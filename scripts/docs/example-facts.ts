import type { ActionRequest, Decision, Run } from "../../src/domain/action-request.ts";
import type { StepProgress } from "../../src/domain/evidence.ts";
import type { Diagnosis } from "../../src/domain/finding.ts";
import type { Incident } from "../../src/domain/incident.ts";
import type { ActionDoc, Plan } from "../../src/domain/plan.ts";

/** One incident as facts, for pictures: a test suite has filled database 2 of a Redis that never makes room. */
export const AT_MS = Date.UTC(2026, 4, 12, 3, 4, 10);
export const NAMES = { users: { U0RESPONDER: "responder", U0APPROVER: "approver" }, channels: { C0ALERTS: "alerts" }, groups: { S0ONCALL: "oncall" } };
export const TARGET = { kind: "redis", name: "sessions" } as const;

export const INCIDENT: Incident = {
  id: "inc_4k7q2m9x",
  fingerprint: "redis/sessions redis-memory",
  target: TARGET,
  problem: "redis-memory",
  state: "diagnosed",
  channel: "C0ALERTS",
  openedBy: { kind: "user", id: "U0RESPONDER" },
  openedAtMs: AT_MS,
  lastSeenAtMs: AT_MS,
  timesSeen: 3,
};

export const STEPS: readonly StepProgress[] = [
  { step: "redis.info", title: "Memory and policy (INFO)", state: { kind: "done", tookMs: 4 } },
  { step: "redis.config", title: "Settings (CONFIG GET)", state: { kind: "failed", tookMs: 2, because: "expected the right to call CONFIG GET, got NOPERM: grant +config|get to the ACL user oomph" } },
  { step: "redis.memory-stats", title: "Memory in detail (MEMORY STATS)", state: { kind: "done", tookMs: 3 } },
  { step: "redis.write-probe", title: "Is a write refused right now?", state: { kind: "done", tookMs: 2 } },
  { step: "redis.clients", title: "Buffers of clients (CLIENT LIST)", state: { kind: "done", tookMs: 6 } },
  { step: "redis.census", title: "Keys per database (sampled by SCAN)", state: { kind: "running" } },
  { step: "redis.growth", title: "Growth between two readings", state: { kind: "waiting" } },
];

/** The same, where an alert has opened it. */
export const ALERTED: Incident = { ...INCIDENT, openedBy: { kind: "alert", source: "alertmanager" }, severity: "critical" };

const says = (text: string) => ({ evidenceId: "ev_1", says: text });

export const DIAGNOSIS: Diagnosis = {
  finding: {
    verdict: "full-under-noeviction",
    headline: "Redis is full and refuses writes: its policy is noeviction, so it never makes room by itself.",
    confidence: 0.97,
    for: [
      says("256.0 MiB used of a limit of 256.0 MiB (100%)"),
      says("the write probe was refused: OOM command not allowed when used memory > 'maxmemory'"),
      says("under noeviction a full server refuses writes instead of making room"),
    ],
    against: [],
    advice: [],
  },
  hypotheses: [
    {
      verdict: "database-never-cleaned",
      headline: "Something fills database 2 and never cleans up: 412,345 keys, hardly any with a TTL.",
      confidence: 0.85,
      for: [says("database 2 holds 96% of all keys, and 0% of its keys have a TTL"), says('99% of the 5,000 keys looked at carry names of throw-away data ("test:fingerprint:", "test:storm:")')],
      against: [],
      advice: [],
    },
  ],
  summary: [
    { label: "Server", value: "10.0.0.5:6379, Redis 7.0.15, master, up 12 d 4 h" },
    { label: "Memory", value: "256.0 MiB of 256.0 MiB (100%)" },
    { label: "Eviction policy", value: "noeviction" },
    { label: "Write probe", value: "refused with OOM" },
    { label: "Refused with OOM", value: "18,204 since start, 41 a second now" },
    { label: "Database 2", value: "412,345 keys, 0% with a TTL" },
  ],
  suspects: {
    title: "Largest prefixes and keys",
    columns: ["Keys named", "Database", "Keys", "Without TTL", "Size", "Idle"],
    rows: [
      ["test:fingerprint:*", "2", "398,120", "100%", "221.4 MiB", "11 min"],
      ["test:storm:*", "2", "14,225", "100%", "9.8 MiB", "12 min"],
      ["session:*", "0", "17,002", "2%", "6.1 MiB", "40.0 s"],
    ],
  },
  furtherSteps: ["Have the test suite clean up before it runs: `oomph redis flush --url ... --db 2`", "Ask the owners of `test:fingerprint:` for a TTL on what they write."],
};

export const ACTIONS: readonly ActionDoc[] = [
  { id: "redis.flush-db", title: "Flush database", risk: "destructive", targetKind: "redis", params: [{ name: "database", says: "which logical database, such as 2", required: false }] },
  { id: "redis.expire-keys", title: "Give keys a TTL", risk: "change", targetKind: "redis", params: [{ name: "ttl", says: "such as 1h", required: true }, { name: "pattern", says: "key names, such as session:*", required: false }] },
  { id: "redis.set-eviction-policy", title: "Set eviction policy", risk: "change", targetKind: "redis", params: [{ name: "policy", says: "such as allkeys-lru", required: true }] },
];

export const OFFERS = [
  { id: "off_1", title: "Flush database", risk: "destructive", why: "Empties database 2, which holds 96% of all keys; they look like leftovers of tests. Frees about 231 MiB." },
  { id: "off_2", title: "Give keys a TTL", risk: "change", why: "Lets 398,120 keys of `test:fingerprint:*` expire within 1 h. Gentler, but writes stay refused until then." },
  { id: "off_3", title: "Set eviction policy", risk: "change", why: "allkeys-lru makes room by dropping the keys that were not used for longest." },
  { id: "off_4", title: "Set memory limit", risk: "change", why: "Only buys time: at this growth, 128 MiB more last about 40 min." },
] as const;

const PLAN: Plan = {
  actionId: "redis.flush-db",
  target: { ...TARGET, database: 2 },
  risk: "destructive",
  summary: "Flush database 2 of redis/sessions: 412,345 keys go, all of them, at once",
  changes: [
    { what: "Keys in database 2", before: "412,345", after: "0" },
    { what: "Keys that never expire", before: "100% (of 500 looked at)", after: "none" },
    { what: "Used memory", before: "256.0 MiB", after: "about 24.8 MiB (231.2 MiB freed, estimated from key sizes)" },
  ],
  blastRadius: [
    "Every application that keeps something in database 2: sessions, caches, queues and locks there are gone",
    "Names begin with test:* (about 100%)",
    "For example: test:fingerprint:8812, test:storm:17, test:fingerprint:90211",
  ],
  warnings: ["It cannot be undone.", "Planned for 412,345 keys; it is not carried out when there are more than 453,580 by then, or after a restart or failover of the server."],
  wayBack: "None: flushed keys cannot be brought back, except from a backup of the server.",
  confirm: "sessions 2",
  params: { database: 2 },
  scope: { database: 2 },
  before: {},
};

export const REQUEST: ActionRequest = {
  id: "req_7g2k9d4m1q8w5x3z6b0c7v4n2p",
  incidentId: INCIDENT.id,
  actionId: "redis.flush-db",
  target: PLAN.target,
  askedParams: { database: 2 },
  plan: PLAN,
  planHash: "0".repeat(64),
  requestedBy: "U0RESPONDER",
  policy: { name: "redis", approvers: ["U0APPROVER", "S0ONCALL"], approvalsNeeded: 1, breakGlass: true },
  state: "pending",
  createdAtMs: AT_MS + 60_000,
  expiresAtMs: AT_MS + 31 * 60_000,
};

export const DECISION: Decision = { requestId: REQUEST.id, userId: "U0APPROVER", kind: "approve", atMs: AT_MS + 95_000 };

export const RUN: Run = {
  id: "run_1",
  requestId: REQUEST.id,
  begunAtMs: AT_MS + 96_000,
  endedAtMs: AT_MS + 99_000,
  verification: {
    helped: true,
    says: "Writes are accepted again, and memory has stayed at 24.6 MiB over 3 readings.",
    rows: [
      { what: "Used memory", before: "256.0 MiB", after: "24.6 MiB", ok: true },
      { what: "Keys in database 2", before: "412,345", after: "12", ok: true },
      { what: "Write probe", before: "refused", after: "accepted", ok: true },
      { what: "Health URL", before: "503", after: "200", ok: true },
    ],
  },
};
