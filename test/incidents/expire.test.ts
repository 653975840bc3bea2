import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { decide } from "../../src/incidents/decide.ts";
import { closeUndone, expireRequest } from "../../src/incidents/expire.ts";
import { APPROVER, startDesk, type TestDesk } from "../support/desk.ts";
import { deskAt } from "../support/held.ts";

describe("a request whose time is over", () => {
  let test: TestDesk;
  let id: string;

  beforeEach(async () => {
    test = await startDesk();
    id = await test.request();
  });
  afterEach(() => test.stop());

  const request = async () => {
    const found = await test.desk.store.requests.get(id);
    if (found === undefined) throw new Error("expected the request to be stored");
    return found;
  };

  it("ends at its expiry, not a millisecond before, and once", async () => {
    const { expiresAtMs } = await request();
    expect(await expireRequest(deskAt(test.desk, expiresAtMs - 1), id)).toBe(false);
    const both = await Promise.all([1, 2].map(() => expireRequest(deskAt(test.desk, expiresAtMs), id)));
    expect(both.filter(Boolean)).toHaveLength(1);
    expect(await request()).toMatchObject({ state: "expired", endedAtMs: expiresAtMs, outcome: expect.stringContaining("nobody decided") });
  });

  it("says so where it had been approved", async () => {
    await decide(test.desk, { requestId: id, userId: APPROVER, kind: "approve" });
    await expireRequest(deskAt(test.desk, (await request()).expiresAtMs), id);
    expect((await request()).outcome).toMatch(/^approved, but could not be started in time/);
  });

  it("does not end what has begun", async () => {
    await decide(test.desk, { requestId: id, userId: APPROVER, kind: "approve" });
    await test.desk.store.requests.transition(id, ["approved"], "executing", { atMs: 1 });
    expect(await expireRequest(deskAt(test.desk, (await request()).expiresAtMs), id)).toBe(false);
    expect((await request()).state).toBe("executing");
    expect(await test.auditKinds()).not.toContain("request-expired");
  });

  it("cannot fail before anybody has approved it", async () => {
    const closing = { request: await request(), to: "failed", outcome: "nothing was done", actor: { kind: "oomph" } } as const;
    expect(await test.desk.store.transaction((tables) => closeUndone(tables, test.desk, closing))).toBe(false);
    expect((await request()).state).toBe("pending");
  });

  it("is nothing where there is no such request", async () => {
    expect(await expireRequest(test.desk, "req_none")).toBe(false);
  });
});
