import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EscalationEvent, EscalationRules } from "../../src/domain/escalation.ts";
import type { Incident } from "../../src/domain/incident.ts";
import { commit } from "../../src/incidents/commit.ts";
import type { Desk } from "../../src/incidents/desk.ts";
import { escalate } from "../../src/incidents/escalate.ts";
import { resolveIncident } from "../../src/incidents/resolve.ts";
import { REQUESTER, startDesk, type TestDesk } from "../support/desk.ts";

const RULES: EscalationRules = { on: ["critical", "leak", "killed"], kinds: ["github-issue", "mail"] };

describe("what is told outside the chat", () => {
  let test: TestDesk;
  let desk: Desk;
  let incident: Incident;

  beforeEach(async () => {
    test = await startDesk();
    desk = { ...test.desk, escalation: RULES };
    incident = await test.incident();
  });
  afterEach(() => test.stop());

  const happens = (event: EscalationEvent, on: Desk = desk, says = "86% used"): Promise<void> =>
    commit(on, (tables) => escalate(tables, on, { incident, event, says }));
  const raised = async (): Promise<readonly string[]> =>
    (await desk.store.escalations.ofIncident(incident.id)).map(({ kind, key, times }) => `${kind} ${key} ${times}`);

  it("is what the configuration wants told, once per event, and its end", async () => {
    await happens("warning");
    await happens("resolved");
    expect(await raised()).toEqual([]);
    await happens("critical");
    await happens("critical", desk, "90% used");
    await happens("resolved");
    await happens("resolved");
    expect(await raised()).toEqual(["github-issue critical 2", "mail critical 2", "github-issue resolved 1", "mail resolved 1"]);
    expect((await desk.store.escalations.ofIncident(incident.id))[0]).toMatchObject({ says: "90% used", state: "due" });
    await happens("critical");
    expect((await raised()).slice(4)).toEqual(["github-issue critical-2 1", "mail critical-2 1"]);
  });

  it("goes only where something is configured", async () => {
    await happens("killed", test.desk);
    expect(await raised()).toEqual([]);
    await happens("killed", { ...desk, escalation: { ...RULES, kinds: ["mail"] } });
    expect(await raised()).toEqual(["mail killed 1"]);
  });

  it("is queued once it is committed, and not when it is rolled back", async () => {
    const broken = commit(desk, async (tables) => {
      await escalate(tables, desk, { incident, event: "leak", says: "28% in 30 min" });
      throw new Error("no");
    });
    await expect(broken).rejects.toThrow("no");
    expect(await test.jobs("escalate")).toEqual([]);
    await happens("leak");
    const ids = (await desk.store.escalations.ofIncident(incident.id)).map(({ id }) => ({ escalationId: id }));
    expect((await test.jobs("escalate")).map(({ payload }) => payload)).toEqual(expect.arrayContaining(ids));
    expect(ids).toHaveLength(2);
  });

  it("ends with the incident, whoever resolves it", async () => {
    await happens("critical");
    await resolveIncident(desk, { incidentId: incident.id, userId: REQUESTER });
    expect((await raised()).slice(2)).toEqual(["github-issue resolved 1", "mail resolved 1"]);
  });
});
