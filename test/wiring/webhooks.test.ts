import { createHmac } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startRedis, type RedisLab } from "../../scripts/lab/redis.ts";
import { connectQueue, type QueueConnection } from "../../src/adapters/bullmq/connection.ts";
import { createJobQueue } from "../../src/adapters/bullmq/create-job-queue.ts";
import { json } from "../../src/adapters/http/pages.ts";
import { createHttpServer, type HttpServer } from "../../src/adapters/http/server.ts";
import { createJudge } from "../../src/alerts/judge.ts";
import { loadCommandLineConfig } from "../../src/config.ts";
import type { SentAlerts } from "../../src/domain/alert.ts";
import { readPayload } from "../../src/jobs/schema.ts";
import type { JobQueue } from "../../src/ports/job-queue.ts";
import { webhooksOf } from "../../src/wiring/webhooks.ts";

/* Every route over HTTP, as the process has them: the server, the proofs, the readers, the judge, and a queue in a real Redis. */

const secretOf = (sender: string): string => `made-up-secret-of-${sender}`;
const YAML = `
webhooks:
  ${["wazuh", "alertmanager", "grafana", "cloudwatch", "pagerduty", "sentry", "datadog", "newrelic"]
    .map((sender) => `${sender}Secret: ${secretOf(sender)}`)
    .join("\n  ")}
  generic:
    zabbix:
      secret: ${secretOf("zabbix")}
      alerts: data.problems
      name: event.name
      status: event.state
      severity: severity
      text: [event.opdata, lines]
      labels: { host: host.name, pod: tags.0.value }
      startsAt: clock
      link: url
      id: eventId
    plain: { secretFile: /secret, name: title }
`;

const OOM = {
  labels: { alertname: "ContainerOOMKilled", namespace: "shop", pod: "web-7d4b9c6f5-x2x7k" },
  annotations: { summary: "OOMKilled" },
};

