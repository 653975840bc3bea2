import { createHash } from "node:crypto";
import type { AuditEntry } from "../../domain/audit.ts";
import { canonicalJson } from "../../domain/json.ts";

/** What the first entry names as the hash before it, and the head of an empty chain. */
export const GENESIS_HASH = "0".repeat(64);

/** SHA-256, hex, of the canonical JSON of an entry without its hash: place, content and the hash before it. */
export function auditHash(entry: Omit<AuditEntry, "hash">): string {
  const { seq, kind, actor, atMs, incidentId, requestId, detail, previousHash } = entry;
  const text = canonicalJson({ seq, kind, actor, atMs, incidentId, requestId, detail, previousHash });
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** What is wrong with an entry that should follow `before`; undefined: nothing. For people. */
export function brokenLink(entry: AuditEntry, before: Pick<AuditEntry, "seq" | "hash">): string | undefined {
  if (entry.previousHash !== before.hash) {
    return `entry ${entry.seq} does not name the hash of the entry before it: entries were changed, replaced or put in another order`;
  }
  if (auditHash(entry) !== entry.hash) return `entry ${entry.seq} is not what its hash was made from: it was changed`;
  return undefined;
}
