import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startPostgres, type PostgresLab } from "../../scripts/lab/postgres.ts";
import { decide } from "../../src/incidents/decide.ts";
import { setFreeze } from "../../src/incidents/freeze.ts";
import type { Decided, Word } from "../../src/incidents/word.ts";
import {
  ADMIN,
  APPROVER,
  GROUP_APPROVER,
  REQUESTER,
  rulesWith,
  SECOND_APPROVER,
  startDesk,
  STRANGER,
  type TestDesk,
} from "../support/desk.ts";
import { holdStore } from "../support/hold-store.ts";
import { targetsOf } from "../support/targets.ts";

describe("a word on a request", () => {
  let test: TestDesk;
  let requestId: string;

  beforeEach(async () => {
    test = await startDesk();
    requestId = await test.request();
  });
  afterEach(() => test.stop());

  const approve = (userId: string, more: Partial<Word> = {}): Promise<Decided> =>
    decide(test.desk, { requestId, userId, kind: "approve", ...more });
  const state = async () => (await test.desk.store.requests.get(requestId))?.state;

  it("approves, audits, tells and queues the act", async () => {
    expect(await approve(APPROVER)).toMatchObject({ kind: "approved", request: { state: "approved" } });
    expect(await state()).toBe("approved");
    expect(await test.jobs("act")).toEqual([{ id: requestId, payload: { requestId } }]);
    expect(await test.auditKinds()).toEqual(["action-requested", "decision-approved"]);
    expect(test.news.at(-1)).toMatchObject({ kind: "decided", decision: { userId: APPROVER }, request: { state: "approved" } });
  });

  it("takes a member of an approving group", async () => {
    expect((await approve(GROUP_APPROVER)).kind).toBe("approved");
  });

  it("takes no for an answer when the group cannot be asked", async () => {
    test.groups.members = new Error("slack is away");
    expect(await approve(GROUP_APPROVER)).toMatchObject({ kind: "refused", because: expect.stringContaining("slack is away") });
    expect(await state()).toBe("pending");
  });

  it("refuses the requester, whatever they may do otherwise", async () => {
    const own = await test.request({ userId: APPROVER });
    expect(await decide(test.desk, { requestId: own, userId: APPROVER, kind: "approve" })).toMatchObject({
      kind: "refused",
      because: expect.stringContaining("own request"),
    });
    expect(await test.auditKinds()).toContain("decision-refused");
  });

  it("refuses who is on no list", async () => {
    expect((await approve(STRANGER)).kind).toBe("refused");
    expect((await decide(test.desk, { requestId, userId: STRANGER, kind: "deny" })).kind).toBe("refused");
    expect(await state()).toBe("pending");
  });

  it("refuses an approver who was taken off the list after the request was made", async () => {
    const now = test.withRules(rulesWith({ approvers: [SECOND_APPROVER] }));
    expect((await decide(now, { requestId, userId: APPROVER, kind: "approve" })).kind).toBe("refused");
    expect((await decide(now, { requestId, userId: SECOND_APPROVER, kind: "approve" })).kind).toBe("approved");
  });

  it("refuses an approver who left the group after the request was made", async () => {
    test.groups.members = [];
    expect((await approve(GROUP_APPROVER)).kind).toBe("refused");
  });

  it("refuses an approver who was put on the list after the request was made", async () => {
    const now = test.withRules(rulesWith({ approvers: [STRANGER] }));
    expect((await decide(now, { requestId, userId: STRANGER, kind: "approve" })).kind).toBe("refused");
  });

  it("knows no request by a forged id, and writes nothing down", async () => {
    expect(await decide(test.desk, { requestId: "req_forged'; drop table audit", userId: APPROVER, kind: "approve" })).toEqual({
      kind: "no-such-request",
    });
    expect(await test.auditKinds()).toEqual(["action-requested"]);
  });

  it("is too late at the very moment of expiry, and ends the request", async () => {
    const request = await test.desk.store.requests.get(requestId);
    test.moveOn((request?.expiresAtMs ?? 0) - test.desk.clock.nowMs());
    expect((await approve(APPROVER)).kind).toBe("expired");
    expect(await state()).toBe("expired");
    expect(await test.jobs("act")).toEqual([]);
    expect(await test.auditKinds()).toContain("request-expired");
  });

  it("is decided by the database when the time runs out between look and write", async () => {
    const request = await test.desk.store.requests.get(requestId);
    const expiresAtMs = request?.expiresAtMs ?? 0;
    let looks = 0;
    // The first look at the clock is before the end, every later one at it.
    const clock = { ...test.desk.clock, nowMs: () => (looks++ === 0 ? expiresAtMs - 1 : expiresAtMs) };
    expect((await decide({ ...test.desk, clock }, { requestId, userId: APPROVER, kind: "approve" })).kind).toBe("expired");
    expect(await state()).toBe("expired");
    expect(await test.desk.store.requests.decisions(requestId)).toEqual([]);
  });

  it("does not count while frozen, and counts again after", async () => {
    await setFreeze(test.desk, { on: true, userId: ADMIN, reason: "maintenance" });
    expect(await approve(APPROVER)).toMatchObject({ kind: "frozen", freeze: { by: ADMIN } });
    expect(await state()).toBe("pending");
    await setFreeze(test.desk, { on: false, userId: ADMIN });
    expect((await approve(APPROVER)).kind).toBe("approved");
  });

  it("may deny while frozen", async () => {
    await setFreeze(test.desk, { on: true, userId: ADMIN });
    expect((await decide(test.desk, { requestId, userId: APPROVER, kind: "deny", reason: "wrong server" })).kind).toBe("denied");
    expect(await test.desk.store.requests.get(requestId)).toMatchObject({ state: "denied", outcome: "denied: wrong server" });
  });

  it("does not count while somebody else holds the target", async () => {
    const nowMs = test.desk.clock.nowMs();
    const { id: incidentId } = await test.incident();
    const lease = {
      targetKey: "redis/shop",
      owner: "run_x/proc_y",
      requestId: "req_other",
      incidentId,
      acquiredAtMs: nowMs,
      expiresAtMs: nowMs + 60_000,
    };
    await test.desk.store.leases.acquire(lease, nowMs);
    expect(await approve(APPROVER)).toMatchObject({ kind: "locked", lease: { requestId: "req_other" } });
    test.moveOn(60_000);
    expect((await approve(APPROVER)).kind).toBe("approved");
  });

  it("does not count for a target that is not configured any more", async () => {
    const now = { ...test.desk, targets: targetsOf([]) };
    expect(await decide(now, { requestId, userId: APPROVER, kind: "approve" })).toMatchObject({
      kind: "refused",
      because: expect.stringContaining("redis/shop"),
    });
  });

  it("asks for what must be typed", async () => {
    test.lever.set("confirm-me");
    requestId = await test.request();
    expect(await approve(APPROVER)).toEqual({ kind: "confirmation-wrong", expected: "shop 2" });
    expect((await approve(APPROVER, { typed: "shop 3" })).kind).toBe("confirmation-wrong");
    expect((await approve(APPROVER, { typed: " shop 2 " })).kind).toBe("approved");
  });

  it("says who was faster", async () => {
    await approve(APPROVER);
    expect(await approve(SECOND_APPROVER)).toMatchObject({ kind: "too-late", state: "approved", decisions: [{ userId: APPROVER }] });
  });

  it("lets one of ten clicks at once win and tells the others", async () => {
    const users = [APPROVER, SECOND_APPROVER, GROUP_APPROVER];
    const clicks = Array.from({ length: 10 }, (_, index) => approve(users[index % users.length] ?? APPROVER));
    const kinds = (await Promise.all(clicks)).map((outcome) => outcome.kind);
    expect(kinds.filter((kind) => kind === "approved")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "too-late" || kind === "already-decided")).toHaveLength(9);
    expect(await test.desk.store.requests.decisions(requestId)).toHaveLength(1);
    expect(await test.jobs("act")).toHaveLength(1);
  });

  it("lets approve or deny win, never both", async () => {
    const outcomes = await Promise.all([approve(APPROVER), decide(test.desk, { requestId, userId: SECOND_APPROVER, kind: "deny" })]);
    expect(outcomes.map((outcome) => outcome.kind)).toContain("too-late");
    expect(await test.desk.store.requests.decisions(requestId)).toHaveLength(1);
  });

  it("changes nothing when the store cannot write", async () => {
    const held = await holdStore(test.storeSettings);
    await expect(approve(APPROVER)).rejects.toMatchObject({ code: "store-unavailable" });
    await held.release();
    expect(await state()).toBe("pending");
    expect(await test.jobs("act")).toEqual([]);
  });

  it("stands when the queue is away: the sweeper finds it", async () => {
    await test.redis().kill();
    expect((await approve(APPROVER)).kind).toBe("approved");
    expect(await state()).toBe("approved");
    await test.redis().restart();
  });
});

