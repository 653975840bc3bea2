import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ACTIONS, AT_MS, DECISION, DIAGNOSIS, INCIDENT, REQUEST, RUN, STEPS } from "../../scripts/docs/example-facts.ts";
import { openStore } from "../../src/adapters/sql/open-store.ts";
import { randomIds } from "../../src/adapters/system/random-ids.ts";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import type { Investigation } from "../../src/domain/investigation.ts";
import { targetKey } from "../../src/domain/target.ts";
import { createNarrator } from "../../src/jobs/narrate.ts";
import type { News } from "../../src/ports/narrator.ts";
import type { Store } from "../../src/ports/store.ts";
import { putEmptyDatabase } from "../support/empty-database.ts";
import { seen } from "../support/seen.ts";
import { openOrJoin } from "../support/open-or-join.ts";

const investigation: Investigation = {
  id: "inv_1",
  incidentId: INCIDENT.id,
  runbookId: "redis-memory",
  target: INCIDENT.target,
  state: "done",
  startedAtMs: AT_MS,
  endedAtMs: AT_MS + 1240,
  diagnosis: DIAGNOSIS,
  failures: [],
};
const incident = { ...INCIDENT, state: "open" } as const;
const offer = {
  offer: { id: "off_1", incidentId: incident.id, actionId: "redis.flush-db", target: incident.target, params: {}, createdAtMs: AT_MS },
  title: "Flush database",
  why: "frees 231 MiB",
};
const ended = { ...REQUEST, state: "succeeded", endedAtMs: AT_MS + 99_000 } as const;

