import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { escalate } from "../../src/incidents/escalate.ts";
import type { JobWorkers } from "../../src/ports/job-queue.ts";
import { startDesk, type TestDesk } from "../support/desk.ts";
import { PATIENCE } from "../support/patience.ts";
import { startWork } from "../support/work.ts";
import { anIncident, depsOn, happens, startOutside, type Outside } from "./escalating.ts";

describe("issues and mail through the queue", () => {
  let outside: Outside;
  let test: TestDesk;
  let workers: JobWorkers | undefined;

  beforeEach(async () => {
    [outside, test] = await Promise.all([startOutside(), startDesk()]);
  });
  afterEach(async () => {
    await workers?.drain(5_000);
    await Promise.all([test.stop(), outside.stop()]);
  });

  it("are told, and the thread says so", async () => {
    const deps = depsOn(test, outside);
    workers = startWork(test, deps.chat, deps);
    const incident = await anIncident(deps.desk);
    await happens(deps, incident, ["leak", "28% in 30 min"]);
    const posted = (): string => JSON.stringify(deps.chat.posts().map(({ message }) => message.blocks));
    await vi.waitFor(() => expect(posted()).toMatch(/acme\/ops#\d+.*Mail|Mail.*acme\/ops#\d+/), PATIENCE);
    await happens(deps, incident, ["resolved"]);
    await vi.waitFor(async () => expect(await outside.github.issues()).toMatchObject([{ state: "closed" }]), PATIENCE);
    await vi.waitFor(() => expect(outside.smtp.mails()).toHaveLength(2), PATIENCE);
  });

  it("are found by the sweeper when they could not be queued", async () => {
    const deps = depsOn(test, outside);
    const incident = await anIncident(deps.desk);
    await deps.desk.store.transaction((tables) => escalate(tables, deps.desk, { incident, event: "killed", says: "killed" }));
    expect(await test.jobs("escalate")).toEqual([]);
    workers = startWork(test, deps.chat, deps);
    await vi.waitFor(async () => expect(await outside.github.issues()).toHaveLength(1), PATIENCE);
    await vi.waitFor(() => expect(outside.smtp.mails()).toHaveLength(1), PATIENCE);
  });
});
