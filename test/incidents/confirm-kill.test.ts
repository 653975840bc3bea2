import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Actor } from "../../src/domain/actor.ts";
import type { Diagnosis } from "../../src/domain/finding.ts";
import { beginInvestigation, concludeInvestigation } from "../../src/incidents/investigations.ts";
import { openIncident } from "../../src/incidents/open-incident.ts";
import { reportKill } from "../../src/incidents/report-kill.ts";
import { CHANNEL, startDesk, type TestDesk } from "../support/desk.ts";

const SAYS = "Docker marks it OOMKilled (exit code 137).";
const HOUR_MS = 3_600_000;

describe("a kill that an alert named and the investigation found", () => {
  let test: TestDesk;

  beforeEach(async () => {
    test = await startDesk();
  });
  afterEach(() => test.stop());

  const told = async (actor: Actor, kills: Diagnosis["kills"], isReported = false) => {
    const desk = { ...test.desk, escalation: { on: ["killed"], kinds: ["mail"] } } as const;
    const opened = await openIncident(desk, {
      target: { kind: "docker", connection: "local", name: "web" },
      problem: "container-memory",
      channel: CHANNEL,
      actor,
      runbookId: "container-memory",
      steps: [],
    });
    if (isReported) await reportKill(desk, { incident: opened.incident, actor, says: "The kernel killed node (pid 42)." });
    const underway = await beginInvestigation(desk, opened.investigation?.id ?? "");
    if (underway === undefined) throw new Error("expected an investigation");
    const finding = { verdict: "cgroup-limit-kill", headline: "It was killed.", confidence: 0.9, for: [], against: [], advice: [] };
    const diagnosis = {
      finding,
      hypotheses: [],
      summary: [],
      suspects: undefined,
      furtherSteps: [],
      ...(kills === undefined ? {} : { kills }),
    };
    await concludeInvestigation(desk, underway, { diagnosis, failures: [] });
    return (await desk.store.escalations.ofIncident(opened.incident.id)).map(({ event, says, times }) => ({ event, says, times }));
  };

  const alert: Actor = { kind: "alert", source: "text" };

  it("is escalated as any kill", async () => {
    expect(await told(alert, { lastAtMs: test.desk.clock.nowMs() - 60_000, says: SAYS })).toEqual([
      { event: "killed", says: SAYS, times: 1 },
    ]);
  });

  it("whose time is not known is this one", async () => {
    expect(await told(alert, { says: SAYS })).toHaveLength(1);
  });

  it("is not told twice when the alert's own lines have told of it", async () => {
    expect(await told(alert, { says: SAYS }, true)).toEqual([{ event: "killed", says: "The kernel killed node (pid 42).", times: 1 }]);
  });

  it("is no news when none was found", async () => {
    expect(await told(alert, undefined)).toEqual([]);
  });

  it("is another one when it was yesterday", async () => {
    expect(await told(alert, { lastAtMs: test.desk.clock.nowMs() - 20 * HOUR_MS, says: SAYS })).toEqual([]);
  });

  it("is left to those who ask by hand", async () => {
    expect(await told({ kind: "user", id: "U1" }, { says: SAYS })).toEqual([]);
  });
});
