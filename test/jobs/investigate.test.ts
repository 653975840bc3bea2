import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { OomphError } from "../../src/domain/errors.ts";
import type { Diagnosis } from "../../src/domain/finding.ts";
import { openIncident } from "../../src/incidents/open-incident.ts";
import { resolveIncident } from "../../src/incidents/resolve.ts";
import { investigate } from "../../src/jobs/investigate.ts";
import type { Runbook, Step } from "../../src/runbooks/runbook.ts";
import { CHANNEL, REQUESTER, SHOP, startDesk, type TestDesk } from "../support/desk.ts";
import { PATIENCE } from "../support/patience.ts";

const DIAGNOSIS: Diagnosis = {
  finding: {
    verdict: "full-under-noeviction",
    headline: "redis/shop is full and refuses writes",
    confidence: 0.97,
    for: [],
    against: [],
    advice: [{ actionId: "test.pull-lever", params: { to: "on" }, why: "it helps" }],
  },
  hypotheses: [],
  summary: [],
  suspects: undefined,
  furtherSteps: [],
};

describe("an investigation", () => {
  let test: TestDesk;
  let investigationId: string;
  let incidentId: string;

  beforeEach(async () => {
    test = await startDesk();
    const opened = await openIncident(test.desk, {
      target: SHOP,
      problem: "redis-memory",
      channel: CHANNEL,
      actor: { kind: "user", id: REQUESTER },
      runbookId: "test",
      sinceMs: 7_200_000,
      steps: [],
    });
    investigationId = opened.investigation?.id ?? "";
    incidentId = opened.incident.id;
  });
  afterEach(() => test.stop());

  const step = (id: string, collect: Step["collect"] = async () => ({ usedBytes: 1024 })): Step => ({
    id,
    title: id,
    timeoutMs: 5_000,
    collect,
  });
  const runbook = (
    steps: readonly Step[],
    open: Runbook["open"] = async () => ({ session: {}, source: "redis/shop", close: async () => undefined }),
  ): Runbook => ({
    id: "test",
    title: "Test",
    targetKind: "redis",
    problem: "redis-memory",
    open,
    steps,
    diagnose: () => DIAGNOSIS,
    diagnoseUnreachable: (code) => ({ ...DIAGNOSIS, finding: { ...DIAGNOSIS.finding, verdict: `unreachable-${code}`, advice: [] } }),
  });
  const run = (book: Runbook | undefined, signal = new AbortController().signal, lost = 0) =>
    investigate({ desk: test.desk, runbookOf: () => book, progressEveryMs: 10 }, investigationId, { signal, lost });
  const charts = async () => (await test.desk.store.outbox.ofIncident(incidentId)).filter(({ slot }) => slot.includes("/chart/"));
  const stored = async () => test.desk.store.investigations.get(investigationId);

  it("looks back as far as was asked", async () => {
    const open = vi.fn<Runbook["open"]>(async () => ({ session: {}, source: "redis/shop", close: async () => undefined }));
    await run(runbook([step("a")], open));
    expect(open).toHaveBeenCalledWith(SHOP, { backMs: 7_200_000 });
  });

  it("has a chart below its report, once, where there is something to draw", async () => {
    const newest = { atMs: 1, usageBytes: 1 };
    const drawn = { picture: Uint8Array.of(1, 2, 3), says: "redis/shop uses 1 B.", newest, readings: 6, sinceMs: 0 };
    const deps = { desk: test.desk, runbookOf: () => runbook([step("a")]), progressEveryMs: 10 };
    const job = { signal: new AbortController().signal, lost: 0 };
    const illustrate = vi.fn<() => Promise<typeof drawn>>(async () => drawn);
    await investigate({ ...deps, illustrate }, investigationId, job);
    await investigate({ ...deps, illustrate }, investigationId, job);
    expect(illustrate.mock.calls).toEqual([[SHOP]]);
    expect(await charts()).toMatchObject([
      {
        channel: CHANNEL,
        thread: { slot: `${incidentId}/root` },
        content: { kind: "file", name: "memory-shop.png", title: drawn.says, base64: "AQID" },
      },
    ]);
  });

  it.each([
    ["with too little to draw", async () => undefined],
    ["whose chart cannot be drawn", async () => Promise.reject(new Error("the drawing process ended"))],
  ])("%s stands without a chart", async (_how, illustrate) => {
    const deps = { desk: test.desk, runbookOf: () => runbook([step("a")]), progressEveryMs: 10, illustrate };
    expect(await investigate(deps, investigationId, { signal: new AbortController().signal, lost: 0 })).toEqual({ kind: "done" });
    expect(await stored()).toMatchObject({ state: "done" });
    expect(await charts()).toEqual([]);
  });

  it("keeps its evidence, reports, offers what would help and moves the incident on", async () => {
    expect(await run(runbook([step("a"), step("b")]))).toEqual({ kind: "done" });
    expect(await stored()).toMatchObject({ state: "done", diagnosis: { finding: { verdict: "full-under-noeviction" } } });
    expect(await test.desk.store.evidence.ofInvestigation(investigationId)).toHaveLength(2);
    expect(await test.desk.store.incidents.get(incidentId)).toMatchObject({ state: "diagnosed" });
    expect(test.news.at(-1)).toMatchObject({
      kind: "diagnosed",
      offers: [{ title: "Pull the lever", why: "it helps", offer: { actionId: "test.pull-lever", target: SHOP } }],
    });
    expect(await test.desk.store.offers.ofIncident(incidentId)).toHaveLength(1);
    expect(await test.auditKinds()).toEqual(["incident-opened", "investigation-finished"]);
  });

  it("tells of its last progress before the report", async () => {
    await run(runbook([step("a"), step("b")]));
    const progress = test.news.filter((piece) => piece.kind === "progress").at(-1);
    expect(progress?.steps.map((line) => line.state.kind)).toEqual(["done", "done"]);
    expect(test.news.at(-1)?.kind).toBe("diagnosed");
  });

  it("tells of what is under way, many changes as one", async () => {
    let finish = (): void => undefined;
    const running = run(runbook([step("a"), step("slow", () => new Promise((resolve) => (finish = () => resolve({}))))]));
    await vi.waitFor(
      () =>
        expect(test.news.at(-1)).toMatchObject({ kind: "progress", steps: [{ state: { kind: "done" } }, { state: { kind: "running" } }] }),
      PATIENCE,
    );
    finish();
    await running;
  });

  it("goes on when one step fails, and says so", async () => {
    const failing = step("b", () => Promise.reject(new OomphError("no-rights", "NOPERM: grant +memory|stats")));
    await run(runbook([step("a"), failing]));
    expect(await stored()).toMatchObject({ state: "done", failures: [{ step: "b", code: "no-rights" }] });
  });

  it.each(["unreachable", "wrong-credentials", "no-rights", "loading"] as const)(
    "reports a target that cannot be looked at: %s",
    async (code) => {
      await run(runbook([step("a")], () => Promise.reject(new OomphError(code, "cannot be looked at", { retryable: true }))));
      expect(await stored()).toMatchObject({
        state: "done",
        because: "cannot be looked at",
        diagnosis: { finding: { verdict: `unreachable-${code}` } },
      });
      expect(test.news.at(-1)?.kind).toBe("diagnosed");
    },
  );

  it("ends as failed where this version does not know the runbook, or it is broken", async () => {
    await run(undefined);
    expect(await stored()).toMatchObject({ state: "failed", because: expect.stringContaining("runbook test") });
    expect(test.news.at(-1)?.kind).toBe("investigation-failed");
  });

  it("says when a runbook is broken, and is not repeated", async () => {
    await run({
      ...runbook([step("a")]),
      diagnose: () => {
        throw new TypeError("a bug");
      },
    });
    expect(await stored()).toMatchObject({ state: "failed", because: "a bug" });
    expect(await test.desk.store.incidents.get(incidentId)).toMatchObject({ state: "diagnosed" });
  });

  it("is begun again after a crash, and after the third it fails and says so", async () => {
    let begun = 0;
    const deadly = step("a", async () => (begun += 1));
    const { signal } = new AbortController();
    await run(runbook([deadly]), signal, 3);
    expect(begun).toBe(0);
    expect(await stored()).toMatchObject({ state: "failed", because: expect.stringContaining("ended 3 times") });
    expect(test.news.at(-1)).toMatchObject({ kind: "investigation-failed", because: expect.stringContaining("not begun again") });
    expect(await test.desk.store.incidents.get(incidentId)).toMatchObject({ state: "diagnosed" });
  });

  it("is begun a third time", async () => {
    expect(await run(runbook([step("a")]), new AbortController().signal, 2)).toEqual({ kind: "done" });
    expect(await stored()).toMatchObject({ state: "done" });
  });

  it("runs again from the start after it was interrupted, in the same messages", async () => {
    const stopping = new AbortController();
    const interrupted = run(runbook([step("a"), step("b", () => new Promise(() => undefined))]), stopping.signal);
    await vi.waitFor(() => expect(test.news.some((piece) => piece.kind === "progress")).toBe(true), PATIENCE);
    stopping.abort(new Error("drained"));
    await expect(interrupted).rejects.toThrow("drained");
    expect((await stored())?.state).toBe("running");
    await run(runbook([step("a"), step("b")]));
    expect((await stored())?.state).toBe("done");
    const slots = (await test.desk.store.outbox.ofIncident(incidentId)).map((delivery) => delivery.slot);
    expect(new Set(slots).size).toBe(slots.length);
    expect(slots.filter((slot) => slot.includes("progress"))).toHaveLength(1);
  });

  it("is done once when two workers have it", async () => {
    await Promise.all([run(runbook([step("a")])), run(runbook([step("a")]))]);
    await run(runbook([step("a")]));
    expect(test.news.filter((piece) => piece.kind === "diagnosed")).toHaveLength(1);
    expect(await test.desk.store.offers.ofIncident(incidentId)).toHaveLength(1);
  });

  it("is left to the queue's retry when the store is away", async () => {
    const away = new OomphError("store-unavailable", "locked", { retryable: true });
    const evidence = { ...test.desk.store.evidence, add: () => Promise.reject(away) };
    const desk = { ...test.desk, store: { ...test.desk.store, evidence } };
    await expect(
      investigate({ desk, runbookOf: () => runbook([step("a")]), progressEveryMs: 10 }, investigationId, {
        signal: new AbortController().signal,
        lost: 0,
      }),
    ).rejects.toBe(away);
    expect((await stored())?.state).toBe("running");
  });

  it("does not open an incident again that resolved meanwhile", async () => {
    await run(runbook([step("a", async () => (await resolveIncident(test.desk, { incidentId, userId: REQUESTER })).kind)]));
    expect(await test.desk.store.incidents.get(incidentId)).toMatchObject({ state: "resolved" });
  });
});
