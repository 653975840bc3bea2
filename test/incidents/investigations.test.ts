import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Diagnosis } from "../../src/domain/finding.ts";
import { beginInvestigation, concludeInvestigation, failInvestigation, type Underway } from "../../src/incidents/investigations.ts";
import { openIncident } from "../../src/incidents/open-incident.ts";
import { CHANNEL, REQUESTER, SHOP, startDesk, type TestDesk } from "../support/desk.ts";

const FINDING = { verdict: "full-under-noeviction", headline: "redis/shop is full", confidence: 0.9, for: [], against: [] };
const ADVICE = [
  { actionId: "test.pull-lever", params: { to: "on" }, why: "it helps" },
  { actionId: "test.from-the-future", params: {}, why: "it may help" },
];
const DIAGNOSIS: Diagnosis = {
  finding: { ...FINDING, advice: ADVICE },
  hypotheses: [],
  summary: [],
  suspects: undefined,
  furtherSteps: [],
};
const CONCLUSION = { diagnosis: DIAGNOSIS, failures: [] };

describe("an investigation", () => {
  let test: TestDesk;
  let id: string;

  beforeEach(async () => {
    test = await startDesk();
    const actor = { kind: "user", id: REQUESTER } as const;
    const opening = { target: SHOP, problem: "redis-memory", channel: CHANNEL, actor, runbookId: "redis-memory", steps: [] } as const;
    const opened = await openIncident(test.desk, opening);
    id = opened.investigation?.id ?? "";
  });
  afterEach(() => test.stop());

  const begin = async (): Promise<Underway> => {
    const underway = await beginInvestigation(test.desk, id);
    if (underway === undefined) throw new Error("expected it to begin");
    return underway;
  };
  const incident = async () => (await test.desk.store.incidents.list({ limit: 1 }))[0];
  const kinds = async (kind: string) => (await test.auditKinds()).filter((one) => one === kind);

  it("begins again after a crash, and not once it has ended", async () => {
    await begin();
    const again = await begin();
    expect((await incident())?.state).toBe("investigating");
    await concludeInvestigation(test.desk, again, CONCLUSION);
    expect(await beginInvestigation(test.desk, id)).toBeUndefined();
    expect(await beginInvestigation(test.desk, "inv_none")).toBeUndefined();
  });

  it("is concluded once: the second conclusion offers, tells and audits nothing", async () => {
    const underway = await begin();
    const both = await Promise.all([1, 2].map(() => concludeInvestigation(test.desk, underway, CONCLUSION)));
    expect(both.filter(Boolean)).toHaveLength(1);
    expect(await kinds("investigation-finished")).toHaveLength(1);
    expect(test.news.filter(({ kind }) => kind === "diagnosed")).toHaveLength(1);
    expect(await test.desk.store.offers.ofIncident(underway.incident.id)).toHaveLength(2);
  });

  it("offers what is advised in its order, by id where this version has no title for it", async () => {
    await concludeInvestigation(test.desk, await begin(), CONCLUSION);
    expect(test.news.at(-1)).toMatchObject({
      kind: "diagnosed",
      offers: [
        { title: "Pull the lever", why: "it helps" },
        { title: "test.from-the-future", why: "it may help" },
      ],
    });
  });

  it("does not offer what there is no right for, and says which", async () => {
    const because = "Cluster local lacks the right to pull levers.";
    const planner = { ...test.desk.planner, lacks: async (id: string) => (id === "test.pull-lever" ? because : undefined) };
    await concludeInvestigation({ ...test.desk, planner }, await begin(), CONCLUSION);
    expect(test.news.at(-1)).toMatchObject({
      offers: [{ title: "test.from-the-future" }],
      investigation: { diagnosis: { furtherSteps: [`Not offered: Pull the lever. ${because}`] } },
    });
  });

  it("does not fail after it has been concluded", async () => {
    const underway = await begin();
    await concludeInvestigation(test.desk, underway, CONCLUSION);
    await failInvestigation(test.desk, underway, "too late");
    expect(await test.desk.store.investigations.get(id)).toMatchObject({ state: "done" });
    expect(test.news.map(({ kind }) => kind)).not.toContain("investigation-failed");
    expect(await kinds("investigation-finished")).toHaveLength(1);
  });

  it("does not take an incident out of an act that has begun meanwhile", async () => {
    const underway = await begin();
    const { incidents } = test.desk.store;
    await incidents.transition(underway.incident.id, ["investigating"], "diagnosed", 1);
    await incidents.transition(underway.incident.id, ["diagnosed"], "acting", 2);
    await begin();
    expect((await incident())?.state).toBe("acting");
    await concludeInvestigation(test.desk, underway, CONCLUSION);
    expect((await incident())?.state).toBe("acting");
  });

  it("has nothing stored when the report could not be written down", async () => {
    const underway = await begin();
    const mute = { ...test.desk, narrator: () => Promise.reject(new Error("no words")) };
    await expect(concludeInvestigation(mute, underway, CONCLUSION)).rejects.toThrow("no words");
    expect(await test.desk.store.investigations.get(id)).toMatchObject({ state: "running" });
    expect(await test.desk.store.offers.ofIncident(underway.incident.id)).toEqual([]);
  });
});