describe("two approvals", () => {
  let test: TestDesk;
  afterEach(() => test.stop());

  it("counts different people, each once", async () => {
    test = await startDesk({ rules: rulesWith({ approvalsNeeded: 2 }) });
    const requestId = await test.request();
    expect(await decide(test.desk, { requestId, userId: APPROVER, kind: "approve" })).toMatchObject({
      kind: "counted",
      approvals: 1,
      needed: 2,
    });
    expect((await decide(test.desk, { requestId, userId: APPROVER, kind: "approve" })).kind).toBe("already-decided");
    expect(await test.jobs("act")).toEqual([]);
    expect((await decide(test.desk, { requestId, userId: GROUP_APPROVER, kind: "approve" })).kind).toBe("approved");
  });
});

describe("break-glass", () => {
  let test: TestDesk;
  afterEach(() => test.stop());
  const glass = (requestId: string, more: Partial<Word> = {}) =>
    decide(test.desk, { requestId, userId: APPROVER, kind: "break-glass", reason: "alone on call at night", ...more });

  it("lets an approver go alone with a reason, marked in the audit", async () => {
    test = await startDesk({ rules: rulesWith({ breakGlass: true }) });
    const requestId = await test.request({ userId: APPROVER });
    expect(await glass(requestId, { reason: "  short  " })).toMatchObject({
      kind: "refused",
      because: expect.stringContaining("10 characters"),
    });
    expect((await glass(requestId)).kind).toBe("approved");
    expect(await test.auditKinds()).toContain("break-glass");
    expect(test.news.at(-1)).toMatchObject({ kind: "decided", decision: { kind: "break-glass", reason: "alone on call at night" } });
  });

  it("is refused where the policy does not allow it", async () => {
    test = await startDesk();
    expect((await glass(await test.request({ userId: APPROVER }))).kind).toBe("refused");
  });

  it("is refused to who is no approver and to who did not ask", async () => {
    test = await startDesk({ rules: rulesWith({ breakGlass: true }) });
    const requestId = await test.request();
    expect((await glass(requestId, { userId: REQUESTER })).kind).toBe("refused");
    expect((await glass(requestId, { userId: APPROVER })).kind).toBe("refused");
  });
});

