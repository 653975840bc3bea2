import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test, vi } from "vitest";
import { issueCertificate, makeAuthority } from "../../../scripts/lab/certificates.ts";
import type { PodChange } from "../../../src/ports/clusters.ts";
import { PATIENCE } from "../../support/patience.ts";
import { openCluster, sendJson, sendStatus, startApiServer, writeKubeconfig, type Answering, type KubeconfigUser } from "./api-server.ts";

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function clusterThat(answer: Answering, user?: KubeconfigUser, own: Parameters<typeof openCluster>[1] = {}) {
  const server = await startApiServer(answer);
  const kubeconfig = await writeKubeconfig({ server: server.url }, user);
  const { cluster, close } = openCluster(kubeconfig.path, own);
  ends.push(server.close, kubeconfig.remove, close);
  return { cluster, server, kubeconfig };
}

function pod(name: string, resourceVersion: string) {
  return { metadata: { uid: `uid-${name}`, namespace: "shop", name, resourceVersion }, status: { phase: "Running" } };
}

async function all<Item>(pages: AsyncIterable<readonly Item[]>): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}

test("a missing right is named with its verb, resource and namespace", async () => {
  const message =
    'deployments.apps "web" is forbidden: User "system:serviceaccount:oomph:oomph" cannot get resource "deployments" in API group "apps" in the namespace "shop"';
  const { cluster } = await clusterThat((_request, response) => sendStatus(response, 403, { message }));
  await expect(cluster.workload({ resource: "deploy", namespace: "shop", name: "web" })).rejects.toMatchObject({
    code: "no-rights",
    message: expect.stringMatching(/system:serviceaccount:oomph:oomph.* get deployments\.apps in namespace shop/),
  });
});

test("a proxy's page for 403 names what was asked", async () => {
  const { cluster } = await clusterThat((_request, response) => response.writeHead(403).end("<h1>Forbidden</h1>"));
  await expect(all(cluster.pods({ namespace: "shop" }))).rejects.toMatchObject({
    code: "no-rights",
    message: expect.stringContaining("list pods in namespace shop"),
  });
});

test("of an expired token it is said when it expired", async () => {
  const payload = Buffer.from(JSON.stringify({ exp: Date.UTC(2020, 0, 2, 3, 4, 5) / 1000 })).toString("base64url");
  const { cluster } = await clusterThat((_request, response) => sendStatus(response, 401, { message: "Unauthorized" }), {
    token: `e30.${payload}.sig`,
  });
  await expect(cluster.nodes()).rejects.toMatchObject({
    code: "wrong-credentials",
    message: expect.stringMatching(/user u of context one expired on 2020-01-02T03:04:05Z/),
  });
});

test("a token that is renewed in its file is read again when the old one is not taken", async () => {
  const { cluster, kubeconfig } = await clusterThat(
    (request, response) => {
      if (request.headers.authorization === "Bearer new") return sendJson(response, { items: [] });
      writeFile(join(kubeconfig.folder, "token"), "new\n").then(
        () => sendStatus(response, 401),
        () => response.destroy(),
      );
    },
    { tokenFile: "token" },
  );
  await writeFile(join(kubeconfig.folder, "token"), "old\n");
  await expect(cluster.nodes()).resolves.toEqual([]);
});

test("a server that sheds load is asked again when it wants to be", async () => {
  let times = 0;
  const { cluster } = await clusterThat((_request, response) => {
    times += 1;
    if (times < 3) return void response.writeHead(429, { "Retry-After": "0" }).end();
    sendJson(response, { items: [] });
  });
  await expect(cluster.nodes()).resolves.toEqual([]);
  expect(times).toBe(3);
});

