import { counted } from "../domain/count.ts";
import type { Lease } from "../domain/action-request.ts";
import type { Message } from "../domain/message.ts";
import { context, header, message, section, lines } from "./kit.ts";
import { code, time } from "./words.ts";

/** Which targets something is being done to, and since when. */
export function lockList(facts: {
  readonly leases: readonly (Lease & { readonly expired: boolean })[];
  readonly mayUnlock: boolean;
}): Message {
  const { leases, mayUnlock } = facts;
  if (leases.length === 0) return message("Nothing is locked.", [section("🟢 Nothing is locked: nothing is being done to any target.")]);
  const held = leases.map((lease) => {
    const state = lease.expired
      ? `run out ${time(lease.expiresAtMs)}, so the next act may take it`
      : `until ${time(lease.expiresAtMs)}, renewed while work goes on`;
    return `🔒 ${code(lease.targetKey)} since ${time(lease.acquiredAtMs)}, ${state}\nincident ${code(lease.incidentId)}, held by ${code(lease.owner)}`;
  });
  return message(`${counted(leases.length, "lock")} held`, [
    header("Locks"),
    ...lines(held),
    mayUnlock ? context(`Release one that nobody will: ${code("/oom unlock <target>")}. Look at the target first.`) : undefined,
  ]);
}
