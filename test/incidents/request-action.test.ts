import { afterEach, describe, expect, it } from "vitest";

import { OomphError } from "../../src/domain/errors.ts";
import type { Desk } from "../../src/incidents/desk.ts";
import { planHash } from "../../src/incidents/plan-hash.ts";
import { requestAction, type ActionWish } from "../../src/incidents/request-action.ts";
import { APPROVER, CHANNEL, REQUESTER, rulesWith, SHOP, startDesk, STRANGER, type TestDesk } from "../support/desk.ts";

describe("asking for an action", () => {
  let test: TestDesk;
  afterEach(() => test.stop());

  const ask = async (more: Partial<ActionWish> = {}, desk: Desk = test.desk) => {
    const { id: incidentId } = await test.incident();
    return requestAction(desk, { incidentId, actionId: "test.pull-lever", target: SHOP, params: { to: "on" }, userId: REQUESTER, ...more });
  };
  const expectRefused = async (asked: ReturnType<typeof ask>, because: string): Promise<void> => {
    expect(await asked).toEqual({ kind: "refused", because: expect.stringContaining(because) });
    expect(await test.auditKinds()).toContain("action-refused");
    expect(await test.desk.store.requests.list({ limit: 10 })).toEqual([]);
  };

  it("freezes plan, hash, policy and expiry, and changes nothing", async () => {
    test = await startDesk();
    const asked = await ask();
    if (asked.kind === "refused") throw new Error(asked.because);
    const { request } = asked;
    expect(request).toMatchObject({
      state: "pending",
      requestedBy: REQUESTER,
      askedParams: { to: "on" },
      policy: { name: "levers", approvalsNeeded: 1 },
    });
    expect(request.planHash).toBe(planHash(request.plan));
    expect(request.expiresAtMs - request.createdAtMs).toBe(15 * 60_000);
    expect(await test.desk.store.requests.get(request.id)).toEqual(request);
    expect(await test.auditKinds()).toEqual(["action-requested"]);
    expect(test.news).toMatchObject([{ kind: "requested" }]);
    expect(test.lever.applied()).toEqual([]);
  });

  it("keeps why it was asked for and on which command line, for the card and the audit; refusals say where too", async () => {
    test = await startDesk();
    const from = { reason: "it fills up", shell: { login: "deploy", host: "web-1" } };
    const asked = await ask(from);
    if (asked.kind === "refused") throw new Error(asked.because);
    expect(await test.desk.store.requests.get(asked.request.id)).toMatchObject(from);
    await ask({ ...from, params: { to: "sideways" } });
    const [refused, requested] = await test.desk.store.audit.list({ limit: 2 });
    expect(requested).toMatchObject({ kind: "action-requested", actor: { kind: "user", id: REQUESTER }, detail: from });
    expect(refused).toMatchObject({ kind: "action-refused", detail: { shell: from.shell } });
  });

  it("is refused to who may not ask, by the rules and by the policy", async () => {
    test = await startDesk({ rules: { ...rulesWith(), requesters: [APPROVER] } });
    await expectRefused(ask(), "access.requesters");
    await expectRefused(ask({}, test.withRules(rulesWith({ requesters: [STRANGER] }))), 'policy "levers"');
  });

  it("is refused where no policy covers it", async () => {
    test = await startDesk({ rules: rulesWith({ actions: ["redis.*"] }) });
    await expectRefused(ask(), "no policy covers test.pull-lever on redis/shop");
  });

  it("is refused where nobody could approve: an empty list means nobody", async () => {
    test = await startDesk({ rules: rulesWith({ approvers: [] }) });
    await expectRefused(ask(), "names nobody who could approve");
    await expectRefused(ask({}, test.withRules(rulesWith({ approvers: [REQUESTER] }))), "names nobody who could approve");
  });

  it("is refused with what was expected when the params are wrong or the target is away", async () => {
    test = await startDesk();
    await expectRefused(ask({ params: { to: "sideways" } }), "expected to=on");
    test.faults.plan = new OomphError("unreachable", "redis/shop refuses connections");
    await expectRefused(ask(), "redis/shop refuses connections");
  });

  it("is refused while the groups cannot be asked", async () => {
    test = await startDesk();
    test.groups.members = new Error("slack is away");
    await expectRefused(ask(), "slack is away");
  });

  it("replaces an older open request for the same, and leaves others alone", async () => {
    test = await startDesk();
    const first = await ask();
    const other = await ask({ target: { ...SHOP, database: 3 } });
    const second = await ask();
    if (first.kind === "refused" || second.kind === "refused" || other.kind === "refused") throw new Error("refused");
    expect(await test.desk.store.requests.get(first.request.id)).toMatchObject({ state: "superseded", supersededBy: second.request.id });
    expect(await test.desk.store.requests.get(other.request.id)).toMatchObject({ state: "pending" });
    expect(await test.auditKinds()).toContain("request-superseded");
  });

  it("joins the target's incident, or opens one and has it investigated", async () => {
    test = await startDesk();
    const wish = { actionId: "test.pull-lever", target: SHOP, params: { to: "on" }, userId: REQUESTER };
    const opening = { problem: "redis-memory", channel: CHANNEL, runbookId: "redis-memory", steps: [] } as const;
    const opened = await requestAction(test.desk, { ...wish, opening });
    const joined = await requestAction(test.desk, { ...wish, opening });
    if (opened.kind === "refused" || joined.kind === "refused") throw new Error("refused");
    expect(joined.incident.id).toBe(opened.incident.id);
    expect(await test.jobs("investigate")).toHaveLength(1);
  });

  it("opens no incident for what is refused", async () => {
    test = await startDesk();
    const opening = { problem: "redis-memory", channel: CHANNEL, runbookId: "redis-memory", steps: [] } as const;
    await requestAction(test.desk, { actionId: "test.pull-lever", target: SHOP, params: {}, userId: REQUESTER, opening });
    expect(await test.desk.store.incidents.list({ limit: 10 })).toEqual([]);
  });
});
