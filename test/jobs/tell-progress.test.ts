import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { StepProgress } from "../../src/domain/evidence.ts";
import type { Desk } from "../../src/incidents/desk.ts";
import type { Underway } from "../../src/incidents/investigations.ts";
import { openIncident } from "../../src/incidents/open-incident.ts";
import { tellProgress } from "../../src/jobs/tell-progress.ts";
import { CHANNEL, REQUESTER, SHOP, startDesk, type TestDesk } from "../support/desk.ts";
import { PATIENCE } from "../support/patience.ts";

const HOUR_MS = 3_600_000;
const step = (title: string): readonly StepProgress[] => [{ step: "redis.info", title, state: { kind: "running" } }];

describe("telling progress", () => {
  let test: TestDesk;
  let underway: Underway;

  beforeEach(async () => {
    test = await startDesk();
    const actor = { kind: "user", id: REQUESTER } as const;
    const opening = { target: SHOP, problem: "redis-memory", channel: CHANNEL, actor, runbookId: "redis-memory", steps: [] } as const;
    const { incident, investigation } = await openIncident(test.desk, opening);
    if (investigation === undefined) throw new Error("expected an investigation");
    underway = { incident, investigation };
  });
  afterEach(() => test.stop());

  const told = (): readonly string[] => test.news.flatMap((news) => (news.kind === "progress" ? news.steps.map(({ title }) => title) : []));

  it("tells the first at once, and of all that come meanwhile only the last", async () => {
    const progress = tellProgress(test.desk, underway, HOUR_MS);
    progress.show(step("one"));
    await vi.waitFor(() => expect(told()).toEqual(["one"]), PATIENCE);
    progress.show(step("two"));
    progress.show(step("three"));
    await progress.settle(); // does not wait for the hour
    expect(told()).toEqual(["one", "three"]);
  });

  it("tells nothing where nothing was shown, and nothing twice", async () => {
    const silent = tellProgress(test.desk, underway, HOUR_MS);
    await silent.settle();
    expect(told()).toEqual([]);
    const progress = tellProgress(test.desk, underway, HOUR_MS);
    progress.show(step("one"));
    await progress.settle();
    await progress.settle();
    expect(told()).toEqual(["one"]);
  });

  it("never stands in the way of an investigation: what cannot be told is left out, and the next is tried", async () => {
    let fails = true;
    const desk: Desk = {
      ...test.desk,
      narrator: (tables, news) => (fails ? Promise.reject(new Error("the store is away")) : test.desk.narrator(tables, news)),
    };
    const progress = tellProgress(desk, underway, 1);
    progress.show(step("one"));
    await progress.settle();
    fails = false;
    progress.show(step("two"));
    await progress.settle();
    expect(told()).toEqual(["two"]);
  });
});