test("a list whose page has become too old goes on with what is there now", async () => {
  const { cluster } = await clusterThat((request, response) => {
    const query = new URL(request.url ?? "", "http://x").searchParams;
    if (query.get("continue") === "old") return sendStatus(response, 410, { reason: "Expired", metadata: { continue: "newer" } });
    if (query.get("continue") === "newer") return sendJson(response, { metadata: {}, items: [pod("b", "2")] });
    sendJson(response, { metadata: { continue: "old" }, items: [pod("a", "1")] });
  });
  const pods = await all(cluster.pods({ pageSize: 1 }));
  expect(pods.map(({ name }) => name)).toEqual(["a", "b"]);
});

test("a watch whose version is too old begins anew: what changed or went meanwhile is told, what did not is not", async () => {
  const lists = [
    { metadata: { resourceVersion: "10" }, items: [pod("stays", "1"), pod("changes", "2"), pod("goes", "3")] },
    { metadata: { resourceVersion: "20" }, items: [pod("stays", "1"), pod("changes", "15"), pod("comes", "16")] },
  ];
  let listed = 0;
  const { cluster } = await clusterThat((request, response) => {
    const query = new URL(request.url ?? "", "http://x").searchParams;
    if (query.get("watch") === null) return sendJson(response, lists[Math.min(listed++, 1)]);
    const gone = { type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" } };
    const bookmark = { type: "BOOKMARK", object: { kind: "Pod", metadata: { resourceVersion: "21" } } };
    if (query.get("resourceVersion") === "10") return void response.end(`${JSON.stringify(gone)}\n`);
    response.write(`${JSON.stringify({ type: "MODIFIED", object: pod("größe-日本", "20") })}\n${JSON.stringify(bookmark)}\n`);
  });
  const told: string[] = [];
  const stop = new AbortController();
  const following = cluster.followPods(({ kind, pod: { name } }: PodChange) => told.push(`${kind} ${name}`), stop.signal);
  await vi.waitFor(() => expect(told).toContain("changed größe-日本"), PATIENCE);
  stop.abort();
  await following;
  expect(told).toEqual([
    "there stays",
    "there changes",
    "there goes",
    "changed changes",
    "changed comes",
    "gone goes",
    "changed größe-日本",
  ]);
});

test("a watch goes on from the last bookmark when it breaks", async () => {
  const versions: (string | null)[] = [];
  const { cluster } = await clusterThat((request, response) => {
    const query = new URL(request.url ?? "", "http://x").searchParams;
    if (query.get("watch") === null) return sendJson(response, { metadata: { resourceVersion: "10" }, items: [] });
    versions.push(query.get("resourceVersion"));
    response.write(`${JSON.stringify({ type: "BOOKMARK", object: { metadata: { resourceVersion: `${versions.length}00` } } })}\n`);
    if (versions.length < 3) setImmediate(() => response.destroy());
  });
  const stop = new AbortController();
  const following = cluster.followPods(() => undefined, stop.signal);
  await vi.waitFor(() => expect(versions).toEqual(["10", "100", "200"]), PATIENCE);
  stop.abort();
  await following;
});

test("a watch that sends half a line, a page of a proxy, the same twice or an object of 20 MiB goes on with the rest", async () => {
  const line = (object: object): string => `${JSON.stringify({ type: "MODIFIED", object })}\n`;
  const large = line({ ...pod("large", "12"), spec: { containers: [{ name: "a".repeat(20 * 2 ** 20) }] } });
  const sent = [
    () => "<html><body>gateway</body></html>\n",
    () => `${line(pod("first", "11"))}${line(pod("first", "11"))}${large}${line(pod("after", "13"))}{"type":"MODIFIED","obj`,
    () => line(pod("last", "14")),
  ];
  const versions: (string | null)[] = [];
  const { cluster } = await clusterThat((request, response) => {
    const query = new URL(request.url ?? "", "http://x").searchParams;
    if (query.get("watch") === null) return sendJson(response, { metadata: { resourceVersion: "10" }, items: [] });
    versions.push(query.get("resourceVersion"));
    const next = sent.shift()?.();
    if (sent.length > 0) response.end(next);
    else response.write(next ?? "");
  });
  const told: string[] = [];
  const stop = new AbortController();
  const following = cluster.followPods(({ kind, pod: { name } }: PodChange) => told.push(`${kind} ${name}`), stop.signal);
  await vi.waitFor(() => expect(told).toContain("changed last"), PATIENCE);
  stop.abort();
  await following;
  expect(new Set(told)).toEqual(new Set(["changed first", "changed after", "changed last"]));
  expect(versions.slice(0, 3)).toEqual(["10", "10", "13"]);
});

test("pods that are too large for one page are listed in smaller ones, each once", async () => {
  const filler = "x".repeat(2 ** 20);
  const names = Array.from({ length: 20 }, (_, at) => `p${at}`);
  const limits: number[] = [];
  const { cluster } = await clusterThat((request, response) => {
    const query = new URL(request.url ?? "", "http://x").searchParams;
    const [from, limit] = [Number(query.get("continue") ?? 0), Number(query.get("limit"))];
    limits.push(limit);
    const token = from + limit < names.length ? `,"continue":"${from + limit}"` : "";
    const items = names
      .slice(from, from + limit)
      .map((name) => `{"metadata":{"uid":"${name}","namespace":"shop","name":"${name}"},"spec":{"note":"${filler}"}}`);
    response.end(`{"metadata":{"resourceVersion":"10"${token}},"items":[${items.join(",")}]}`);
  });
  expect((await all(cluster.pods({ namespace: "shop" }))).map(({ name }) => name)).toEqual(names);
  expect(limits).toEqual([250, 62, 15, 15]);
});

test("events are told once for each version, older ones not at all", async () => {
  const event = (name: string, resourceVersion: string, lastTimestamp: string) => ({
    metadata: { uid: name, resourceVersion },
    reason: "Evicted",
    message: name,
    lastTimestamp,
    involvedObject: { kind: "Pod", namespace: "shop", name },
  });
  const { cluster } = await clusterThat((request, response) => {
    const query = new URL(request.url ?? "", "http://x").searchParams;
    expect(query.get("fieldSelector")).toBe("reason=Evicted");
    const [old, seen] = [event("old", "1", "2026-11-22T05:00:00Z"), event("seen", "2", "2026-11-22T06:00:00Z")];
    if (query.get("watch") === null) return sendJson(response, { metadata: { resourceVersion: "2" }, items: [old, seen] });
    for (const object of [seen, event("again", "3", "2026-11-22T06:00:01Z")])
      response.write(`${JSON.stringify({ type: "ADDED", object })}\n`);
  });
  const told: string[] = [];
  const stop = new AbortController();
  const query = { reasons: ["Evicted"], sinceMs: Date.parse("2026-11-22T06:00:00Z") };
  const following = cluster.followEvents(query, ({ message }) => told.push(message), stop.signal);
  await vi.waitFor(() => expect(told).toEqual(["seen", "again"]), PATIENCE);
  stop.abort();
  await following;
});

test("a missing right at the beginning of a watch is thrown", async () => {
  const { cluster } = await clusterThat((_request, response) => sendStatus(response, 403));
  const following = cluster.followPods(() => undefined, new AbortController().signal);
  await expect(following).rejects.toMatchObject({ code: "no-rights" });
});

test.each([
  ["a page", 200, "<html>Sign in</html>", "refused"],
  ["something else than a list", 200, "[]", "refused"],
  ["that it is starting", 503, "", "unreachable"],
  ["a redirection", 302, "", "unreachable"],
  ["a conflict", 409, "", "conflict"],
  ["an error of its own", 500, "", "refused"],
])("an answer that is %s is an error with a code", async (...[, status, body, code]) => {
  const { cluster } = await clusterThat((_request, response) => response.writeHead(status).end(body));
  await expect(all(cluster.pods({}))).rejects.toMatchObject({ code });
});

test("answers may come zipped, and broken off they are an error", async () => {
  const whole = gzipSync(JSON.stringify({ items: [pod("a", "1")] }));
  const cut = whole.subarray(0, whole.length - 12);
  let isCut = false;
  const { cluster } = await clusterThat((_request, response) => {
    response.writeHead(200, { "Content-Encoding": "gzip" }).end(isCut ? cut : whole);
  });
  expect((await all(cluster.pods({}))).map(({ name }) => name)).toEqual(["a"]);
  isCut = true;
  await expect(all(cluster.pods({}))).rejects.toMatchObject({ code: "unreachable" });
});

test("a server that does not answer is given up, and the call is named", async () => {
  const { cluster } = await clusterThat(() => undefined, undefined, { callTimeoutMs: 50 });
  await expect(cluster.node("node-1")).rejects.toMatchObject({
    code: "timed-out",
    retryable: true,
    message: expect.stringContaining("get nodes node-1 within 50 ms"),
  });
});

test("a server that is away is told so", async () => {
  const { cluster, server } = await clusterThat(() => undefined);
  await server.close();
  ends.shift();
  await expect(cluster.nodes()).rejects.toMatchObject({ code: "unreachable", message: expect.stringContaining("refused the connection") });
});

test("many questions at once share few connections", async () => {
  const { cluster, server } = await clusterThat((_request, response) => setImmediate(() => sendJson(response, { items: [] })));
  await Promise.all(Array.from({ length: 60 }, async () => cluster.nodes()));
  expect(server.asked).toHaveLength(60);
  expect(server.connections()).toBeLessThanOrEqual(10);
});

test("an untrusted certificate is told with its holder and who signed it", async () => {
  const certificate = issueCertificate(makeAuthority("Someone else"), ["127.0.0.1"], "Someone else");
  const server = await startApiServer((_request, response) => sendJson(response, { items: [] }), certificate);
  const ca = Buffer.from(makeAuthority().cert).toString("base64");
  const kubeconfig = await writeKubeconfig({ server: server.url, "certificate-authority-data": ca });
  const { cluster, close } = openCluster(kubeconfig.path);
  ends.push(server.close, kubeconfig.remove, close);
  await expect(cluster.nodes()).rejects.toMatchObject({
    code: "unreachable",
    retryable: false,
    message: expect.stringMatching(/a certificate for 127\.0\.0\.1 \(127\.0\.0\.1\), issued by Someone else, valid until/),
  });
});

test("a certificate for another name is not taken, unless that name is configured", async () => {
  const authority = makeAuthority();
  const certificate = issueCertificate(authority, ["kubernetes.default"]);
  const server = await startApiServer((_request, response) => sendJson(response, { items: [] }), certificate);
  const ca = Buffer.from(authority.cert).toString("base64");
  const wrong = await writeKubeconfig({ server: server.url, "certificate-authority-data": ca });
  const right = await writeKubeconfig({ server: server.url, "certificate-authority-data": ca, "tls-server-name": "kubernetes.default" });
  const [a, b] = [openCluster(wrong.path), openCluster(right.path)];
  ends.push(server.close, wrong.remove, right.remove, a.close, b.close);
  await expect(a.cluster.nodes()).rejects.toMatchObject({ code: "unreachable", message: expect.stringContaining("tls-server-name") });
  await expect(b.cluster.nodes()).resolves.toEqual([]);
});

test("namespaces that are not allowed are not asked about", async () => {
  const { cluster, server } = await clusterThat((_request, response) => sendJson(response, { items: [pod("a", "1")] }), undefined, {
    namespaces: { allowed: ["sho*", "web"], denied: ["web"] },
  });
  await expect(cluster.pod("web", "a")).rejects.toMatchObject({ code: "no-rights", message: expect.stringContaining("sho*, web") });
  expect(server.asked).toHaveLength(0);
  expect(cluster.allows("shop")).toBe(true);
  expect(await all(cluster.pods({}))).toHaveLength(1);
});