describe("the webhooks", () => {
  let redis: RedisLab;
  let connection: QueueConnection;
  let queue: JobQueue & { close(): Promise<void> };
  let server: HttpServer;
  const added: SentAlerts[] = [];
  const logged: object[] = [];
  let duplicates = 0;

  beforeAll(async () => {
    redis = await startRedis({ policy: "noeviction" });
    const heard = (facts: object): void => void logged.push(facts);
    const log = { debug: heard, info: heard, warn: heard, error: heard };
    connection = connectQueue({ url: redis.url, prefix: "webhooks", answerWithinMs: 2_000, stalledAfterMs: 1_000 }, log);
    queue = createJobQueue(connection, { duplicateDropped: () => void (duplicates += 1) });
    const writtenDown: JobQueue = {
      ...queue,
      async add(name, payload, options) {
        const outcome = await queue.add(name, payload, options);
        added.push(readPayload("alert", structuredClone(payload)).sent);
        return outcome;
      },
    };
    const clock = { nowMs: () => Date.now(), sleep: async () => undefined };
    const metrics = { received: () => undefined } as never;
    const readFile = (path: string): string => (path === "oomph.yaml" ? YAML : secretOf("plain"));
    const loaded = loadCommandLineConfig({ env: {}, readFile });
    if (loaded.kind === "invalid") throw new Error(JSON.stringify(loaded.problems));
    const mounts = webhooksOf(loaded.config, { queue: writtenDown, clock, log, metrics }, createJudge());
    server = await createHttpServer({
      host: "127.0.0.1",
      port: 0,
      pages: { "/alive": async () => json(200, {}) },
      mounts,
    });
  });

  beforeEach(() => {
    duplicates = 0;
    for (const list of [added, logged]) list.splice(0);
  });

  afterAll(async () => {
    await server?.close(100);
    await queue?.close();
    connection?.close();
    await redis?.stop();
  });

  async function post(path: string, body: unknown, headers?: Record<string, string>) {
    const own = headers ?? { authorization: `Bearer ${secretOf(path.split("/").at(-1) ?? "")}` };
    const content = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
    const response = await fetch(`${server.url}/webhooks/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...own },
      body: content as string,
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  const group = (count: number, one: object = OOM) => ({
    version: "4",
    status: "firing",
    alerts: Array.from({ length: count }, () => one),
  });

  describe("of each sender", () => {
    const folder = resolve(import.meta.dirname, "../fixtures/alerts");
    const senders = ["alertmanager", "cloudwatch", "datadog", "grafana", "newrelic", "pagerduty", "sentry"];
    const fixtures = senders.flatMap((sender) =>
      readdirSync(join(folder, sender)).map((name) => {
        const { sent, expected } = JSON.parse(readFileSync(join(folder, sender, name), "utf8")) as {
          sent: unknown;
          expected: { id?: string };
        };
        return { sender, name, sent, id: expected.id };
      }),
    );

    test.each(fixtures)("takes $sender/$name once, and a second time counts nothing", async ({ sender, sent, id }) => {
      const first = await post(sender, sent);
      expect([200, 202]).toContain(first.status);
      expect(added.length > 0).toBe(first.status === 202); // nothing else says that it is kept
      expect(added.every((one) => one.id.startsWith(`${sender}/${id ?? ""}`))).toBe(true);
      const kept = added.length;
      const second = await post(sender, sent);
      expect([second.status, second.body["status"]]).toEqual([first.status, kept === 0 ? "ignored" : "known"]);
      expect(duplicates).toBe(kept);
    });

    test("reads JSON of an unknown sender by its mapping", async () => {
      const problem = {
        event: { name: "Container web was OOMKilled", state: "PROBLEM", opdata: "OOMKilled" },
        severity: "Disaster",
        lines: ["one", 2, { three: 3 }],
        host: { name: "node-3" },
        tags: [{ value: "web-1" }],
        clock: 1_777_709_534,
        url: "https://zabbix.example/1",
      };
      const body = { eventId: 4711, data: { problems: [problem, "nothing", { ...problem, event: { ...problem.event, state: "OK" } }] } };
      expect(await post("generic/zabbix", body)).toMatchObject({ status: 202, body: { id: "4711", leftOut: 1 } });
      expect(added[0]).toMatchObject({ id: "generic/4711", leftOut: 1 });
      expect(added[0]?.alerts).toMatchObject([
        {
          name: "Container web was OOMKilled",
          source: "generic",
          status: "firing",
          severity: "critical",
          labels: { host: "node-3", pod: "web-1" },
          startsAtMs: 1_777_709_534_000,
          link: "https://zabbix.example/1",
        },
        { status: "resolved" },
      ]);
      expect(await post("generic/zabbix", { data: [] })).toMatchObject({
        status: 400,
        body: { error: expect.stringContaining("data.problems") },
      });
      expect(await post("generic/plain", { title: "pod web-1 was OOMKilled" })).toMatchObject({ status: 202 });
      expect(await post("generic/plain", [])).toMatchObject({ status: 400 });
      expect((await post("generic/other", {})).status).toBe(404);
    });
  });

  describe("ask who sends", () => {
    const body = JSON.stringify(group(1));
    const pagerduty = readFileSync(resolve(import.meta.dirname, "../fixtures/alerts/pagerduty/triggered.json"), "utf8");
    // What happened more than a day ago is not taken, however well it is signed.
    const sent = JSON.stringify((JSON.parse(pagerduty) as { sent: object }).sent).replace(
      /"occurred_at":"[^"]+"/,
      `"occurred_at":"${new Date().toISOString()}"`,
    );
    const hmac = (secret: string, text: string): string => createHmac("sha256", secret).update(text).digest("hex");

    test("Alertmanager and Grafana by a password", async () => {
      const basic = (password: string) => ({ authorization: `Basic ${Buffer.from(`oomph:${password}`).toString("base64")}` });
      expect((await post("alertmanager", body, basic(secretOf("alertmanager")))).status).toBe(202);
      expect((await post("alertmanager", body, basic(secretOf("grafana")))).status).toBe(401);
      expect((await post("grafana", body, basic(secretOf("grafana")))).status).toBe(202);
    });

    test("nobody without a secret, and each route wants its own", async () => {
      for (const sender of [
        "wazuh",
        "alertmanager",
        "grafana",
        "cloudwatch",
        "pagerduty",
        "sentry",
        "datadog",
        "newrelic",
        "generic/zabbix",
      ]) {
        expect((await post(sender, body, {})).status).toBe(401);
        const other = sender === "grafana" ? "alertmanager" : "grafana";
        const refused = await post(sender, body, { authorization: `Bearer ${secretOf(other)}` });
        expect(refused.status).toBe(401);
        expect(refused.body["error"]).toMatch(/webhooks\.(generic\.zabbix\.secret|\w+Secret)/);
      }
      expect(added).toEqual([]);
    });

    test("PagerDuty by the signature of its body, while a secret is replaced by one of two", async () => {
      const right = hmac(secretOf("pagerduty"), sent);
      const wrong = hmac("another-made-up-secret", sent);
      for (const header of [`v1=${right}`, `v1=${wrong},v1=${right}`, `v2=${wrong}, v1=${right}`])
        expect((await post("pagerduty", sent, { "x-pagerduty-signature": header })).status).toBe(202);
      const refused = [
        `v1=${wrong}`,
        right,
        `v2=${right}`,
        "v1=",
        "",
        `v1=${right.slice(2)}`,
        `v1=${right}00`,
        `${"v1=00,".repeat(500)}v1=${right}`,
      ];
      for (const header of refused)
        expect([401, 403]).toContain((await post("pagerduty", sent, { "x-pagerduty-signature": header })).status);
      const changed = sent.replace("Shop", "shop");
      expect((await post("pagerduty", changed, { "x-pagerduty-signature": `v1=${right}` })).status).toBe(403);
      const old = sent.replace(/"occurred_at":"[^"]+"/, '"occurred_at":"2026-01-01T00:00:00Z"');
      const recorded = await post("pagerduty", old, { "x-pagerduty-signature": `v1=${hmac(secretOf("pagerduty"), old)}` });
      expect(recorded).toMatchObject({ status: 403, body: { error: "it was signed more than a day ago" } });
      // A wrong signature is not made right by the secret beside it.
      const both = { "x-pagerduty-signature": `v1=${wrong}`, authorization: `Bearer ${secretOf("pagerduty")}` };
      expect((await post("pagerduty", sent, both)).status).toBe(403);
    });

    test("Sentry by the signature of its body", async () => {
      const signature = hmac(secretOf("sentry"), '{"data":{"event":{"title":"OOMKilled"}}}');
      expect((await post("sentry", '{"data":{"event":{"title":"OOMKilled"}}}', { "sentry-hook-signature": signature })).status).not.toBe(
        403,
      );
      expect((await post("sentry", '{"data":{"event":{"title":"OOMkilled"}}}', { "sentry-hook-signature": signature })).status).toBe(403);
    });
  });

  describe("hold out", () => {
    test("a large group is taken whole, in parts; what is left out is counted and said", async () => {
      const alerts = Array.from({ length: 120 }, (_, n) => ({ labels: { ...OOM.labels, pod: `web-${n}` } }));
      expect(await post("alertmanager", { alerts: [...alerts, "nothing"], truncatedAlerts: 6 })).toMatchObject({
        status: 202,
        body: { leftOut: 7 },
      });
      expect(added.map((part) => part.alerts.length)).toEqual([50, 50, 20]);
      expect(new Set(added.flatMap((part) => part.alerts.map(({ labels }) => labels["pod"]))).size).toBe(120);
      expect(new Set(added.map(({ id }) => id)).size).toBe(3);
      expect(added.flatMap(({ leftOut }) => leftOut ?? [])).toEqual([7]);
      expect(logged).toContainEqual({ source: "alertmanager", leftOut: 7 });
      added.splice(0);
      // None of those that were looked at is about memory: that others were not is said all the same.
      const harmless = { version: "4", truncatedAlerts: 3, alerts: [{ labels: { alertname: "InstanceDown" } }] };
      expect(await post("alertmanager", harmless)).toMatchObject({ status: 202, body: { leftOut: 3 } });
      expect(added).toMatchObject([{ alerts: [], leftOut: 3 }]);
    });

    test("bodies that are too large, broken or not meant well", async () => {
      const large = `{"alerts":[],"x":"${"x".repeat(10 * 2 ** 20)}"}`;
      for (const sender of ["alertmanager", "grafana", "datadog", "sentry", "generic/zabbix"])
        expect((await post(sender, large)).status).toBe(413);
      for (const broken of ["", "{", "[".repeat(2 ** 20), `{"alerts":${"[".repeat(5e5)}`, new Uint8Array([0x7b, 0xff, 0x7d])])
        expect((await post("alertmanager", broken)).status).toBe(400);
      const nested = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
      const tooDeep = { status: 400, body: { error: "expected JSON that is nested by at most 100" } };
      expect(await post("alertmanager", nested(1e5))).toEqual(tooDeep);
      expect(await post("datadog", `{"title":"OOMKilled","body":${nested(1e5)}}`)).toEqual(tooDeep);
      const deep = nested(90);
      expect((await post("alertmanager", `{"alerts":[${deep}]}`)).body).toMatchObject({ leftOut: 1 });
      expect((await post("datadog", `{"title":"OOMKilled","body":${deep},"tags":${deep}}`)).status).toBeLessThan(300);
      const values = `{"title":"x","tags":${deep},"contexts":${deep},"exception":{"values":[${deep}]}}`;
      expect((await post("sentry", `{"data":{"event":${values}}}`)).status).toBe(200);
      expect((await post("generic/zabbix", `{"data":{"problems":[{"lines":[${deep}]}]}}`)).status).toBe(200);
      expect((await fetch(`${server.url}/alive`)).status).toBe(200);
    });

    test("a million labels, names that every object has, and names that come twice", async () => {
      const labels = Array.from({ length: 150_000 }, (_, n) => `"l${n}":"v"`).join(",");
      expect((await post("alertmanager", `{"alerts":[{"labels":{"alertname":"PodOOMKilled","pod":"web-1",${labels}}}]}`)).status).toBe(202);
      expect(Object.keys(added[0]?.alerts[0]?.labels ?? {})).toHaveLength(64);
      const polluting =
        '{"alerts":[{"__proto__":{"polluted":1},"labels":{"__proto__":"x","constructor":"y","alertname":"OOMKilled","pod":"a","pod":"b"}}]}';
      expect((await post("alertmanager", polluting)).status).toBe(202);
      expect(added[1]?.alerts[0]?.labels).toEqual({ constructor: "y", alertname: "OOMKilled", pod: "b" });
      expect((await post("datadog", '{"title":"OOMKilled","__proto__":{"a":1},"tags":"__proto__:x,pod_name:web-1"}')).status).toBe(202);
      expect(
        (await post("sentry", '{"data":{"event":{"title":"OOMKilled","tags":[["__proto__","x"],{"key":"__proto__","value":"y"}]}}}'))
          .status,
      ).toBeLessThan(300);
      expect({}).not.toHaveProperty("polluted");
      expect({}).not.toHaveProperty("a");
    });

    test.each([
      ["valueString", () => ({ orgId: 1, alerts: [{ ...OOM, valueString: "[ var='A' labels={a=".repeat(40_000) }] })],
      [
        "annotations",
        () => group(1, { ...OOM, annotations: { summary: "redis memory ".repeat(60_000), description: "(".repeat(300_000) } }),
      ],
      ["a graph's address", () => group(1, { ...OOM, generatorURL: `http://p/graph?g0.expr=${"%25".repeat(200_000)}` })],
      [
        "tags",
        () => ({
          title: "[".repeat(200_000),
          tags: ",a:".repeat(100_000),
          alert_query: "a.".repeat(100_000),
          alert_scope: ":,".repeat(100_000),
        }),
      ],
    ])("patterns are not made to run away by %s", async (_what, make) => {
      const body = make();
      expect((await post("title" in body ? "datadog" : "grafana", body)).status).toBeLessThan(300);
    });

    test("with the queue away nothing is promised", async () => {
      await redis.kill();
      const refused = await post("alertmanager", group(2));
      expect(refused).toMatchObject({ status: 503, body: { error: expect.stringContaining("not kept: send it again") } });
      expect(added).toEqual([]);
    });
  });
});

