import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { openIncident } from "../../src/incidents/open-incident.ts";
import type { Opening } from "../../src/incidents/opening.ts";
import { resolveByAlert } from "../../src/incidents/resolve.ts";
import { CHANNEL, REQUESTER, SHOP, startDesk, type TestDesk } from "../support/desk.ts";
import { OVER } from "../support/over.ts";

const OPENING: Opening = {
  target: SHOP,
  problem: "redis-memory",
  channel: CHANNEL,
  actor: { kind: "user", id: REQUESTER },
  runbookId: "redis-memory",
  steps: [{ step: "redis.memory", title: "Memory", state: { kind: "waiting" } }],
};
const ALERT: Opening = { ...OPENING, actor: { kind: "alert", source: "slack" }, rootTs: "1700000000.000100" };

describe("opening an incident", () => {
  let test: TestDesk;
  beforeEach(async () => {
    test = await startDesk();
  });
  afterEach(() => test.stop());

  it("opens, audits, tells and has it investigated", async () => {
    const { kind, incident, investigation } = await openIncident(test.desk, { ...OPENING, sinceMs: 1_800_000 });
    expect(kind).toBe("opened");
    expect(investigation).toMatchObject({ incidentId: incident.id, state: "queued", sinceMs: 1_800_000 });
    expect(await test.jobs("investigate")).toEqual([{ id: investigation?.id, payload: { investigationId: investigation?.id } }]);
    expect(await test.auditKinds()).toEqual(["incident-opened"]);
    expect(test.news).toMatchObject([{ kind: "opened", incident: { id: incident.id } }]);
    expect((await test.jobs("deliver")).length).toBeGreaterThan(0);
    expect(await test.desk.store.incidents.timeline(incident.id)).toMatchObject([
      { actor: { kind: "user", id: REQUESTER }, says: "Opened" },
    ]);
  });

  it("is opened by the post above it, unless the thread there tells of another incident", async () => {
    const first = await openIncident(test.desk, ALERT);
    expect(first.incident).toMatchObject({ rootTs: ALERT.rootTs, postTs: ALERT.rootTs });
    const beside = await openIncident(test.desk, { ...ALERT, ...OPENING, target: { kind: "redis", name: "cart" } });
    expect(beside.incident.rootTs).toBe(ALERT.rootTs);
    expect(beside.incident.postTs).toBeUndefined();
  });

  it("makes one incident and one investigation of many reports at once", async () => {
    const opened = await Promise.all(Array.from({ length: 10 }, () => openIncident(test.desk, OPENING)));
    expect(new Set(opened.map(({ incident }) => incident.id)).size).toBe(1);
    expect(opened.filter(({ kind }) => kind === "opened")).toHaveLength(1);
    expect(await test.jobs("investigate")).toHaveLength(1);
  });

  it("makes one incident of several databases of a server", async () => {
    const first = await openIncident(test.desk, { ...OPENING, target: { ...SHOP, database: 1 } });
    const second = await openIncident(test.desk, { ...OPENING, target: { ...SHOP, database: 2 } });
    expect(second.incident.id).toBe(first.incident.id);
  });

  it("investigates again when a person asks after the last one ended, not when an alert fires again", async () => {
    const { investigation } = await openIncident(test.desk, OPENING);
    expect((await openIncident(test.desk, OPENING)).investigation).toBeUndefined();
    await test.desk.store.investigations.update(investigation?.id ?? "", { state: "done", endedAtMs: test.desk.clock.nowMs() });
    expect((await openIncident(test.desk, ALERT)).investigation).toBeUndefined();
    const again = await openIncident(test.desk, OPENING);
    expect(again).toMatchObject({ kind: "joined", investigation: { state: "queued" } });
    expect(test.news.at(-1)).toMatchObject({ kind: "joined", investigation: { id: again.investigation?.id } });
  });

  it("reopens within 30 minutes after it was resolved, and opens another one later", async () => {
    const first = await openIncident(test.desk, ALERT);
    expect(await resolveByAlert(test.desk, { target: SHOP, problem: "redis-memory", alert: OVER, atMs: 0 })).toMatchObject({
      kind: "resolved",
    });
    test.moveOn(29 * 60_000);
    const second = await openIncident(test.desk, ALERT);
    expect(second).toMatchObject({
      kind: "reopened",
      incident: { id: first.incident.id, state: "open" },
      investigation: { state: "queued" },
    });
    await resolveByAlert(test.desk, { target: SHOP, problem: "redis-memory", alert: OVER, atMs: 0 });
    test.moveOn(31 * 60_000);
    const third = await openIncident(test.desk, ALERT);
    expect(third.kind).toBe("opened");
    expect(third.incident.id).not.toBe(first.incident.id);
    expect(await test.auditKinds()).toEqual([
      "incident-opened",
      "incident-resolved",
      "incident-reopened",
      "incident-resolved",
      "incident-opened",
    ]);
  });

  it("stands when the queue is away", async () => {
    await test.redis().kill();
    const { incident } = await openIncident(test.desk, OPENING);
    expect(await test.desk.store.incidents.get(incident.id)).toMatchObject({ state: "open" });
  });
});