describe("on PostgreSQL", () => {
  let postgres: PostgresLab;
  let test: TestDesk;

  beforeEach(async () => {
    postgres = await startPostgres();
    const url = await postgres.createDatabase();
    test = await startDesk({
      rules: rulesWith({ approvalsNeeded: 2 }),
      store: { kind: "postgres", url, busyTimeoutMs: 5_000, poolSize: 8, connectTimeoutMs: 5_000 },
    });
  });
  afterEach(async () => {
    await test.stop();
    await postgres.stop();
  });

  it("counts two approvals that come at the same moment", async () => {
    const requestId = await test.request();
    const outcomes = await Promise.all(
      [APPROVER, SECOND_APPROVER].map((userId) => decide(test.desk, { requestId, userId, kind: "approve" })),
    );
    expect(outcomes.map((outcome) => outcome.kind).toSorted()).toEqual(["approved", "counted"]);
    expect(await test.desk.store.requests.get(requestId)).toMatchObject({ state: "approved" });
  });

  it("lets ten clicks at once end in two counted words", async () => {
    const requestId = await test.request();
    const users = [APPROVER, SECOND_APPROVER, GROUP_APPROVER];
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) => decide(test.desk, { requestId, userId: users[index % 3] ?? APPROVER, kind: "approve" })),
    );
    const kinds = outcomes.map((outcome) => outcome.kind);
    expect(kinds.filter((kind) => kind === "approved")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "counted")).toHaveLength(1);
    expect(await test.desk.store.requests.decisions(requestId)).toHaveLength(2);
  });
});