test("a webhook that is not configured says what to set", async () => {
  const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const desk = {
    queue: {} as never,
    clock: { nowMs: () => 0, sleep: async () => undefined },
    log: quiet,
    metrics: { received: () => undefined } as never,
  };
  const webhooks = { secrets: { grafana: secretOf("grafana") }, topics: [], generic: [] };
  const mounts = webhooksOf({ webhooks }, desk, createJudge());
  const server = await createHttpServer({
    host: "127.0.0.1",
    port: 0,
    pages: {},
    mounts,
  });
  const answerOf = async (sender: string): Promise<unknown> => {
    const response = await fetch(`${server.url}/webhooks/${sender}`, { method: "POST", body: "{}" });
    return [response.status, await response.json()];
  };
  const unset = (settings: string) => [404, { error: `no secret is configured for this webhook: set ${settings}` }];
  expect(await answerOf("alertmanager")).toEqual(unset("webhooks.alertmanagerSecret (OOMPH_ALERTMANAGER_SECRET)"));
  expect(await answerOf("cloudwatch")).toEqual(
    unset("webhooks.cloudwatchTopics (OOMPH_CLOUDWATCH_TOPICS) or webhooks.cloudwatchSecret (OOMPH_CLOUDWATCH_SECRET)"),
  );
  expect(await answerOf("grafana")).toEqual([401, expect.anything()]);
  await server.close();
});
