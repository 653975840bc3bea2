import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AlertSource } from "../../src/domain/alert.ts";
import type { Diagnosis } from "../../src/domain/finding.ts";
import { checkUp } from "../../src/incidents/check-up.ts";
import { hearAlert } from "../../src/incidents/hear-alert.ts";
import { beginInvestigation, concludeInvestigation } from "../../src/incidents/investigations.ts";
import { CHANNEL, SHOP, startDesk, type TestDesk } from "../support/desk.ts";
import { openOrJoin } from "../support/open-or-join.ts";

const HOUR_MS = 60 * 60_000;

describe("an incident of which nobody says that it is over", () => {
  let test: TestDesk;
  beforeEach(async () => {
    test = await startDesk();
  });
  afterEach(() => test.stop());

  let heard = 0;
  const alert = async (source: AlertSource = "text"): Promise<string> => {
    const subject = { about: "redis", names: [], hosts: [] } as const;
    const opened = await hearAlert(test.desk, {
      key: `key-${(heard += 1)}`,
      alert: { source, class: "redis_memory", severity: null, labels: {}, subject, name: "A" },
      heardAtMs: test.desk.clock.nowMs(),
      target: SHOP,
      problem: "redis-memory",
      channel: CHANNEL,
      actor: { kind: "alert", source },
      runbookId: "redis-memory",
      steps: [],
    });
    if (opened.kind === "heard-already") throw new Error("expected a new alert");
    await conclude("full");
    return opened.incident.id;
  };
  /** Ends what was begun last with this verdict. */
  const conclude = async (verdict: string): Promise<void> => {
    const [newest] = await test.desk.store.investigations.unfinished(Number.MAX_SAFE_INTEGER);
    const underway = await beginInvestigation(test.desk, newest?.id ?? "");
    if (underway === undefined) throw new Error("expected an investigation to have been begun");
    await concludeInvestigation(test.desk, underway, { diagnosis: diagnosisOf(verdict), failures: [] });
  };
  const state = async (id: string) => (await test.desk.store.incidents.get(id))?.state;
  const looks = async (id: string) => (await test.desk.store.investigations.ofIncident(id)).filter(({ isCheckUp }) => isCheckUp).length;

  it("is looked at when it was not heard of for an hour, and is over where the look finds it well", async () => {
    const id = await alert();
    test.moveOn(HOUR_MS / 2);
    expect(await checkUp(test.desk)).toBe(0);
    test.moveOn(HOUR_MS / 2);
    await Promise.all([checkUp(test.desk), checkUp(test.desk)]);
    expect(await looks(id)).toBe(1);
    expect((await test.jobs("investigate")).length).toBe(2);
    await conclude("healthy");
    expect(await state(id)).toBe("resolved");
    expect(test.news.at(-1)).toMatchObject({
      kind: "resolved",
      says: expect.stringMatching(/^Not heard of for 1 h.*, and a look says: It is healthy\.$/),
    });
    expect(test.news.filter(({ kind }) => kind === "diagnosed")).toHaveLength(1);
  });

  it("stays open where it is not well, which one edited message says; the next look comes after as long again", async () => {
    const id = await alert();
    test.moveOn(HOUR_MS);
    await checkUp(test.desk);
    await conclude("full");
    expect(await state(id)).toBe("diagnosed");
    expect(test.news.at(-1)).toMatchObject({ kind: "checked-up", headline: "It is full." });
    test.moveOn(HOUR_MS / 2);
    expect(await checkUp(test.desk)).toBe(0);
    test.moveOn(HOUR_MS);
    expect(await checkUp(test.desk)).toBe(1);
    await conclude("not-found");
    expect(await state(id)).toBe("resolved");
  });

  it("is not over when it is heard of during the look", async () => {
    const id = await alert();
    test.moveOn(HOUR_MS);
    await checkUp(test.desk);
    await openOrJoin(test.desk.store.incidents, { ...(await incident(id)), lastSeenAtMs: test.desk.clock.nowMs() }, 0);
    await conclude("healthy");
    expect(await state(id)).toBe("diagnosed");
  });

  it("is waited with for a day where its sender has said that it will tell", async () => {
    const id = await alert("cloudwatch");
    test.moveOn(12 * HOUR_MS);
    await checkUp(test.desk);
    expect(await looks(id)).toBe(0);
    test.moveOn(12 * HOUR_MS);
    await checkUp(test.desk);
    expect(await looks(id)).toBe(1);
  });

  it("is over without a look where the watch sees nothing wrong, and not where it sees trouble", async () => {
    const id = await alert();
    test.moveOn(HOUR_MS);
    const nowMs = test.desk.clock.nowMs();
    const newest = { atMs: nowMs, usageBytes: 1, limitBytes: 10, startedAtMs: 0 };
    const calm = { target: SHOP, seenAtMs: nowMs, newest, pressure: { level: "ok" }, marks: [] } as const;
    await test.desk.store.watched.put([{ ...calm, kills: { count: 1, firstMs: nowMs - 1, lastMs: nowMs - 1 } }]);
    await checkUp(test.desk);
    expect([await looks(id), await state(id)]).toEqual([1, "diagnosed"]);
    await conclude("full");
    await test.desk.store.watched.put([{ ...calm, seenAtMs: nowMs + HOUR_MS }]);
    test.moveOn(HOUR_MS + HOUR_MS / 10);
    await checkUp(test.desk);
    expect([await looks(id), await state(id)]).toEqual([1, "resolved"]);
    expect(test.news.at(-1)).toMatchObject({
      says: expect.stringMatching(/^Not heard of for 2 h.*, and the watch sees nothing wrong with it$/),
    });
  });

  async function incident(id: string) {
    const found = await test.desk.store.incidents.get(id);
    if (found === undefined) throw new Error(`expected the incident ${id}`);
    return found;
  }
});

function diagnosisOf(verdict: string): Diagnosis {
  const headline = verdict === "full" ? "It is full." : "It is healthy.";
  return {
    finding: { verdict, headline, confidence: 0.9, for: [], against: [], advice: [] },
    hypotheses: [],
    summary: [],
    suspects: undefined,
    furtherSteps: [],
  };
}