describe("the narrator", () => {
  let store: Store;
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "oomph-narrate-"));
    const path = join(folder, "oomph.db");
    await putEmptyDatabase(path);
    store = await openStore({ kind: "sqlite", path, busyTimeoutMs: 2000 });
    await openOrJoin(store.incidents, incident, 0);
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const narrate = createNarrator({ ids: randomIds, clock: systemClock, actions: ACTIONS });
  const tell = async (news: News) => {
    await store.transaction((tables) => narrate(tables, news));
    return store.outbox.ofIncident(incident.id);
  };
  const textOf = async (slot: string) => {
    const content = (await store.outbox.bySlot(slot))?.content;
    return content?.kind === "message" ? seen(content.message).join("\n") : "";
  };
  const slots = (said: Awaited<ReturnType<typeof tell>>) => said.map(({ slot, priority }) => `${slot} ${priority}`).toSorted();

  it("opens with a root in the channel and a progress message in its thread, which lets other roots and reports go first", async () => {
    const said = await tell({ kind: "opened", incident, investigation, steps: STEPS });
    expect(slots(said)).toEqual([`${incident.id}/progress/inv_1 3`, `${incident.id}/root 2`]);
    expect(said.find(({ slot }) => slot.endsWith("/root"))?.thread).toBeUndefined();
    expect(said.find(({ slot }) => slot.includes("/progress/"))).toMatchObject({
      channel: incident.channel,
      thread: { slot: `${incident.id}/root` },
    });
  });

  it("lets the first line of a critical incident go before all others, with what its alert says in it", async () => {
    const alert = { says: "ContainerMemoryUsageHigh", words: "Memory is above 90%", severity: "critical", source: "alertmanager" } as const;
    const critical = { ...incident, severity: "critical" } as const;
    const said = await tell({ kind: "opened", incident: critical, investigation, steps: STEPS, alert });
    const alertSlot = `${incident.id}/alert/${incident.lastSeenAtMs}`;
    expect(slots(said)).toEqual([`${alertSlot} 2`, `${incident.id}/progress/inv_1 3`, `${incident.id}/root 1`]);
  });

  it("links what is open of other problems of the same target, in both threads", async () => {
    const metrics = {
      ...incident,
      id: "inc_metrics",
      problem: "workload-metrics",
      fingerprint: `${targetKey(incident.target)} workload-metrics`,
    } as const;
    await openOrJoin(store.incidents, metrics);
    await tell({ kind: "opened", incident, investigation, steps: STEPS });
    expect(await textOf(`${incident.id}/related`)).toContain("Open as well: pod metrics of the same target, `inc_metrics`");
    expect(await textOf(`inc_metrics/related/${incident.id}`)).toContain(`of the same target, \`${incident.id}\``);
    expect(await store.outbox.bySlot(`inc_metrics/related/${incident.id}`)).toMatchObject({ thread: { slot: "inc_metrics/root" } });
  });

  it("hangs below the alert's own post, which it never edits", async () => {
    const below = { ...incident, rootTs: "1700000000.000100" };
    expect(slots(await tell({ kind: "opened", incident: below, investigation, steps: STEPS }))).toEqual([
      `${incident.id}/progress/inv_1 2`,
    ]);
    const said = await tell({ kind: "resolved", incident: { ...below, resolvedAtMs: AT_MS }, actor: { kind: "oomph" }, says: "it helped" });
    expect(said.map(({ thread }) => thread)).toEqual([{ ts: below.rootTs }, { ts: below.rootTs }]);
  });

  it("tries a root that was refused again with what is said below it, and leaves one that stands alone", async () => {
    const [root] = (await tell({ kind: "opened", incident, investigation, steps: STEPS })).filter(({ slot }) => slot.endsWith("/root"));
    await store.outbox.fail(root?.id ?? "", { revision: 1, error: "channel_not_found" });
    const joined: News = { kind: "joined", incident, actor: { kind: "alert", source: "alertmanager" } };
    const rootNow = async () => (await tell(joined)).find(({ slot }) => slot.endsWith("/root"));
    expect(await rootNow()).toMatchObject({ state: "due", revision: 2, content: root?.content });
    await store.outbox.sent(root?.id ?? "", { ts: "1.2", revision: 2 });
    expect(await rootNow()).toMatchObject({ state: "sent", revision: 2 });
  });

  it("edits progress in place, and gives it the last place in the queue", async () => {
    for (const { id } of await tell({ kind: "opened", incident, investigation, steps: STEPS }))
      await store.outbox.sent(id, { ts: "1.2", revision: 1 });
    const said = await tell({ kind: "progress", incident, investigation, steps: STEPS.slice(0, 2) });
    expect(said.filter(({ slot }) => slot.includes("/progress/"))).toMatchObject([{ priority: 3, revision: 2 }]);
  });

  it("keeps ten thousand reports of the same to one message", async () => {
    for (const timesSeen of [2, 3, 4])
      await tell({ kind: "joined", incident: { ...incident, timesSeen }, actor: { kind: "alert", source: "alertmanager" } });
    const said = await tell({
      kind: "joined",
      incident: { ...incident, timesSeen: 10_000 },
      actor: { kind: "alert", source: "alertmanager" },
    });
    expect(slots(said)).toEqual([`${incident.id}/joined 3`]);
    expect(await textOf(`${incident.id}/joined`)).toContain("Reported 10,000 times, last by an alert (alertmanager)");
  });

  it("says that it is back", async () => {
    await tell({ kind: "reopened", incident, actor: { kind: "alert", source: "text" }, investigation, steps: STEPS });
    expect(await textOf(`${incident.id}/reopened/${incident.lastSeenAtMs}`)).toContain("It is back");
    expect(await textOf(`${incident.id}/progress/inv_1`)).toContain("Looking at");
  });

  it("reports, and puts the verdict on the root", async () => {
    await tell({ kind: "diagnosed", incident, investigation, offers: [offer] });
    expect(await textOf(`${incident.id}/report/inv_1`)).toContain("*Flush database* (deletes data)\nfrees 231 MiB");
    expect(await textOf(`${incident.id}/report/inv_1`)).toContain("Found out in 1.2 s");
    expect(await textOf(`${incident.id}/root`)).toContain(DIAGNOSIS.finding.headline);
  });

  it("says why there is no verdict", async () => {
    await tell({ kind: "investigation-failed", incident, investigation, because: "the Redis does not answer" });
    expect(await textOf(`${incident.id}/report/inv_1`)).toContain("the Redis does not answer");
  });

  it("puts a decision on the card and into the thread", async () => {
    await store.requests.create(REQUEST);
    await tell({ kind: "requested", incident, request: REQUEST });
    await store.requests.decide(DECISION);
    const said = await tell({
      kind: "decided",
      incident,
      request: { ...REQUEST, state: "approved" },
      decision: DECISION,
      decisions: [DECISION],
    });
    expect(slots(said)).toEqual([`${REQUEST.id}/card 2`, `${REQUEST.id}/decision/U0APPROVER 1`]);
    expect(await textOf(`${REQUEST.id}/card`)).toContain("👍 Approved by <@U0APPROVER>");
    expect(await textOf(`${REQUEST.id}/decision/U0APPROVER`)).toContain("<@U0APPROVER> approved *Flush database*");
  });

  it("announces broken glass in the channel, not only in the thread", async () => {
    await store.requests.create(REQUEST);
    const decision = { ...DECISION, kind: "break-glass", userId: "U0RESPONDER", reason: "nobody else is awake" } as const;
    const said = await tell({ kind: "decided", incident, request: { ...REQUEST, state: "approved" }, decision, decisions: [decision] });
    const notice = said.find(({ slot }) => slot === `${REQUEST.id}/break-glass`);
    expect(notice).toMatchObject({ priority: 1, channel: incident.channel });
    expect(notice?.thread).toBeUndefined();
    expect(await textOf(`${REQUEST.id}/break-glass`)).toContain("Reason: “nobody else is awake”");
  });

  it("tells a denial to who asked", async () => {
    await store.requests.create(REQUEST);
    const decision = { ...DECISION, kind: "deny", reason: "sessions live there" } as const;
    await tell({ kind: "decided", incident, request: { ...REQUEST, state: "denied" }, decision, decisions: [decision] });
    expect(await textOf(`${REQUEST.id}/decision/U0APPROVER`)).toContain(
      "Reason: “sessions live there”\n<@U0RESPONDER>: nothing has been changed.",
    );
  });

  it("follows the run on the card and ends with the outcome, most urgent of all", async () => {
    await store.requests.create(REQUEST);
    await store.requests.decide(DECISION);
    await tell({ kind: "executing", incident, request: { ...REQUEST, state: "executing" }, run: RUN });
    expect(await textOf(`${REQUEST.id}/card`)).toContain("🔧 *Being done: Flush database*");
    const said = await tell({
      kind: "ended",
      incident,
      request: ended,
      decisions: [DECISION],
      run: RUN,
      wayBack: { ...offer, why: "puts it back" },
    });
    expect(said.find(({ slot }) => slot === `${REQUEST.id}/outcome`)).toMatchObject({ priority: 1, onBehalfOf: REQUEST.requestedBy });
    expect(await textOf(`${REQUEST.id}/outcome`)).toContain("*Way back*: puts it back");
  });

  it("marks the root when it is over, and says so in the thread", async () => {
    await tell({
      kind: "resolved",
      incident: { ...incident, state: "resolved", resolvedAtMs: AT_MS },
      actor: { kind: "alert", source: "alertmanager" },
      says: "The alert resolved",
    });
    expect(await textOf(`${incident.id}/root`)).toContain("✅ *Redis memory: `redis/sessions`*");
    expect(await textOf(`${incident.id}/resolved/${AT_MS}`)).toContain("by an alert (alertmanager)\nThe alert resolved");
  });

  it("tells the thread when its lock is taken away", async () => {
    const [said] = await tell({ kind: "lease-released", incident, by: "U0ADMIN", targetKey: "redis/sessions" });
    expect(await textOf(said?.slot ?? "")).toContain("<@U0ADMIN> released the lock on `redis/sessions`");
  });
});
