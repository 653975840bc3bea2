import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Severity } from "../../src/domain/alert.ts";
import { hearAlert } from "../../src/incidents/hear-alert.ts";
import type { Hearing } from "../../src/incidents/hearing.ts";
import { beginInvestigation, concludeInvestigation } from "../../src/incidents/investigations.ts";
import { resolveByAlert, resolveIncident } from "../../src/incidents/resolve.ts";
import { CHANNEL, REQUESTER, SHOP, startDesk, type TestDesk } from "../support/desk.ts";

const POST_TS = "1700000000.000100";

describe("an alert about a target that was found", () => {
  let test: TestDesk;
  beforeEach(async () => {
    test = await startDesk();
  });
  afterEach(() => test.stop());

  const heard = (key: string, { severity = null, ...more }: Partial<Hearing> & { readonly severity?: Severity | null } = {}) =>
    hearAlert(test.desk, {
      target: SHOP,
      problem: "redis-memory",
      channel: CHANNEL,
      actor: { kind: "alert", source: "alertmanager" },
      runbookId: "redis-memory",
      steps: [],
      heardAtMs: test.desk.clock.nowMs(),
      key,
      alert: { source: "alertmanager", class: "redis_memory", severity, labels: {}, subject: { about: "redis", names: [], hosts: [] } },
      ...more,
    });
  const idOf = (opened: Awaited<ReturnType<typeof heard>>) => (opened.kind === "heard-already" ? "" : opened.incident.id);
  const severities = () => test.news.flatMap((news) => (news.kind === "worse" ? [`${news.from} to ${news.to}`] : []));

  it("is counted once by its key, however often and at once it comes", async () => {
    const first = await heard("grafana/1/0");
    const rest = await Promise.all(Array.from({ length: 9 }, (_, index) => heard(`grafana/${index % 3}/0`)));
    expect(rest.filter(({ kind }) => kind === "heard-already")).toHaveLength(7);
    const { incidents, heard: table } = test.desk.store;
    expect(await incidents.get(idOf(first))).toMatchObject({ timesSeen: 3 });
    expect(await table.counts(idOf(first))).toMatchObject([{ source: "alertmanager", count: 3 }]);
  });

  it("that fires again leaves no entry in the audit and no line in the timeline; the count has it", async () => {
    const first = await heard("a");
    await heard("b");
    expect(await test.auditKinds()).toEqual(["incident-opened"]);
    expect(await test.desk.store.incidents.timeline(idOf(first))).toMatchObject([{ says: "Opened" }]);
  });

  it("that is worse than was known is told; the first word on it and a better one are not", async () => {
    const first = await heard("a");
    await heard("b", { severity: "warning" });
    await heard("c", { severity: "critical" });
    await heard("d", { severity: "warning" });
    expect(severities()).toEqual(["warning to critical"]);
    expect(await test.desk.store.incidents.get(idOf(first))).toMatchObject({ severity: "critical" });
  });

  it("opens by the worst of those that come at once, which the others join", async () => {
    const busy = heard("other", { target: { kind: "redis", name: "sessions" } });
    const [first, worst] = await Promise.all([heard("a", { severity: "warning" }), heard("b", { severity: "critical" })]);
    await busy;
    expect([first.kind, worst.kind]).toEqual(["joined", "opened"]);
    expect(await test.desk.store.incidents.get(idOf(worst))).toMatchObject({ severity: "critical", timesSeen: 2 });
    expect(severities()).toEqual([]);
  });

  const MIN = 60_000;
  const looks = () => test.news.flatMap((news) => ("look" in news && news.look !== undefined ? [news.look] : []));
  /** What the newest look came to. */
  const looked = async (verdict: string, more: { readonly hadRoom?: true } = {}) => {
    const [last] = await test.desk.store.investigations.newest((await test.desk.store.incidents.list({ limit: 9 })).map(({ id }) => id));
    const underway = await beginInvestigation(test.desk, last?.id ?? "");
    const finding = { verdict, headline: "Redis has room", confidence: 0.9, for: [], against: [], advice: [] };
    if (underway === undefined) throw new Error("there is nothing to look at");
    const diagnosis = { finding, hypotheses: [], summary: [], suspects: undefined, furtherSteps: [], ...more };
    await concludeInvestigation(test.desk, underway, { diagnosis, failures: [] });
  };
  const named = (name: string, severity: Severity, more: Partial<Hearing["alert"]> = {}) => {
    const subject = { about: "redis", names: [], hosts: [] } as const;
    return { source: "alertmanager", class: "redis_memory", severity, labels: {}, subject, name, says: name, ...more } as const;
  };

  it("that becomes worse is looked at anew at once, by its own runbook, and the root drops the verdict", async () => {
    const first = await heard("a", { alert: named("RedisMemoryHigh", "warning") });
    await looked("healthy");
    const worse = await heard("b", { alert: named("RedisMaxmemoryReached", "critical"), runbookId: "newer" });
    expect(worse).toMatchObject({ kind: "joined", investigation: { runbookId: "newer", state: "queued" } });
    expect(looks()).toMatchObject([{ because: "worse", alert: { says: "RedisMaxmemoryReached" } }]);
    const root = await test.desk.store.outbox.bySlot(`${idOf(first)}/root`);
    expect(JSON.stringify(root?.content)).toContain("Being looked at again: RedisMaxmemoryReached");
    expect(JSON.stringify(root?.content)).not.toContain("has room");
    expect((await test.jobs("investigate")).map(({ id }) => id)).toHaveLength(2);
    await heard("c", { alert: named("RedisOther", "critical") });
    expect(looks()).toHaveLength(1); // one waits already
  });

  it("by another name waits until five minutes after the last look; what is worse meanwhile brings it forward", async () => {
    await heard("a", { alert: named("RedisMemoryHigh", "info") });
    await looked("near-full");
    await heard("b", { alert: named("RedisEvicting", "info") });
    expect(looks()).toMatchObject([{ because: "another", fromMs: expect.any(Number) }]);
    const waiting = looks()[0]?.investigation.id ?? "";
    expect((await test.jobs("investigate")).map(({ id }) => id)).toContain(`${waiting}-later`);
    await heard("c", { alert: named("RedisMaxmemoryReached", "critical") });
    expect(looks().map(({ because, investigation }) => [because, investigation.id])).toEqual([
      ["another", waiting],
      ["worse", waiting],
    ]);
    expect((await test.jobs("investigate")).map(({ id }) => id)).toContain(waiting);
  });

  it("that joins an old look, or one that had found nothing wrong, is looked at, where that is too soon when the pause is over", async () => {
    await heard("a", { alert: named("RedisMemoryHigh", "warning") });
    await looked("near-full");
    test.moveOn(6 * MIN);
    await heard("b", { alert: named("RedisMemoryHigh", "warning") });
    expect(looks()).toEqual([]);
    test.moveOn(5 * MIN);
    await heard("c", { alert: named("RedisMemoryHigh", "warning") });
    await looked("healthy");
    await heard("d", { alert: named("RedisMemoryHigh", "warning") });
    await heard("e", { alert: named("RedisMemoryHigh", "warning") }); // one waits already
    expect(looks()).toMatchObject([{ because: "outdated" }, { because: "was-well", fromMs: expect.any(Number) }]);
    expect((await test.jobs("investigate")).map(({ id }) => id)).toContain(`${looks()[1]?.investigation.id}-later`);
  });

  it("that tells of refused writes is looked at at once where the last look had found room, from then on when the pause is over", async () => {
    const refused = { alert: named("OOM command not allowed", "critical", { refusesWrites: true }) };
    await heard("a", { alert: named("RedisMemoryHigh", "critical", { name: "OOM command not allowed" }) });
    await looked("near-full", { hadRoom: true });
    await Promise.all(["b", "c", "d"].map((key) => heard(key, refused)));
    expect(looks().map(({ because, fromMs }) => [because, fromMs])).toEqual([["refused", undefined]]);
    await looked("near-full", { hadRoom: true });
    await heard("e", refused);
    await heard("f", refused);
    expect(looks()).toMatchObject([{}, { because: "refused", fromMs: expect.any(Number) }]);
    test.moveOn(5 * MIN);
    await looked("full-under-noeviction");
    await heard("g", refused);
    expect(looks()).toHaveLength(2); // it is known
  });

  it("that tells of refused writes while a look runs or waits that knows nothing of it is looked at in a minute, or now", async () => {
    const refused = { alert: named("RedisMemoryHigh", "critical", { refusesWrites: true }) };
    await heard("a", { alert: named("RedisMemoryHigh", "critical") });
    const [running] = await test.desk.store.investigations.newest((await test.desk.store.incidents.list({ limit: 1 })).map(({ id }) => id));
    await beginInvestigation(test.desk, running?.id ?? "");
    await heard("b", refused);
    await heard("c", refused);
    expect(looks()).toMatchObject([{ because: "refused", fromMs: expect.any(Number) }]);
  });

  it("that tells of refused writes brings a look forward that waits its time, once", async () => {
    await heard("a", { alert: named("RedisMemoryHigh", "critical") });
    await looked("near-full", { hadRoom: true });
    await heard("b", { alert: named("RedisEvicting", "critical") });
    for (const key of ["c", "d"]) await heard(key, { alert: named("RedisFull", "critical", { refusesWrites: true }) });
    expect(looks().map(({ because, fromMs }) => [because, fromMs === undefined])).toEqual([
      ["another", false],
      ["refused", true],
    ]);
    expect(new Set(looks().map(({ investigation }) => investigation.id)).size).toBe(1);
  });

  it("that fires again after it was over is looked at, also where another still fires", async () => {
    await heard("a", { alert: named("RedisMemoryHigh", "warning") });
    await heard("b", { alert: named("RedisOther", "warning") });
    await looked("near-full");
    const again = named("RedisMemoryHigh", "warning");
    await heard("c", { alert: again });
    const ending = { target: SHOP, problem: "redis-memory", alert: { ...again, memory: "yes" }, atMs: test.desk.clock.nowMs() } as const;
    expect(await resolveByAlert(test.desk, ending)).toMatchObject({ kind: "goes-on", firing: 1 });
    test.moveOn(MIN);
    await heard("d", { alert: again });
    expect(looks()).toMatchObject([{ because: "refired", fromMs: expect.any(Number) }]);
    const over = named("RedisOther", "warning");
    for (const alert of [again, over]) await resolveByAlert(test.desk, { ...ending, alert: { ...alert, memory: "yes" } });
    const [last] = test.news.filter(({ kind }) => kind === "resolved");
    expect(last).toMatchObject({ says: expect.stringMatching(/^The alert resolved\. Last looked at .* before: Redis has room$/) });
  });

  it("of a kill is looked at, once for all who tell of it; a look that waits is forgone when it is resolved", async () => {
    const first = await heard("a", { alert: named("ContainerMemoryHigh", "warning", { class: "memory_high" }) });
    await looked("near-limit");
    await heard("b", { alert: named("ContainerOOMKilled", "warning", { class: "oom_killed" }) });
    expect(looks().map(({ because }) => because)).toEqual(["killed"]);
    await resolveIncident(test.desk, { incidentId: idOf(first), userId: REQUESTER });
    const [last] = await test.desk.store.investigations.newest([idOf(first)]);
    expect(last).toMatchObject({ state: "failed", because: expect.stringContaining("resolved") });
  });

  it("that opens it again weighs as much as it says, and the history says what it was", async () => {
    const first = await heard("a", { severity: "critical" });
    await resolveIncident(test.desk, { incidentId: idOf(first), userId: REQUESTER });
    const again = await heard("b", { severity: "warning" });
    expect(again).toMatchObject({ kind: "reopened", incident: { id: idOf(first), severity: "warning" } });
    expect(await test.desk.store.incidents.get(idOf(first))).toMatchObject({ severity: "warning" });
    const said = (await test.desk.store.incidents.timeline(idOf(first))).map(({ says }) => says);
    expect(said).toContain("Reopened (critical before, warning now)");
  });

  it("by webhook stands in the root and below it in its own words, and in the history", async () => {
    const words = "Redis at *93%* of <!channel> maxmemory";
    const first = await heard("a", {
      alert: named("RedisMemoryHigh", "warning", { words, value: "93", link: "http://a:b@prom.local:9090/graph" }),
    });
    const { outbox, incidents } = test.desk.store;
    const all = await outbox.ofIncident(idOf(first));
    const said = JSON.stringify(all.find(({ slot }) => slot.startsWith(`${idOf(first)}/alert/`))?.content);
    expect(said).toContain("`RedisMemoryHigh`");
    expect(said).toContain("Value `93` · <http://prom.local:9090/graph|Open at prom.local:9090>");
    expect(said).not.toContain("<!channel>");
    expect(JSON.stringify(all.find(({ slot }) => slot.endsWith("/root"))?.content)).toContain("Redis at");
    expect((await incidents.timeline(idOf(first))).map(({ says }) => says)).toContain(
      `RedisMemoryHigh (warning) · ${words} · value 93 · http://***@prom.local:9090/graph`,
    );
  });

  it("is told with all that were counted, the one that tells it too", async () => {
    const first = await heard("a");
    await heard("b");
    const joined = await test.desk.store.outbox.bySlot(`${idOf(first)}/joined`);
    expect(JSON.stringify(joined?.content)).toContain("Reported 2 times by alertmanager");
  });

  it("has the thread below its post; another of the same post begins its own", async () => {
    const first = await heard(`${CHANNEL}/${POST_TS}/0`, { rootTs: POST_TS });
    const second = await heard(`${CHANNEL}/${POST_TS}/1`, { rootTs: POST_TS, target: { kind: "redis", name: "cart" } });
    const again = await heard(`${CHANNEL}/${POST_TS}/2`, { rootTs: POST_TS });
    const reply = await heard(`${CHANNEL}/1700000000.000200/0`, { rootTs: POST_TS, target: { kind: "redis", name: "till" } });
    const all = await Promise.all([first, second, again, reply].map((one) => test.desk.store.incidents.get(idOf(one))));
    expect(all.map((one) => one?.rootTs)).toEqual([POST_TS, undefined, POST_TS, undefined]);
    expect(all.map((one) => one?.postTs)).toEqual([POST_TS, POST_TS, POST_TS, undefined]);
    expect(idOf(again)).toBe(idOf(first));
  });
});
