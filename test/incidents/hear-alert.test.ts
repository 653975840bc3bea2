import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Severity } from "../../src/domain/alert.ts";
import { hearAlert, type Hearing } from "../../src/incidents/hear-alert.ts";
import { CHANNEL, SHOP, startDesk, type TestDesk } from "../support/desk.ts";

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

  it("has the thread below its post; another of the same post begins its own", async () => {
    const first = await heard("post/0", { rootTs: POST_TS });
    const second = await heard("post/1", { rootTs: POST_TS, target: { kind: "redis", name: "cart" } });
    const again = await heard("post/2", { rootTs: POST_TS });
    const roots = await Promise.all([first, second, again].map(async (one) => (await test.desk.store.incidents.get(idOf(one)))?.rootTs));
    expect(roots).toEqual([POST_TS, undefined, POST_TS]);
    expect(idOf(again)).toBe(idOf(first));
  });
});
