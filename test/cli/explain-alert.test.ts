import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { explain } from "../../src/cli/explain.ts";
import { wazuhAlert, wazuhPost } from "../support/wazuh.ts";

const ID = "4f1c".repeat(16);

test("an alert of Wazuh's is told by its log line, in keys that are stable", () => {
  const alert = wazuhAlert({ host: "node-7", timestamp: "2026-06-11T14:22:20.511+0000" });
  expect(explain(JSON.stringify(alert, null, 2)).result).toEqual({
    kind: "alert",
    source: "wazuh",
    memoryRelated: true,
    status: "firing",
    alerts: [
      {
        name: "System running out of memory. Availability of the system is in risk.",
        class: "oom_killed",
        memoryRelated: true,
        rule: "kernel-lines",
        status: "firing",
        leadsTo: "thread",
        severity: "critical",
        target: {
          about: "container",
          cluster: null,
          namespace: null,
          owner: null,
          pod: null,
          container: null,
          node: "node-7",
          host: "node-7",
          names: [],
          process: "node",
          pid: 42,
          constraint: "cgroup",
          cgroup: null,
          containerId: null,
          podUid: null,
          anonRssBytes: 800 * 1024,
          limitBytes: null,
        },
        startsAt: "2026-06-11T14:22:20.511Z",
        labels: { rule_id: "5108", rule_level: "12", hostname: "node-7", agent: "node-7", location: "/var/log/syslog" },
        says: "The kernel killed node (pid 42): its cgroup reached its limit; it held 800.0 KiB",
      },
    ],
  });
});

test("its Slack post is told the same; the time is its attachment's", () => {
  expect(explain(JSON.stringify(wazuhPost({ host: "node-7", id: "1781187740.5106268" }))).result).toMatchObject({
    kind: "alert",
    memoryRelated: true,
    alerts: [
      {
        class: "oom_killed",
        severity: "critical",
        target: { host: "node-7", process: "node", pid: 42, constraint: "cgroup" },
        startsAt: "2026-06-11T14:22:20.000Z",
        labels: { rule_id: "5108", rule_level: "12", agent: "node-7" },
      },
    ],
  });
});

test("the container is told where the line has its cgroup", () => {
  const log = `oom-kill:constraint=CONSTRAINT_MEMCG,oom_memcg=/docker/${ID},task_memcg=/docker/${ID},task=node,pid=42,uid=0`;
  const { result, text } = explain(JSON.stringify(wazuhAlert({ log })));
  expect(result).toMatchObject({ alerts: [{ target: { containerId: ID, cgroup: `/docker/${ID}` } }] });
  expect(text).toContain(`container         ${ID}`);
});

test("an exception of Sentry's is about memory by its type or by memory that ran out, not by a word of its message", () => {
  const told = (type: string, value: string) => {
    const issue = { id: "1", title: `${type}: ${value}`, level: "error", metadata: { type, value } };
    const sent = explain(JSON.stringify({ action: "created", data: { issue } })).result;
    const posted = explain(JSON.stringify({ ...POST, text: `${type}: ${value}\nBACKEND-1A via Send a notification` })).result;
    return [sent, posted].map((result) => result.kind === "alert" && result.alerts.map((alert) => alert.class)[0]);
  };
  expect(told("KeyError", "'memory_limit'")).toEqual(["other", "other"]);
  expect(told("ValueError", "high memory usage is no number")).toEqual(["other", "other"]);
  expect(told("OSError", "[Errno 12] Cannot allocate memory")).toEqual(["out_of_memory", "out_of_memory"]);
  expect(told("OutOfMemoryError", "Java heap space")).toEqual(["out_of_memory", "out_of_memory"]);
});

test("what is not about memory is said to be so", () => {
  const alert = { ...wazuhAlert({ log: "sshd: hello" }), rule: { id: "5715", level: 3, description: "sshd: authentication success." } };
  const { result, text } = explain(JSON.stringify(alert));
  expect(result).toMatchObject({ kind: "alert", memoryRelated: false, alerts: [{ class: "other", severity: "info" }] });
  expect(text).toMatch(/^An alert that is not about memory\.\n\nsshd: authentication success\.\n/);
});

test("a line that names nobody is about memory, and no more", () => {
  const { result } = explain(JSON.stringify(wazuhAlert({ log: "Out of Memory: hm" })));
  expect(result).toMatchObject({ memoryRelated: true, alerts: [{ class: "out_of_memory" }] });
});

const POST = { type: "message", ts: "1749651740.000100", channel: "C0ALERTS01" };

