import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Desk } from "../../src/incidents/desk.ts";
import { commit } from "../../src/incidents/commit.ts";
import { decide } from "../../src/incidents/decide.ts";
import { escalate as raise } from "../../src/incidents/escalate.ts";
import { openIncident } from "../../src/incidents/open-incident.ts";
import { ESCALATION_TIMES } from "../../src/jobs/escalation-deps.ts";
import { sweep } from "../../src/jobs/sweep.ts";
import { anIncident, deskOn, rowOf, thread } from "./escalating.ts";
import { APPROVER, CHANNEL, REQUESTER, SHOP, startDesk, type TestDesk } from "../support/desk.ts";

describe("the sweeper", () => {
  let test: TestDesk;

  beforeEach(async () => {
    test = await startDesk();
  });
  afterEach(() => test.stop());

  const run = () => sweep({ desk: test.desk, investigationGraceMs: 60_000, escalationTimes: ESCALATION_TIMES });
  const opening = {
    target: SHOP,
    problem: "redis-memory",
    channel: CHANNEL,
    actor: { kind: "user", id: REQUESTER },
    runbookId: "redis-memory",
    steps: [],
  } as const;

  it("queues what was written down while the queue was away, once", async () => {
    await test.redis().kill();
    const { investigation } = await openIncident(test.desk, opening);
    await test.redis().restart();
    await test.desk.queue.ping();
    expect(await test.jobs("investigate")).toEqual([]);
    test.moveOn(60_001);
    await Promise.all([run(), run(), run()]);
    await run();
    expect((await test.jobs("investigate")).map((job) => job.id)).toEqual([investigation?.id]);
    const due = await test.desk.store.outbox.due(test.desk.clock.nowMs(), 10);
    expect((await test.jobs("deliver")).map((job) => job.payload)).toEqual(
      expect.arrayContaining(due.map(({ id }) => ({ deliveryId: id }))),
    );
    expect(await test.jobs("deliver")).toHaveLength(due.length);
  });

  it("forgets which alerts were heard after a month, not before", async () => {
    const { incident } = await openIncident(test.desk, opening);
    const atMs = test.desk.clock.nowMs();
    await test.desk.store.heard.add([
      { key: "a", incidentId: incident.id, atMs, source: "grafana", class: "redis_memory", severity: null },
    ]);
    test.moveOn(29 * 24 * 3_600_000);
    await run();
    expect(await test.desk.store.heard.has("a")).toBe(true);
    test.moveOn(2 * 24 * 3_600_000);
    await run();
    expect(await test.desk.store.heard.has("a")).toBe(false);
  });

  it("leaves an investigation alone that has only just been queued", async () => {
    await test.redis().kill();
    await openIncident(test.desk, opening);
    await test.redis().restart();
    await test.desk.queue.ping();
    await run();
    expect(await test.jobs("investigate")).toEqual([]);
  });

  it("queues an approved request whose job was lost", async () => {
    const requestId = await test.request();
    await decide(test.desk, { requestId, userId: APPROVER, kind: "approve" });
    await test.redis().client.flushall();
    expect(await test.jobs("act")).toEqual([]);
    await run();
    await run();
    expect((await test.jobs("act")).map((job) => job.id)).toEqual([requestId]);
  });

  it("expires what nobody decided, and says so", async () => {
    const requestId = await test.request();
    await run();
    expect((await test.desk.store.requests.get(requestId))?.state).toBe("pending");
    test.moveOn(15 * 60_000);
    await Promise.all([run(), run()]);
    expect(await test.desk.store.requests.get(requestId)).toMatchObject({ state: "expired" });
    expect((await test.auditKinds()).filter((kind) => kind === "request-expired")).toHaveLength(1);
    expect(test.news.at(-1)).toMatchObject({ kind: "ended", request: { state: "expired" } });
  });

  it("clears the lease of an ended request, never one that may still be needed", async () => {
    const ended = await test.request();
    await decide(test.desk, { requestId: ended, userId: APPROVER, kind: "deny" });
    const running = await test.request();
    await decide(test.desk, { requestId: running, userId: APPROVER, kind: "approve" });
    const nowMs = test.desk.clock.nowMs();
    const { id: incidentId } = await test.incident();
    const lease = { incidentId, acquiredAtMs: nowMs, expiresAtMs: nowMs + 1_000 };
    await test.desk.store.leases.acquire({ ...lease, targetKey: "redis/a", owner: "run_a/proc_a", requestId: ended }, nowMs);
    await test.desk.store.leases.acquire({ ...lease, targetKey: "redis/b", owner: "run_b/proc_b", requestId: running }, nowMs);
    await run();
    expect(await test.desk.store.leases.list()).toHaveLength(2);
    test.moveOn(1_000);
    await run();
    expect((await test.desk.store.leases.list()).map((one) => one.targetKey)).toEqual(["redis/b"]);
  });

  it("ends what was raised for a place that is not configured any more, and says so", async () => {
    const desk = deskOn(test.desk);
    const incident = await anIncident(desk);
    await commit(desk, (tables) => raise(tables, desk, { incident, event: "critical", says: "kong uses 86% of its memory." }));
    const withoutMail = { ...desk, escalation: { on: ["critical"], kinds: ["github-issue"] } } as const;
    const sweepWith = (one: Desk) => sweep({ desk: one, investigationGraceMs: 60_000, escalationTimes: ESCALATION_TIMES });

    await sweepWith(withoutMail);
    // Another process may know of the mail server before this one does.
    expect(await rowOf(desk, incident, "mail critical")).toMatchObject({ state: "due" });
    test.moveOn(ESCALATION_TIMES.lateAfterMs + 1);
    await sweepWith(withoutMail);
    await sweepWith(withoutMail);
    expect(await rowOf(desk, incident, "mail critical")).toMatchObject({
      state: "failed",
      attempts: 0,
      lastError: expect.stringContaining("no mail server configured"),
    });
    expect(await rowOf(desk, incident, "github-issue critical")).toMatchObject({ state: "due" });
    const said = (await thread(desk, incident)).filter(({ says }) => says.includes("The mail is not sent"));
    expect(said).toHaveLength(1);
    const audited = (await desk.store.audit.list({ incidentId: incident.id, limit: 50 })).filter(
      ({ kind }) => kind === "escalation-failed",
    );
    expect(audited).toMatchObject([{ detail: { to: "mail", event: "critical", attempts: 0 } }]);
  });
});
