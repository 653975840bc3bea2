import { decide } from "../../src/incidents/decide.ts";
import type { Desk } from "../../src/incidents/desk.ts";
import type { LeaseTimes } from "../../src/incidents/keep-lease.ts";
import { takeRequest, type Held } from "../../src/incidents/take-request.ts";
import { APPROVER, type TestDesk } from "./desk.ts";

export const LEASE_TIMES: LeaseTimes = { ttlMs: 60_000, renewEveryMs: 20_000 };

/** A request of the lever's that has been approved and taken for execution, by this desk's clock. */
export async function takeApproved(test: TestDesk, desk: Desk = test.desk): Promise<Held> {
  const requestId = await test.request();
  await decide(test.desk, { requestId, userId: APPROVER, kind: "approve" });
  const taken = await takeRequest(desk, requestId, LEASE_TIMES);
  if (taken.kind !== "taken") throw new Error(`expected to have request ${requestId} in hand, got "${taken.kind}"`);
  taken.held.lease.stop(); // the lease stays; only its renewing in the background ends, which no test here waits for
  return taken.held;
}

/** The same desk at a moment that stands still. */
export function deskAt(desk: Desk, nowMs: number): Desk {
  return { ...desk, clock: { ...desk.clock, nowMs: () => nowMs } };
}
