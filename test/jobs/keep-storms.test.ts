import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StormSettings } from "../../src/domain/storm.ts";
import type { Desk } from "../../src/incidents/desk.ts";
import { hearAlert } from "../../src/incidents/hear-alert.ts";
import type { Hearing } from "../../src/incidents/hearing.ts";
import { beginInvestigation, concludeInvestigation } from "../../src/incidents/investigations.ts";
import { openIncident } from "../../src/incidents/open-incident.ts";
import { resolveIncident } from "../../src/incidents/resolve.ts";
import { takeOut } from "../../src/incidents/take-out.ts";
import { keepStorms } from "../../src/jobs/keep-storms.ts";
import { createNarrator } from "../../src/jobs/narrate.ts";
import { CHANNEL, REQUESTER, startDesk, type TestDesk } from "../support/desk.ts";
import { seen } from "../support/seen.ts";

const STORMS: StormSettings = { ownThreads: 2, criticalThreads: 1, withinMs: 60_000, investigations: 1, replies: 1, quietMs: 300_000 };

describe("a storm", () => {
  let test: TestDesk;
  let desk: Desk;
  let alerts = 0;
  beforeEach(async () => {
    test = await startDesk();
    const { ids, clock } = test.desk;
    desk = { ...test.desk, storms: STORMS, narrator: createNarrator({ ids, clock, actions: [], storms: STORMS }) };
  });
  afterEach(() => test.stop());

  const heard = async (name: string, severity: "critical" | "warning" = "warning", more: Partial<Hearing["alert"]> = {}) => {
    alerts += 1;
    const outcome = await hearAlert(desk, {
      target: { kind: "docker", connection: "local", name },
      problem: "container-memory",
      channel: CHANNEL,
      actor: { kind: "alert", source: "alertmanager" },
      runbookId: "container-memory",
      steps: [],
      heardAtMs: desk.clock.nowMs(),
      key: `alertmanager/${alerts}`,
      alert: {
        source: "alertmanager",
        class: "memory_high",
        severity,
        labels: { image: "web:1.4" },
        subject: { about: "container", names: [], hosts: [] },
        ...more,
      },
    });
    if (outcome.kind === "heard-already") throw new Error("Expected an alert with a key of its own.");
    return outcome;
  };
  const storm = async () => {
    const [only, ...others] = await desk.store.storms.active();
    if (only === undefined || others.length > 0)
      throw new Error(`Expected one storm, got ${others.length + (only === undefined ? 0 : 1)}.`);
    return only;
  };
  const said = async (slot: string) => {
    const content = (await desk.store.outbox.bySlot(slot))?.content;
    return content?.kind === "message" ? seen(content.message).join("\n") : "";
  };
  /** As if Slack had been given everything. */
  const deliverAll = async () => {
    for (const { id, revision } of await desk.store.outbox.due(desk.clock.nowMs(), 100))
      await desk.store.outbox.sent(id, { revision, ts: "1.5" });
  };
  const queued = async () => (await test.jobs("investigate")).length;
  const concluded = async (incidentId: string, headline: string) => {
    const [investigation] = await desk.store.investigations.ofIncident(incidentId);
    const underway = await beginInvestigation(desk, investigation?.id ?? "");
    if (underway === undefined) throw new Error(`Expected an investigation of ${incidentId} that is underway.`);
    const finding = { verdict: "leak", headline, confidence: 0.9, for: [], against: [], advice: [] };
    await concludeInvestigation(desk, underway, {
      diagnosis: { finding, hypotheses: [], summary: [], suspects: undefined, furtherSteps: [] },
      failures: [],
    });
  };

  it("looks into as many at once as it may, and into one by one while the process has its hands full", async () => {
    desk = { ...desk, storms: { ...STORMS, ownThreads: 1, investigations: 3 } };
    for (const name of ["a", "b", "c", "d", "e"]) await heard(name);
    const counts: number[] = [];
    for (const isBusy of [true, true, false]) {
      await keepStorms(desk, { isBusy });
      counts.push(await queued());
    }
    expect(counts).toEqual([2, 2, 4]);
  });

  it("gathers those that come after the first few, lists them, and looks into the worst first", async () => {
    const alone = [await heard("a"), await heard("b")];
    const members = [await heard("c"), await heard("d"), await heard("e", "critical"), await heard("f", "critical")];
    expect(alone.map(({ investigation }) => investigation !== undefined)).toEqual([true, true]);
    // The first critical one has a thread of its own, the pace allows no more.
    expect(members.map(({ incident }) => incident.stormId !== undefined)).toEqual([true, true, false, true]);
    await heard("c");
    const { id, trait } = await storm();
    expect(trait).toEqual({ kind: "image", value: "web:1.4" });
    expect(await queued()).toBe(3);

    await keepStorms(desk);
    expect(await queued()).toBe(4);
    const root = await said(`${id}/root`);
    expect(root).toContain("Storm: 3 incidents of image `web:1.4`");
    expect(root).toContain("1 critical, 0 looked into, 1 being looked into, 2 waiting, 0 resolved. 4 reports so far.");
    const list = await said(`${id}/list/0`);
    expect(list.indexOf("docker/f")).toBeLessThan(list.indexOf("docker/c"));
    expect(list).toMatch(/docker\/c.*waiting · 2 reports/);
    const [, , , f] = members;
    expect(await desk.store.outbox.bySlot(`${f?.incident.id}/root`)).toBeUndefined();
  });

  it("posts so many reports below itself, has the verdicts of the rest in its list, and ends with a summary", async () => {
    await heard("a");
    await heard("b");
    const [c, d] = [await heard("c"), await heard("d")];
    const { id } = await storm();
    await keepStorms(desk);
    await concluded(c.incident.id, "It leaks 3 MiB a minute");
    await keepStorms(desk);
    await concluded(d.incident.id, "It leaks 3 MiB a minute");
    const reports = await Promise.all([c, d].map(async ({ incident }) => desk.store.outbox.ofIncident(incident.id)));
    expect(reports.map((of) => of.map(({ thread }) => thread))).toEqual([[{ slot: `${id}/root` }], []]);

    await resolveIncident(desk, { incidentId: c.incident.id, userId: REQUESTER });
    test.moveOn(STORMS.quietMs + 1);
    await keepStorms(desk);
    expect(await desk.store.storms.active()).toEqual([]);
    const over = await said(`${id}/over`);
    expect(over).toContain("1 resolved, 1 still open");
    expect(over).toContain("2 × It leaks 3 MiB a minute");
    expect(await said(`${id}/root`)).toContain("Storm, over: 2 incidents");
    expect(await said(`${id}/list/0`)).toMatch(/docker\/d.*diagnosed/);
    // What becomes of a member afterwards still belongs there: it is told with it, in the same transaction.
    await resolveIncident(desk, { incidentId: d.incident.id, userId: REQUESTER });
    expect(await said(`${id}/list/0`)).toMatch(/docker\/d.*resolved/);
    expect(await said(`${id}/root`)).toContain("2 reports; all resolved.");
    expect(await said(`${id}/over`)).toContain("2 reports; all resolved.");
  });

  it("goes on when one of it that is still open is reported again, and says so in the place of its last word", async () => {
    await heard("a");
    await heard("b");
    const [c, d] = [await heard("c"), await heard("d")];
    const { id } = await storm();
    for (const one of [c, d]) {
      await keepStorms(desk);
      await concluded(one.incident.id, "It leaks 3 MiB a minute");
    }
    await resolveIncident(desk, { incidentId: c.incident.id, userId: REQUESTER });
    test.moveOn(STORMS.quietMs + 1);
    await keepStorms(desk);
    // What is still open and reported again is told here; what was resolved and comes back is placed anew.
    await heard("d");
    expect((await storm()).id).toBe(id);
    await deliverAll();
    await keepStorms(desk);
    expect(await said(`${id}/over`)).toContain("goes on");
    expect(await said(`${id}/root`)).toContain("Storm: 2 incidents");
    test.moveOn(STORMS.quietMs + 1);
    await keepStorms(desk);
    expect(await desk.store.storms.active()).toEqual([]);
    expect((await heard("c")).incident.stormId).toBeUndefined();
  });

  it("is joined by one that was told alone before, whose own root says how it stands all the same", async () => {
    const { incident } = await heard("a");
    await resolveIncident(desk, { incidentId: incident.id, userId: REQUESTER });
    for (const name of ["b", "c", "d"]) await heard(name);
    expect(await said(`${incident.id}/root`)).toContain("Resolved");
    const again = await heard("a");
    expect(again).toMatchObject({ kind: "reopened", incident: { id: incident.id, stormId: (await storm()).id } });
    expect(await said(`${incident.id}/root`)).toMatch(/It is back, and told together[^]*Open/);
    await resolveIncident(desk, { incidentId: incident.id, userId: REQUESTER });
    expect(await said(`${incident.id}/root`)).toContain("Resolved");
  });

  it("gives up a member to a thread of its own: by the button, and when somebody asks", async () => {
    await heard("a");
    await heard("b");
    const threshold = { amount: 0.9, unit: "share" } as const;
    const [c, d] = [await heard("c", "warning", { says: "MemoryHigh", words: "c uses 91%", value: "0.91", threshold }), await heard("d")];
    // The worst alert of a member is what its thread tells.
    await heard("d", "critical", { says: "MemoryVeryHigh", value: "0.99" });
    expect(await takeOut(desk, c.incident.id)).toMatchObject({ kind: "taken-out" });
    expect(await takeOut(desk, c.incident.id)).toMatchObject({ kind: "has-its-own" });
    expect(await takeOut(desk, "inc_none")).toEqual({ kind: "no-such-incident" });
    expect(await said(`${c.incident.id}/root`)).toMatch(/docker\/c[^]*c uses 91%/);
    expect(await said(`${c.incident.id}/alert/${c.incident.lastSeenAtMs}`)).toMatch(
      /`MemoryHigh`\* · warning[^]*c uses 91%[^]*Value `0\.91`/,
    );
    expect(await desk.store.investigations.ofIncident(c.incident.id)).toMatchObject([
      { alert: { severity: "warning", value: "0.91", threshold } },
    ]);
    expect(await queued()).toBe(3);

    const { target, problem, channel } = d.incident;
    const actor = { kind: "user", id: REQUESTER } as const;
    const asked = await openIncident(desk, { target, problem, channel, actor, runbookId: "container-memory", steps: [] });
    expect(asked.investigation).toBeDefined();
    expect(await said(`${d.incident.id}/root`)).toMatch(/docker\/d[^]*MemoryVeryHigh/);
    expect(asked.investigation).toMatchObject({ alert: { severity: "critical", value: "0.99" } });
    expect(await queued()).toBe(4);
    await keepStorms(desk);
    expect(await said(`${(await storm()).id}/root`)).toContain("2 in threads of their own");
  });

  it("is the same for two replicas that look after it at once", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) await heard(name);
    await Promise.all([keepStorms(desk), keepStorms(desk), keepStorms(desk)]);
    const members = await desk.store.storms.members((await storm()).id);
    expect(members.map(({ look }) => look).toSorted()).toEqual(["running", "waiting", "waiting"]);
    expect(await queued()).toBe(3);
  });

  it("that cannot be looked after keeps nothing else from being", async () => {
    for (const name of ["one", "two", "three"]) await heard(name);
    const { store } = desk;
    const looked: string[] = [];
    const untold = async () => {
      looked.push("strays");
      return store.strays.untold();
    };
    const members = () => Promise.reject(new Error("a row that nobody can read"));
    const warned: unknown[] = [];
    const log = { ...desk.log, warn: (facts: object) => warned.push(facts) };
    await keepStorms({ ...desk, log, store: { ...store, storms: { ...store.storms, members }, strays: { ...store.strays, untold } } });
    expect(looked).toEqual(["strays"]);
    expect(warned).toEqual([{ what: (await storm()).id, because: "a row that nobody can read" }]);
  });

  it("apart, a thread is told of a heap of reports once in a while, and of all in the end", async () => {
    const { incident } = await heard("a");
    for (let times = 0; times < 5; times += 1) await heard("a");
    expect(await said(`${incident.id}/joined`)).toContain("Reported 2 times");
    test.moveOn(20_000);
    await keepStorms(desk);
    expect(await said(`${incident.id}/joined`)).toContain("Reported 6 times");
  });
});
