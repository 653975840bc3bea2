import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { decide } from "../../src/incidents/decide.ts";
import { listLeases, releaseLease } from "../../src/incidents/leases.ts";
import { takeRequest } from "../../src/incidents/take-request.ts";
import { ADMIN, APPROVER, startDesk, STRANGER, type TestDesk } from "../support/desk.ts";

describe("leases", () => {
  let test: TestDesk;
  let requestId: string;

  beforeEach(async () => {
    test = await startDesk();
    requestId = await test.request();
    await decide(test.desk, { requestId, userId: APPROVER, kind: "approve" });
    const taken = await takeRequest(test.desk, requestId, { ttlMs: 60_000, renewEveryMs: 30_000 });
    if (taken.kind === "taken") taken.held.lease.stop();
  });
  afterEach(() => test.stop());

  it("are seen by all, expired ones too", async () => {
    expect(await listLeases(test.desk)).toMatchObject([{ targetKey: "redis/shop", requestId, expired: false }]);
    test.moveOn(60_000);
    expect(await listLeases(test.desk)).toMatchObject([{ expired: true }]);
  });

  it("are released by admins, and what had not begun is cancelled", async () => {
    expect((await releaseLease(test.desk, { targetKey: "redis/shop", userId: ADMIN })).kind).toBe("released");
    expect(await test.desk.store.requests.get(requestId)).toMatchObject({ state: "cancelled" });
    expect(await test.auditKinds()).toEqual(expect.arrayContaining(["lease-released", "request-cancelled"]));
    expect((await releaseLease(test.desk, { targetKey: "redis/shop", userId: ADMIN })).kind).toBe("nobody-held");
  });

  it("are not released by others", async () => {
    expect((await releaseLease(test.desk, { targetKey: "redis/shop", userId: STRANGER })).kind).toBe("refused");
    expect(await listLeases(test.desk)).toHaveLength(1);
  });
});