test.each([
  [
    "an attachment",
    { ...POST, attachments: [{ title: "[FIRING:1] ContainerMemoryHigh", text: "container_name = kong\nseverity = critical" }] },
  ],
  ["the text", { ...POST, text: "CRITICAL: container kong is out of memory" }],
  ["an event around it", { type: "event_callback", event: { ...POST, text: "critical: container kong is at 97% of its memory limit" } }],
])("a Slack post with an alert in %s is told as a channel for alerts reads it", (_where, post) => {
  const { result, text } = explain(JSON.stringify(post));
  expect(result).toMatchObject({
    kind: "alert",
    memoryRelated: true,
    status: "firing",
    alerts: [{ severity: "critical", target: { names: expect.arrayContaining(["kong"]) } }],
  });
  expect(text).toMatch(/^An alert about memory, firing\.\n\n[^]*kong/);
});

test("a Slack post with a kernel's line tells who was killed; one about something else is said to be so", () => {
  const killed = "kernel: Memory cgroup out of memory: Killed process 42 (node) total-vm:1kB, anon-rss:800kB, file-rss:0kB, shmem-rss:0kB";
  expect(explain(JSON.stringify({ ...POST, text: killed })).result).toMatchObject({
    alerts: [{ class: "oom_killed", severity: null, target: { process: "node", pid: 42, constraint: "cgroup" } }],
  });
  expect(explain(JSON.stringify({ ...POST, text: "lunch?" })).result).toMatchObject({ memoryRelated: false, alerts: [{ class: "other" }] });
  expect(explain('{"attachments":[{"title":"hello"}]}').result).toMatchObject({ memoryRelated: false });
});

test("words about memory that may be an alert are no log, and nor is an event of PagerDuty's that is no alert", () => {
  expect(explain(JSON.stringify({ ...POST, text: "kong is out of memory again" })).result).toMatchObject({
    kind: "alert",
    memoryRelated: "unknown",
  });
  expect(explain("@channel payments pod X in n5-shop got OOMKilled").result).toMatchObject({ kind: "alert", memoryRelated: true });
  expect(explain("@channel look: web exited with code 137").result).toMatchObject({ kind: "program_log" });
  const taken = { event: { event_type: "incident.acknowledged", data: { title: "pod web-1 OOMKilled" } } };
  expect(explain(JSON.stringify(taken))).toMatchObject({
    result: { kind: "alert", source: "pagerduty", alerts: [] },
    text: "A message of pagerduty that holds no alert which fires or is over.\n",
  });
});

test("New Relic's default title names the machine, where the template leaves entities out", () => {
  const issue = {
    issueUrl: "https://one.newrelic.com/x",
    title: "Memory usage > 90.0 on 'app-host-3'",
    priority: "CRITICAL",
    state: "ACTIVATED",
  };
  expect(explain(JSON.stringify(issue)).result).toMatchObject({ alerts: [{ target: { about: "node", node: "app-host-3" } }] });
});

test("the list of Alertmanager's API is read as its alerts, each with its state", () => {
  const listed = [{ labels: { alertname: "RedisMemoryHigh", instance: "a:6379" }, annotations: {}, status: { state: "active" } }];
  const { result, text } = explain(JSON.stringify(listed));
  expect(result).toMatchObject({ source: "alertmanager", alerts: [{ name: "RedisMemoryHigh", target: { names: ["a:6379"] } }] });
  expect(text).toContain("  state             firing\n");
});

