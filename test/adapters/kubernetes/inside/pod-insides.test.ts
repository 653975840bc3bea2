import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { findDocker } from "../../../../scripts/lab/docker.ts";
import { findKubernetes, kubectl, nodeForwardsPorts } from "../../../../scripts/lab/kubernetes.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../../scripts/lab/real-systems.ts";
import type { PodResponse } from "../../../../src/ports/clusters.ts";
import { SPARING_PATIENCE } from "../../../support/patience.ts";
import { openCluster, sendStatus, startApiServer, writeKubeconfig } from "../api-server.ts";
import { openNamespace, shellImage } from "./pods.ts";

const [docker, kubernetes] = [await findDocker(), await findKubernetes()];
if (kubernetes.kind === "there") noteRealSystem("kubernetes", kubernetes.version);
else noteAbsentSystem("kubernetes", kubernetes.because);

const LIMITS = { timeoutMs: 60_000, maxBytes: 4096 };
const REQUEST = { path: "/", timeoutMs: 60_000, maxBytes: 4096 };
const LONG_LINE_BYTES = 2 ** 20;
// Words on stderr, ten lines, one of a mebibyte, three more; then a web server that wants a password on port 8081, and
// one that only the pod's own loopback reaches on 8082.
const SCRIPT = `echo on stderr >&2; for i in 0 1 2 3 4 5 6 7 8 9; do echo line $i; done
head -c ${LONG_LINE_BYTES} /dev/zero | tr '\\0' a; echo
for i in a b c; do echo last $i; done
mkdir -p /www; echo hello > /www/index.html; head -c 100000 /dev/zero > /www/large; echo '/:me:made-up' > /tmp/httpd.conf
httpd -p 8080 -h /www; httpd -p 8081 -h /www -c /tmp/httpd.conf; httpd -p 127.0.0.1:8082 -h /www; exec sleep 3600`;

