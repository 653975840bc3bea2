import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { cancel } from "../../src/incidents/cancel.ts";
import type { Alert } from "../../src/domain/alert.ts";
import { hearAlert } from "../../src/incidents/hear-alert.ts";
import { resolveByAlert, resolveIncident, type Ending } from "../../src/incidents/resolve.ts";
import { APPROVER, CHANNEL, REQUESTER, rulesWith, SHOP, startDesk, STRANGER, type TestDesk } from "../support/desk.ts";

describe("the end of an incident", () => {
  let test: TestDesk;
  beforeEach(async () => {
    test = await startDesk();
  });
  afterEach(() => test.stop());

  it("is said once, by a person who may investigate", async () => {
    const { id: incidentId } = await test.incident();
    const onlyApprover = test.withRules({ ...rulesWith(), investigators: [APPROVER] });
    expect((await resolveIncident(onlyApprover, { incidentId, userId: STRANGER })).kind).toBe("refused");
    expect((await resolveIncident(onlyApprover, { incidentId, userId: APPROVER })).kind).toBe("resolved");
    expect((await resolveIncident(onlyApprover, { incidentId, userId: APPROVER })).kind).toBe("already-resolved");
    expect(await test.auditKinds()).toEqual(["incident-resolved"]);
    expect(test.news).toMatchObject([{ kind: "resolved", incident: { state: "resolved" } }]);
  });

  describe("is said by the alert's sender", () => {
    const subject = { about: "redis", names: [], hosts: [] } as const;
    const named = (name: string, more: Partial<Alert> = {}) =>
      ({ source: "alertmanager", class: "redis_memory", memory: "yes", severity: null, labels: {}, subject, name, ...more }) as const;
    const fires = (key: string, alert: ReturnType<typeof named>, changedAtMs?: number) =>
      hearAlert(test.desk, {
        key,
        alert,
        heardAtMs: 1,
        target: SHOP,
        problem: "redis-memory",
        channel: CHANNEL,
        runbookId: "redis-memory",
        steps: [],
        ...(changedAtMs === undefined ? {} : { changedAtMs }),
        actor: { kind: "alert", source: alert.source },
      });
    const isOver = async (alert: Ending["alert"], atMs = 10) =>
      (await resolveByAlert(test.desk, { target: SHOP, problem: "redis-memory", alert, atMs })).kind;

    it("for the target that it is about; not where a person has opened it", async () => {
      expect(await isOver(named("A"))).toBe("no-such-incident");
      await test.incident();
      expect(await isOver(named("A"))).toBe("goes-on");
      await fires("1", named("A"));
      expect(await isOver(named("A"))).toBe("resolved");
      expect(await isOver(named("A"))).toBe("already-resolved");
    });

    it("when all of them are over: other names, pods, and the warning beside the critical one", async () => {
      const critical = named("A", { labels: { severity: "critical" } });
      await fires("1", named("A", { labels: { severity: "warning" } }));
      await fires("2", critical);
      await fires("3", named("B", { subject: { ...subject, pod: "web-1" } }));
      await fires("4", named("B", { subject: { ...subject, pod: "web-2" } }));
      await fires("5", named("killed", { source: "wazuh" })); // nobody ever says that this is over
      expect(await isOver(critical)).toBe("goes-on");
      expect(await isOver(named("B", { subject: { ...subject, pod: "web-1" } }))).toBe("goes-on");
      expect(await isOver(named("B", { source: "grafana" }))).toBe("goes-on"); // a bare title: all of that name
      expect(await isOver(named("A", { labels: { severity: "warning" } }))).toBe("resolved");
      const timeline = (await test.desk.store.incidents.list({ limit: 1 })).map(({ id }) => test.desk.store.incidents.timeline(id));
      expect((await timeline[0])?.map(({ says }) => says)).toContain("A resolved; 3 others still fire: a, b of web-1, b of web-2");
    });

    it("also where that comes in before the word that it fires: that opens nothing; what began later, or fires minutes after, does", async () => {
      const nowMs = test.desk.clock.nowMs();
      const at = (startsAtMs: number) => named("A", { startsAtMs });
      const heardAt = (key: string, alert: ReturnType<typeof named>, more: { readonly heardAtMs: number; readonly changedAtMs?: number }) =>
        hearAlert(test.desk, {
          key,
          alert,
          target: SHOP,
          problem: "redis-memory",
          channel: CHANNEL,
          runbookId: "redis-memory",
          steps: [],
          actor: { kind: "alert", source: alert.source },
          ...more,
        });
      const open = () => test.desk.store.incidents.unresolved("redis/shop redis-memory");
      expect(await isOver(at(nowMs - 60_000), nowMs)).toBe("no-such-incident");
      expect((await heardAt("overtaken", at(nowMs - 60_000), { heardAtMs: nowMs + 1 })).kind).toBe("heard-already");
      expect((await heardAt("post", named("A"), { heardAtMs: nowMs - 1, changedAtMs: nowMs + 2 })).kind).toBe("heard-already");
      expect(await open()).toBeUndefined();
      expect((await heardAt("other", named("B", { startsAtMs: nowMs - 60_000 }), { heardAtMs: nowMs })).kind).toBe("opened");
      expect(await isOver(named("B"), nowMs)).toBe("resolved");
      expect((await heardAt("newer", at(nowMs - 1), { heardAtMs: nowMs + 3 })).kind).toBe("reopened");
      expect(await isOver(at(nowMs - 1), nowMs)).toBe("resolved");
      test.moveOn(11 * 60_000);
      expect((await heardAt("late", at(nowMs - 1), { heardAtMs: nowMs + 4 })).kind).toBe("reopened");
    });

    it("not by a word on what may be something else", async () => {
      await fires("1", named("A", { source: "wazuh" }));
      expect(await isOver(named("PodRestarts", { memory: "unsure" }))).toBe("goes-on");
      expect(await isOver(named("A"))).toBe("resolved");
    });

    it("and taken back by a post that is edited, not by a message that is handled late or twice", async () => {
      await fires("post", named("A"), 5);
      await fires("sent", named("A"));
      expect(await isOver(named("A"))).toBe("resolved");
      expect((await fires("sent", named("A"))).kind).toBe("heard-already");
      expect((await fires("post", named("A"), 9)).kind).toBe("heard-already");
      expect((await fires("post", named("A"), 11)).kind).toBe("reopened");
      expect((await fires("post", named("A"), 12)).kind).toBe("heard-already");
      expect(await isOver(named("A"), 13)).toBe("resolved");
    });
  });

  it("is not said of what is not there", async () => {
    expect(await resolveIncident(test.desk, { incidentId: "inc_none", userId: REQUESTER })).toEqual({ kind: "no-such-incident" });
  });

  it("a request is taken back by who made it, once", async () => {
    const requestId = await test.request();
    expect((await cancel(test.desk, { requestId, userId: APPROVER })).kind).toBe("refused");
    expect((await cancel(test.desk, { requestId, userId: REQUESTER })).kind).toBe("cancelled");
    expect(await cancel(test.desk, { requestId, userId: REQUESTER })).toMatchObject({ kind: "too-late", state: "cancelled" });
    expect(await cancel(test.desk, { requestId: "req_none", userId: REQUESTER })).toEqual({ kind: "no-such-request" });
    expect(test.news.at(-1)).toMatchObject({ kind: "ended", request: { state: "cancelled" } });
  });
});
