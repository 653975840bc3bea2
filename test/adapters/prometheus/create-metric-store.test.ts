import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { findPrometheus, startPrometheus } from "../../../scripts/lab/prometheus.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../scripts/lab/real-systems.ts";
import { questionsAbout } from "../../../src/runbooks/workload-memory/prometheus-questions.ts";
import { createMetricStore } from "../../../src/adapters/prometheus/create-metric-store.ts";
import { PATIENCE } from "../../support/patience.ts";

const lab = await findPrometheus();
if (lab.kind === "there") noteRealSystem("prometheus", lab.version);
else noteAbsentSystem("prometheus", lab.because);

const MIB = 2 ** 20;
const forever = new AbortController().signal;

async function serve(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe.skipIf(lab.kind === "absent")(`a real Prometheus${lab.kind === "absent" ? ` (${lab.because})` : ""}`, () => {
  let app: Awaited<ReturnType<typeof serve>>;
  let prometheus: Awaited<ReturnType<typeof startPrometheus>>;
  const open = () => createMetricStore({ url: prometheus.url, timeoutMs: 60_000 });

  beforeAll(async () => {
    let requests = 0;
    app = await serve((request, response) => {
      requests += 1;
      if (request.headers.authorization === undefined) return response.writeHead(401).end("who are you?");
      const rows = [
        `container_memory_working_set_bytes{container="app"} ${requests * MIB}`,
        `http_requests_total{code="200"} ${requests * 10}`,
        `django_python_objects_total{object_type="dict"} ${requests * 100}`,
        `django_memory_growth_events_total ${requests * 5}`,
        `django_gc_collections_total{generation="0"} ${requests * 20}`,
      ];
      return response.writeHead(200, { "Content-Type": "text/plain; version=0.0.4" }).end(`${rows.join("\n")}\n`);
    });
    const job = (name: string, pod: string, more: object) => ({
      job_name: name,
      ...more,
      static_configs: [{ targets: [`127.0.0.1:${app.port}`], labels: { namespace: "shop", pod } }],
    });
    prometheus = await startPrometheus({
      global: { scrape_interval: "1s", scrape_timeout: "1s" },
      scrape_configs: [job("web", "web-1", { basic_auth: { username: "scraper", password: "made-up" } }), job("locked-out", "web-2", {})],
    });
  }, 180_000);

  afterAll(async () => {
    await prometheus?.stop();
    await app?.close();
  }, 60_000);

  test("says of each target whether it is up, and why not", async () => {
    const targets = await vi.waitFor(async () => {
      const found = await open().targets(({ namespace }) => namespace === "shop", forever);
      expect(found.map(({ up, lastError }) => up || lastError !== "")).toEqual([true, true]);
      return found;
    }, PATIENCE);
    const by = new Map(targets.map((target) => [target.job, target]));
    expect(by.get("web")).toMatchObject({ up: true, lastError: "", labels: { pod: "web-1" } });
    expect(by.get("locked-out")).toMatchObject({ up: false, lastError: expect.stringContaining("401"), lastStatus: 401 });
    expect(await open().targets(({ namespace }) => namespace === "elsewhere", forever)).toEqual([]);
  });

  test("gives series over time, oldest first", async () => {
    const expression = `max by (pod, container) (container_memory_working_set_bytes{namespace="shop",pod=~"web-1|web-2"})`;
    await vi.waitFor(async () => {
      const toMs = Date.now();
      const [series, ...others] = await open().range({ expression, fromMs: toMs - 60_000, toMs, stepMs: 1_000 }, forever);
      expect(others).toEqual([]);
      expect(series?.labels).toEqual({ pod: "web-1", container: "app" });
      const points = series?.points ?? [];
      expect(points.length).toBeGreaterThan(2);
      expect(points.at(-1)?.value).toBeGreaterThan(points[0]?.value ?? Number.POSITIVE_INFINITY);
      expect(points.at(-1)?.atMs).toBeGreaterThan(points[0]?.atMs ?? Number.POSITIVE_INFINITY);
    }, PATIENCE);
  });

  test("understands every question about pods, and what grows is told by the hour", async () => {
    const questions = questionsAbout({ namespace: "shop", pods: ["web-1", "web-2"] });
    const newest = await vi.waitFor(async () => {
      const toMs = Date.now();
      const answers = questions.map(async ({ what, expression }) => {
        const [series] = await open().range({ expression, fromMs: toMs - 60_000, toMs, stepMs: 1_000 }, forever);
        return [what, series?.points.at(-1)?.value ?? 0] as const;
      });
      const found = new Map(await Promise.all(answers));
      // Rates need two scrapes at the least.
      for (const what of ["growth", "object-growth", "growth-events", "collections"] as const) expect(found.get(what)).toBeGreaterThan(0);
      return found;
    }, PATIENCE);
    // With each scrape it takes 1 MiB and 100 objects more, and one is made at least every few minutes.
    expect(newest.get("growth")).toBeGreaterThan(10 * MIB);
    expect(newest.get("object-growth")).toBeGreaterThan(1_000);
  });

  test("a question that it does not understand is refused with its own words", async () => {
    const query = { expression: "rate(up", fromMs: 0, toMs: 1_000, stepMs: 1_000 };
    await expect(open().range(query, forever)).rejects.toMatchObject({ code: "refused", message: expect.stringContaining("parse error") });
  });
});

describe("what is not Prometheus, or does not answer", () => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  async function store(listener: RequestListener, more: object = {}) {
    const server = await serve(listener);
    ends.push(server.close);
    return createMetricStore({ url: server.url, timeoutMs: 60_000, ...more });
  }

  test.each([
    [401, "no", "wrong-credentials"],
    [403, "no", "no-rights"],
    [302, "", "refused"],
    [200, "<html>Sign in</html>", "refused"],
    [200, `{"status":"success","data":{"activeTargets":"none"}}`, "refused"],
    [503, `{"status":"error","errorType":"unavailable","error":"starting"}`, "refused"],
  ])("%s %s", async (status, body, code) => {
    const asked = await store((_request, response) => response.writeHead(status, { Location: "/login" }).end(body));
    await expect(asked.targets(() => true, forever)).rejects.toMatchObject({ code });
  });

  test("silence ends in time, and a closed port is told", async () => {
    const silent = await store(() => undefined, { timeoutMs: 50 });
    await expect(silent.targets(() => true, forever)).rejects.toMatchObject({ code: "timed-out", retryable: true });
    const gone = await serve(() => undefined);
    await gone.close();
    const nobody = createMetricStore({ url: gone.url, timeoutMs: 60_000 });
    await expect(nobody.targets(() => true, forever)).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  test("signs in as configured, below the path of its URL", async () => {
    const seen: (readonly [string | undefined, string | undefined])[] = [];
    const take: RequestListener = (request: IncomingMessage, response) => {
      seen.push([request.url, request.headers.authorization]);
      response.end(`{"status":"success","data":{"resultType":"matrix","result":[]}}`);
    };
    const server = await serve(take);
    ends.push(server.close);
    const query = { expression: "up", fromMs: 0, toMs: 1_000, stepMs: 1_000 };
    const url = `${server.url}/prometheus`;
    await createMetricStore({ url, timeoutMs: 60_000, auth: { kind: "bearer", token: "made-up" } }).range(query, forever);
    await createMetricStore({ url, timeoutMs: 60_000, auth: { kind: "basic", user: "a", password: "b" } }).range(query, forever);
    expect(seen).toEqual([
      ["/prometheus/api/v1/query_range", "Bearer made-up"],
      ["/prometheus/api/v1/query_range", `Basic ${Buffer.from("a:b").toString("base64")}`],
    ]);
  });

  test("an answer that does not end is broken off", async () => {
    const endless = await store((_request, response) => {
      const more = (): void => {
        while (response.write("x".repeat(MIB)));
        response.once("drain", more);
      };
      more();
    });
    await expect(endless.targets(() => true, forever)).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("32 MiB"),
    });
  });
});