describe.skipIf(docker.kind === "absent" || kubernetes.kind === "absent")("inside pods of a real cluster", () => {
  const ends: (() => Promise<void>)[] = [];
  let cluster: ReturnType<typeof openCluster>["cluster"];
  let nobody: typeof cluster;
  let where: { readonly namespace: string; readonly pod: string; readonly container: string };

  beforeAll(async () => {
    const own = await openNamespace();
    ends.push(own.close);
    const image = await shellImage();
    await Promise.all([
      own.pod({ name: "talker", image, command: ["sh", "-c", SCRIPT] }),
      own.pod({ name: "again", image, command: ["sh", "-c", "echo a life >&2; sleep 1; exit 3"], restart: "Always", until: "created" }),
      own.pod({ name: "waiting", image: "oomph.invalid/none:1", command: ["x"], until: "created" }),
    ]);
    const opened = openCluster(process.env["KUBECONFIG"] ?? "");
    cluster = opened.cluster;
    const view = JSON.parse(await kubectl(["config", "view", "--raw", "--minify", "--flatten", "-o", "json"])) as View;
    const kubeconfig = await writeKubeconfig(view.clusters[0]?.cluster ?? {}, { ...view.users[0]?.user, as: "oomph-nobody" });
    const without = openCluster(kubeconfig.path);
    nobody = without.cluster;
    ends.push(opened.close, without.close, kubeconfig.remove);
    where = { namespace: own.namespace, pod: "talker", container: "main" };
    const asked = ["sh", "-c", "[ -e /www/large ] && nc 127.0.0.1 8082 </dev/null"];
    await vi.waitFor(async () => {
      const { exitCode } = await cluster.execute(where, asked, LIMITS);
      if (exitCode !== 0) throw new Error(`expected the pod's servers to be up, the look at them ended with ${exitCode}`);
    }, SPARING_PATIENCE);
  });

  afterAll(async () => {
    for (const end of ends) await end();
  });

  test("the end of a log: as many lines, each with its time, the longest cut", async () => {
    // The daemon reads the two streams apart from each other: what is said on stderr may come last, or within the long line.
    const { lines, truncated } = await cluster.logTail(where, { lines: 5, maxBytes: 100_000 });
    expect(truncated).toBe(true);
    const texts = lines.map(({ text }) => text).filter((text) => text !== "on stderr");
    expect(texts.slice(-3)).toEqual(["last a", "last b", "last c"]);
    const long = texts.find((text) => text.startsWith("aaaa")) ?? "";
    expect(long.endsWith("a…")).toBe(true);
    expect(long.length).toBeLessThan(9000);
    const all = await cluster.logTail(where, { lines: 1000, maxBytes: 100_000 });
    expect(all.lines.map(({ text }) => text)).toEqual(expect.arrayContaining(["line 0", "line 9"]));
    expect(lines.every(({ atMs }) => atMs > Date.parse("2020-01-01"))).toBe(true);
  });

  test("a log that is there as a whole is not called cut, and what was said on stderr is in it", async () => {
    await kubectl(["-n", where.namespace, "wait", "--for=condition=Ready", "pod/again", "--timeout=120s"]).catch(() => undefined);
    const again = { ...where, pod: "again" };
    const before = async (): Promise<unknown> =>
      cluster.logTail(again, { lines: 10, maxBytes: 1000, previous: true }).catch(() => undefined);
    await expect.poll(before, { timeout: 240_000, interval: 500 }).toMatchObject({ lines: [{ text: "a life" }], truncated: false });
  });

  test("a program's words, on both streams, and its exit code", async () => {
    await expect(cluster.execute(where, ["sh", "-c", "echo out; echo err >&2; exit 3"], LIMITS)).resolves.toEqual({
      exitCode: 3,
      stdout: "out\n",
      stderr: "err\n",
      truncated: false,
    });
    const large = await cluster.execute(where, ["head", "-c", "3000000", "/dev/zero"], LIMITS);
    expect([large.exitCode, large.stdout.length, large.truncated]).toEqual([0, 4096, true]);
    const odd = await cluster.execute(where, ["sh", "-c", 'printf %s "$1"', "x", "größe & 日本=α+ 'q'"], LIMITS);
    expect(odd.stdout).toBe("größe & 日本=α+ 'q'");
  });

  test("what cannot be run is refused in words, and what does not end is left", async () => {
    await expect(cluster.execute(where, ["no-such-program"], LIMITS)).rejects.toMatchObject({
      code: "refused",
      message: "no-such-program in container main of pod talker cannot be run: its image has no such program.",
    });
    await expect(cluster.execute(where, ["sh", "-c", "exit 127"], LIMITS)).resolves.toMatchObject({ exitCode: 127 });
    await expect(cluster.execute(where, ["sleep", "3600"], { ...LIMITS, timeoutMs: 1000 })).rejects.toMatchObject({ code: "timed-out" });
    await expect(cluster.execute({ ...where, pod: "waiting" }, ["sh"], LIMITS)).rejects.toMatchObject({ code: "not-running" });
    await expect(cluster.execute({ ...where, container: "other" }, ["sh"], LIMITS)).rejects.toMatchObject({ code: "not-found" });
    await expect(cluster.execute(where, [], LIMITS)).rejects.toMatchObject({ code: "bad-input" });
  });

  test("an endpoint through the API server: status, type and as much of the body as was asked for", async () => {
    expect(words(await cluster.httpGet(where, { ...REQUEST, port: 8080 }))).toMatchObject({ status: 200, text: "hello\n", by: "proxy" });
    expect(await cluster.httpGet(where, { ...REQUEST, port: 8080, path: "/none?x=1" })).toMatchObject({ status: 404, by: "proxy" });
    const large = await cluster.httpGet(where, { ...REQUEST, port: 8080, path: "/large" });
    expect([large.body.length, large.truncated]).toEqual([4096, true]);
    expect(await cluster.httpGet(where, { ...REQUEST, port: 8081 })).toMatchObject({ status: 401 });
  });

  test.runIf(nodeForwardsPorts)("a password, and a port of the pod's loopback, through a port-forward", async () => {
    const basicAuth = { user: "me", password: "made-up" };
    expect(words(await cluster.httpGet(where, { ...REQUEST, port: 8081, basicAuth }))).toMatchObject({
      status: 200,
      text: "hello\n",
      by: "port-forward",
    });
    expect(await cluster.httpGet(where, { ...REQUEST, port: 8081, basicAuth: { ...basicAuth, password: "wrong" } })).toMatchObject({
      status: 401,
    });
    expect(words(await cluster.httpGet(where, { ...REQUEST, port: 8082 }))).toMatchObject({ text: "hello\n", by: "port-forward" });
    await expect(cluster.httpGet(where, { ...REQUEST, port: 8083 })).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("Nothing listens on port 8083"),
    });
    const tunnel = await cluster.forward(where, 8080);
    const pages = await Promise.all([1, 2, 3].map(async () => (await fetch(`http://${tunnel.host}:${tunnel.port}/large`)).arrayBuffer()));
    expect(pages.map(({ byteLength }) => byteLength)).toEqual([100_000, 100_000, 100_000]);
    await tunnel.close();
    expect(tunnel.trouble()).toBeUndefined();
    await expect(fetch(`http://${tunnel.host}:${tunnel.port}/`)).rejects.toThrow("fetch failed");
  });

  test.skipIf(nodeForwardsPorts)("a node that cannot forward ports says so", async () => {
    const basicAuth = { user: "me", password: "made-up" };
    await expect(cluster.httpGet(where, { ...REQUEST, port: 8081, basicAuth })).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("socat"),
    });
  });

  test("who may not is told which right is missing", async () => {
    const { namespace } = where;
    const missing = { code: "no-rights", message: expect.stringContaining(`in namespace ${namespace}`) };
    await expect(nobody.logTail(where, { lines: 1, maxBytes: 100 })).rejects.toMatchObject(missing);
    await expect(nobody.execute(where, ["sh"], LIMITS)).rejects.toMatchObject(missing);
    await expect(nobody.forward(where, 8080)).rejects.toMatchObject({ ...missing, message: expect.stringContaining("pods/portforward") });
    await expect(nobody.httpGet(where, { ...REQUEST, port: 8080 })).rejects.toMatchObject({
      ...missing,
      message: expect.stringContaining("pods/proxy"),
    });
    await expect(nobody.nodeKernelLog("any", 100)).rejects.toMatchObject({
      code: "no-rights",
      message: expect.stringContaining("nodes/proxy"),
    });
  });
});

