import { describe, expect, test } from "vitest";
import { createJudge } from "../../src/alerts/judge.ts";
import { readAlert } from "../../src/alerts/read-alert.ts";
import { withoutTitleMarks } from "../../src/alerts/title-marks.ts";

const judge = createJudge();
const read = (text: string) => readAlert({ text }, judge).alerts[0];

const POD = "web-7c9d8f6b5-x2x4b";

describe("Slack's marks around a title's state and name", () => {
  test.each([
    ["*[FIRING:1]* `RedisMemoryHigh` web", "[FIRING:1] RedisMemoryHigh web"],
    ["*[FIRING:1] RedisMemoryHigh* web", "[FIRING:1] RedisMemoryHigh web"],
    ["`[RESOLVED]` _RedisMemoryHigh_ ~web~", "[RESOLVED] RedisMemoryHigh web"],
    [":fire: *[P1]* *[Triggered on {host:db-2}]* `Memory high`", ":fire: [P1] [Triggered on {host:db-2}] Memory high"],
    ["[FIRING:1] node_memory_high *Pod:* `web-1`", "[FIRING:1] node_memory_high *Pod:* `web-1`"],
    ["talk\n*[FIRING]* X\n*bold*", "talk\n[FIRING] X\n*bold*"],
  ])("%j is read as %j", (written, plain) => {
    expect(withoutTitleMarks(written)).toBe(plain);
  });

  test("hide neither name, state nor labels", () => {
    const text = `*[FIRING]* \`ContainerMemoryHigh\` severity=page namespace=shop pod=${POD} container=app`;
    expect(read(text)).toMatchObject({
      name: "ContainerMemoryHigh",
      memory: "yes",
      class: "memory_high",
      severity: "critical",
      labels: { namespace: "shop", pod: POD, container: "app" },
      subject: { about: "workload", namespace: "shop", pod: POD, container: "app", names: ["app"] },
    });
    expect(read("*[FIRING:1]* `RedisMemoryHigh` sessions-redis at 97% of limit")).toMatchObject({
      name: "RedisMemoryHigh",
      class: "redis_memory",
      subject: { names: ["sessions-redis"] },
    });
    expect(read("*[RESOLVED]* `RedisMemoryHigh` sessions-redis")).toMatchObject({ status: "resolved", class: "redis_memory" });
  });

  test("cost no more than their length, however many there are", () => {
    for (const piece of ["*", "_", "`", ":a", "*[FIRING]* ", "*[FIRING]*\n", "[P1] `"])
      expect(withoutTitleMarks(piece.repeat(100_000 / piece.length)).length).toBeGreaterThan(0);
  });
});

describe("a title's severity", () => {
  test.each(["page", "high", "P1", "error", "major", "critical"])("is critical where its values end with %s", (word) => {
    expect(read(`[FIRING:1] PodMemoryHigh (app shop ${POD} ${word})`)?.severity).toBe("critical");
  });

  test("is no word of a sentence", () => {
    expect(read("[FIRING:1] Memory high on landing page")?.severity).toBeNull();
    expect(read(`[FIRING:1] PodMemoryHigh shop ${POD} page`)?.severity).toBe("critical");
  });

  test("is Datadog's priority, and PagerDuty's urgency wherever it stands on a line", () => {
    expect(read("[P1] [Triggered on {host:db-02}] Memory high")).toMatchObject({ severity: "critical", subject: { hosts: ["db-02"] } });
    const urgent = "Service: Kubernetes Prod | Assigned to: a responder | Urgency: High";
    expect(read(`Triggered #4711: High memory on worker-7 (92%)\n${urgent}`)).toMatchObject({
      source: "pagerduty",
      severity: "critical",
      subject: { about: "node", names: [], hosts: ["worker-7"] },
    });
  });
});

describe("whom a title names", () => {
  test.each(["Triggered", "Recovered"])("by Datadog's tags behind it: %s", (state) => {
    expect(read(`${state}: [P2] Pod memory high on kube_namespace:shop,pod_name:${POD}`)).toMatchObject({
      name: `Pod memory high on kube_namespace:shop,pod_name:${POD}`,
      severity: "warning",
      status: state === "Triggered" ? "firing" : "resolved",
      subject: { about: "workload", namespace: "shop", pod: POD },
    });
  });

  test("in a sentence, whose other words name nobody", () => {
    expect(read(`[FIRING] ContainerMemoryHigh pod ${POD} at 97% of limit`)?.subject).toEqual({
      about: "workload",
      names: [POD],
      hosts: [],
      pod: POD,
    });
    expect(read("[RESOLVED] High memory on worker-7 (92%)")).toMatchObject({
      name: "High memory on worker-7",
      subject: { about: "node", names: [], hosts: ["worker-7"] },
    });
    expect(read("Fired: node_memory_working_set_percentage > 85 on vm-12")?.subject.hosts).toEqual(["vm-12"]);
  });

  test("with its namespace before a slash", () => {
    const subject = { about: "workload", namespace: "shop", pod: POD };
    expect(read(`[FIRING:1] HighMemoryUsage\nSeverity: critical\nPod: shop/${POD}`)?.subject).toMatchObject(subject);
  });
});

test("a class that a user's rule names is what it is, whomever the alert names", () => {
  const rule = { id: "stalls", says: "", when: [{ phrases: ["eviction stalls"] }] };
  const text = "[mongo-3] cache eviction stalls\nhost: mongo-3";
  const classBy = (verdict: object) =>
    readAlert({ text }, createJudge([{ ...rule, verdict: { memory: "yes", ...verdict } }])).alerts[0]?.class;
  expect(classBy({ class: "memory_high" })).toBe("memory_high");
  expect(classBy({})).toBe("node_memory_high");
});
