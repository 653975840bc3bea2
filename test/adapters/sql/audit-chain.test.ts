import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { GENESIS_HASH, auditHash, brokenLink } from "../../../src/adapters/sql/audit-chain.ts";
import type { AuditEntry } from "../../../src/domain/audit.ts";

const first: Omit<AuditEntry, "hash"> = {
  seq: 1,
  kind: "run-begun",
  actor: { kind: "user", id: "U_ALICE" },
  atMs: 1_790_000_000_000,
  requestId: "req_1",
  detail: { b: 2, a: "ä" },
  previousHash: GENESIS_HASH,
};

describe("the audit chain", () => {
  it("hashes an entry as anybody can with a pen: keys sorted, no spaces, UTF-8", () => {
    const text = `{"actor":{"id":"U_ALICE","kind":"user"},"atMs":1790000000000,"detail":{"a":"ä","b":2},"kind":"run-begun","previousHash":"${"0".repeat(64)}","requestId":"req_1","seq":1}`;
    expect(auditHash(first)).toBe(createHash("sha256").update(text).digest("hex"));
  });

  it("does not hash what is not part of an entry, nor the hash itself", () => {
    const stored = { ...first, hash: "anything", position: 7 };
    expect(auditHash(stored)).toBe(auditHash(first));
  });

  const changes: readonly Partial<AuditEntry>[] = [
    { seq: 2 },
    { kind: "run-ended" },
    { actor: { kind: "user", id: "U_BOB" } },
    { atMs: 1_790_000_000_001 },
    { incidentId: "inc_1" },
    { requestId: "req_2" },
    { detail: { b: 2, a: "a" } },
    { previousHash: "1".repeat(64) },
  ];
  it.each(changes)("has another hash with %j", (change) => {
    expect(auditHash({ ...first, ...change })).not.toBe(auditHash(first));
  });

  it("finds nothing wrong with a link that fits", () => {
    const entry = { ...first, hash: auditHash(first) };
    expect(brokenLink(entry, { seq: 0, hash: GENESIS_HASH })).toBeUndefined();
    expect(brokenLink({ ...entry, atMs: 5 }, { seq: 0, hash: GENESIS_HASH })).toMatch(/entry 1 .* was changed/);
    expect(brokenLink(entry, { seq: 0, hash: "1".repeat(64) })).toMatch(/entry 1 does not name the hash/);
  });
});