test("a node's kernel log is the end of the best file that its kubelet serves", async () => {
  const log = Array.from({ length: 2000 }, (_, line) => `kernel: line ${line}\n`).join("");
  const api = await startApiServer((request, response) => {
    const file = (request.url ?? "").split("/proxy/logs/")[1];
    if (request.url?.includes("/nodes/quiet/") === true) return void response.writeHead(405).end("logs endpoint is disabled.");
    if (request.url?.includes("/nodes/gone/") === true) return sendStatus(response, 404, { details: { name: "gone" } });
    if (file === "")
      return void response.end('<pre>\n<a href="apt/">apt/</a>\n<a href="syslog">syslog</a>\n<a href="kern.log">kern.log</a>\n</pre>');
    response.end(file === "kern.log" ? log : "something else"); // all of it, as one that knows no ranges
  });
  const kubeconfig = await writeKubeconfig({ server: api.url });
  const { cluster, close } = openCluster(kubeconfig.path);
  try {
    expect(await cluster.nodeKernelLog("node-a", 1000)).toEqual({ kind: "read", text: log.slice(-1000) });
    expect(api.asked.at(-1)?.headers.range).toBe("bytes=-1000");
    expect(await cluster.nodeKernelLog("quiet", 1000)).toEqual({ kind: "absent", because: expect.stringContaining("journalctl -k") });
    await expect(cluster.nodeKernelLog("gone", 1000)).rejects.toMatchObject({ code: "not-found" });
  } finally {
    await close();
    await kubeconfig.remove();
    await api.close();
  }
});

type View = {
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, unknown>> }[];
  readonly users: readonly { readonly user: Readonly<Record<string, unknown>> }[];
};

function words({ body, ...rest }: PodResponse) {
  return { ...rest, text: Buffer.from(body).toString("utf8") };
}