describe("JSON as people copy it", () => {
  const NAMED = { alertname: "HighMemoryUsage", namespace: "shop", pod: "web-7c9f8d6b5c-x2x4b" };
  const ALERT = { labels: NAMED, annotations: {} };
  const FIRING = { ...ALERT, state: "firing", activeAt: "2026-06-11T14:22:20Z" };
  const GROUP = { version: "4", status: "firing", alerts: [{ status: "firing", ...ALERT }] };

  test.each([
    ["between Markdown's fences", `\`\`\`json\n${JSON.stringify(GROUP, null, 2)}\n\`\`\`\n`],
    ["as a string of JSON", JSON.stringify(JSON.stringify(GROUP))],
    [
      "from Prometheus' API, without what is pending",
      JSON.stringify({ status: "success", data: { alerts: [FIRING, { ...ALERT, state: "pending" }] } }),
    ],
    ["from Alertmanager's API, in groups", JSON.stringify([{ labels: {}, receiver: { name: "slack" }, alerts: [ALERT] }])],
  ])("%s is read as its alerts", (_how, text) => {
    const { result } = explain(text);
    expect(result).toMatchObject({ source: "alertmanager", alerts: [{ name: "HighMemoryUsage", target: { pod: NAMED.pod } }] });
    expect(result).toHaveProperty("alerts.length", 1);
  });

  test("of a list of Slack's messages each is read as a post", () => {
    const bot = { ...POST, user: undefined, bot_id: "B1", text: "[FIRING:1] KubePodMemoryNearLimit (shop web-7c9f8d6b5c-x2x4b critical)" };
    const { result } = explain(JSON.stringify({ ok: true, messages: [{ ...POST, text: "lunch?" }, bot] }));
    expect(result).toMatchObject({
      memoryRelated: true,
      alerts: [{ leadsTo: "nothing" }, { leadsTo: "thread", target: { pod: NAMED.pod } }],
    });
  });

  test("broken it is said to be so, and never taken for words", () => {
    expect(explain(JSON.stringify(GROUP).replace("}]", "},]")).result).toMatchObject({
      because: expect.stringMatching(/^This is no whole JSON/),
    });
  });

  test("Splunk's is an alert before the log line that it carries, about memory or not", () => {
    const search = { sid: "rt_1", search_name: "OOM kills", results_link: "http://splunk.example/1", app: "search" };
    const line =
      "Memory cgroup out of memory: Killed process 796205 (java) total-vm:4194304kB, anon-rss:1048576kB, file-rss:0kB, shmem-rss:0kB";
    expect(
      explain(JSON.stringify({ ...search, result: { host: "worker-3", pod: NAMED.pod, namespace: "shop", _raw: line } })).result,
    ).toMatchObject({
      kind: "alert",
      source: "generic",
      alerts: [{ class: "oom_killed", target: { pod: NAMED.pod, process: "java" } }],
    });
    expect(explain(JSON.stringify({ ...search, search_name: "Disk nearly full", result: { host: "db-4" } })).result).toMatchObject({
      memoryRelated: false,
    });
  });
});

test("JSON that nobody's webhook takes is said to be so, and where it is broken", () => {
  const because = (text: string) => {
    const { result } = explain(text);
    return result.kind === "unknown" ? result.because : result.kind;
  };
  expect(because('{"alerts":[{"title":"memory high","value":3}]}')).toMatch(
    /^I cannot tell whose JSON this is\. Its "alerts" have no labels/,
  );
  expect(because('{"alerts":[{"title":"memory high",}]}')).toMatch(/^This is no whole JSON: .* 34\.$/);
  expect(because("[ERROR] 2026 nothing of ours")).toMatch(/^Expected the output of/);
});

test("a log that somebody pasted into a Slack post is read as the log that it is", () => {
  expect(explain(JSON.stringify({ ...POST, text: "look: web exited with code 137" })).result).toMatchObject({
    kind: "program_log",
    verdict: "undetermined",
  });
});

test.each([
  ["JSON of another sender", '{"alerts":[]}'],
  ["odd attachments", '{"attachments":[null]}'],
  ["no object", "[1]"],
  ["half of an alert", '{"rule":{"id":"5108"'],
])("%s is left to others", (_what, text) => {
  expect(explain(text).result.kind).toBe("unknown");
});

// Alerts of others, where they are at hand.
const SAMPLES = resolve(import.meta.dirname, "../../../shared/samples/alerts");

test.skipIf(!existsSync(SAMPLES))("samples of Wazuh's are told as they are labelled", () => {
  const told = readdirSync(SAMPLES)
    .filter((name) => name.includes("wazuh"))
    .map((name) => {
      const { result } = explain(readFileSync(resolve(SAMPLES, name), "utf8"));
      if (result.kind !== "alert") return [name, result.kind];
      return [name, result.memoryRelated, result.alerts.map(({ target }) => [target.host, target.process, target.constraint])];
    });
  expect(told).toEqual([
    ["36_wazuh_alert_memcg_oom.json", true, [["k8s-worker-02", "mysqld", "cgroup"]]],
    ["37_wazuh_slack_memcg_oom.json", true, [["k8s-worker-02", "mysqld", "cgroup"]]],
    ["38_wazuh_slack_global_oom.json", true, [["k8s-worker-02", "uwsgi", "global"]]],
    ["39_wazuh_slack_dpkg.json", false, [["test", null, "unknown"]]],
  ]);
});

test.each([
  [
    { alertname: "RedisMemoryFull", instance: "sessions:6379" },
    "firing",
    "a thread with an investigation, or one more in the thread that is open",
  ],
  [{ alertname: "RedisMemoryFull", instance: "sessions:6379" }, "resolved", "the end of its incident, where one is open"],
  [
    { alertname: "KubePodCrashLooping", namespace: "shop", pod: "web-1" },
    "firing",
    "a quiet offer below its post where its target is known, once an hour",
  ],
  [{ alertname: "CertificateExpiresSoon" }, "firing", "nothing\n"],
])("the text says what %j that is %s leads to", (labels, status, says) => {
  expect(explain(JSON.stringify({ version: "4", status, alerts: [{ status, labels, annotations: {} }] })).text).toContain(
    `  leads to          ${says}`,
  );
});
