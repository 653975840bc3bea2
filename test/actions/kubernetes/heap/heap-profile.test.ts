import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openClusterScenes, type ClusterScenes, type ContainerOptions } from "../../../../scripts/lab/kubernetes-scenes.ts";
import { findKubernetes, nodeForwardsPorts } from "../../../../scripts/lab/kubernetes.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../../scripts/lab/real-systems.ts";
import type { RunHandle } from "../../../../src/actions/action.ts";
import type { ProfiledApp } from "../../../../src/actions/kubernetes/heap/deps.ts";
import { heapProfile } from "../../../../src/actions/kubernetes/heap/heap-profile.ts";
import { createCharts } from "../../../../src/adapters/chart/create-charts.ts";
import { createHeapReader } from "../../../../src/adapters/heap/create-heap-reader.ts";
import { createNodeInspector } from "../../../../src/adapters/heap/inspector/node-inspector.ts";
import { createOwnPrograms } from "../../../../src/adapters/system/own-programs.ts";
import { systemClock as clock } from "../../../../src/adapters/system/system-clock.ts";
import type { Json } from "../../../../src/domain/json.ts";
import type { WorkloadTarget } from "../../../../src/domain/target.ts";
import { openCluster } from "../../../adapters/kubernetes/api-server.ts";
import { encodedProfile } from "../../../adapters/heap/encoded.ts";
import { PATIENCE } from "../../../support/patience.ts";

const lab = await findKubernetes();
if (lab.kind === "there") noteRealSystem("kubernetes", lab.version);
else noteAbsentSystem("kubernetes", lab.because);

const MIB = 2 ** 20;
// A program that serves profiles as Go's net/http/pprof does; MODE: what else may listen there.
const SERVER = `
const { FIRST, SECOND, MODE, FILL } = process.env;
const kept = Buffer.alloc(Number(FILL ?? 0) * 1048576, 1);
let asked = 0;
require("node:http").createServer((request, response) => {
  if (MODE === "hang") return;
  if (MODE === "html" || request.url === "/debug/pprof/") {
    response.setHeader("Content-Type", "text/html");
    return response.end(MODE === "html" ? "<!doctype html><html>Sign in</html>" : "<title>/debug/pprof/</title><a href='heap?debug=1'>heap</a>");
  }
  if (MODE === "big") return response.end(Buffer.alloc(50 * 1048576, 1));
  response.end(Buffer.from(asked++ === 0 ? FIRST : SECOND, "base64"));
}).listen(8080);`;
const LEAK = "const kept = []; setInterval(function keepOrder() { kept.push(Array.from({ length: 500 }, (_, at) => ({ at }))); }, 5);";
const FIRST = gzipSync(encodedProfile([[["newOrder", "main"], 3 * MIB]]));
const SECOND = gzipSync(
  encodedProfile([
    [["newOrder", "main"], 5 * MIB],
    [["load", "main"], MIB],
  ]),
);

describe.skipIf(lab.kind === "absent")(`k8s.heap-profile${lab.kind === "absent" ? ` (${lab.because})` : ""}`, { timeout: 600_000 }, () => {
  let scenes: ClusterScenes;
  let opened: ReturnType<typeof openCluster>;
  const programs = createOwnPrograms();
  const built = (path: string): string => fileURLToPath(new URL(`../../../../dist/adapters/${path}`, import.meta.url));
  const charts = createCharts({ programs, path: built("chart/chart-process.js"), timeoutMs: 120_000 });
  const heaps = createHeapReader({ programs, charts, path: built("heap/heap-process.js"), timeoutMs: 120_000 });

  const served = (env: ContainerOptions["env"], limitMib = 256): ContainerOptions => ({
    memory: "served",
    limitMib,
    env: { FIRST: FIRST.toString("base64"), SECOND: SECOND.toString("base64"), ...env },
    more: { command: ["node", "-e", SERVER], ports: [{ containerPort: 8080 }] },
  });
  const PODS: Readonly<Record<string, ContainerOptions>> = {
    go: served({}),
    html: served({ MODE: "html" }),
    hang: served({ MODE: "hang" }),
    big: served({ MODE: "big" }, 512),
    node: { memory: "leak", limitMib: 256, more: { command: ["node", "--inspect", "-e", LEAK] } },
    plain: { script: "exec sleep 3600", limitMib: 64 },
  };

  beforeAll(async () => {
    scenes = await openClusterScenes("oomph-heap");
    opened = openCluster(process.env["KUBECONFIG"] ?? "");
    for (const [name, container] of Object.entries(PODS)) await scenes.make("Pod", name, { containers: [container] });
    for (const name of Object.keys(PODS)) await measured(name);
  }, 600_000);
  afterAll(async () => {
    await opened.close();
    await scenes.end();
  });

  /** Until it runs, and its kubelet has read its memory. */
  async function measured(name: string): Promise<void> {
    await vi.waitFor(
      async () => {
        const found: string[] = [];
        for await (const page of opened.cluster.usage({ namespace: scenes.namespace }, AbortSignal.timeout(30_000)))
          found.push(...page.map(({ pod }) => pod));
        expect(found).toContain(name);
      },
      { ...PATIENCE, timeout: 300_000, interval: 500 },
    );
  }

  const targetOf = (name: string): WorkloadTarget => ({
    kind: "workload",
    connection: "lab",
    resource: "pod",
    namespace: scenes.namespace,
    name,
  });
  const actionFor = (app?: ProfiledApp) =>
    heapProfile({
      clusters: { cluster: () => opened.cluster },
      heaps,
      inspector: createNodeInspector({ timeoutMs: 60_000, clock }),
      clock,
      appOf: () => app,
    });

  async function planned(name: string, params: Readonly<Record<string, Json>>, app?: ProfiledApp) {
    const plan = await actionFor(app).plan(targetOf(name), params);
    if (plan.kind === "refused") throw new Error(plan.because);
    return plan.plan;
  }

  async function refusal(name: string, params: Readonly<Record<string, Json>> = {}, app?: ProfiledApp): Promise<string> {
    const plan = await actionFor(app).plan(targetOf(name), params);
    return plan.kind === "refused" ? plan.because : `planned: ${plan.plan.summary}`;
  }

  /** Takes it, and tells what is left of it in the thread. */
  async function taken(name: string, app?: ProfiledApp) {
    const [action, plan] = [actionFor(app), await planned(name, { seconds: "1" }, app)];
    let checkpoint: Json = null;
    const run: RunHandle = {
      id: "run_made_up",
      begunAtMs: clock.nowMs(),
      signal: new AbortController().signal,
      threadUrl: () => Promise.resolve(undefined),
      async saveCheckpoint(saved) {
        checkpoint = saved;
      },
    };
    await action.apply(plan, run);
    const facts = { ...run, checkpoint };
    expect(await action.observe(plan, facts)).toMatchObject({ kind: "done" });
    const afterwards = await action.afterwards?.(plan, facts);
    return { verification: await action.verify(plan, facts), files: afterwards?.files ?? [] };
  }

  test("two profiles of an endpoint that is found: who holds most, who grew, and files with their sums", async () => {
    const plan = await planned("go", {});
    expect(plan.scope).toMatchObject({
      way: { kind: "endpoint", port: 8080, path: "/debug/pprof/heap" },
      pod: "go",
      seconds: 20,
      gc: false,
    });
    expect((await planned("go", plan.params)).scope).toEqual(plan.scope);
    const { verification, files } = await taken("go");
    expect(verification).toMatchObject({ helped: true, troubled: true });
    expect(verification.says).toMatch(
      /^6\.0 MiB in use .*, \+3\.0 MiB within .* newOrder holds most by itself \(5\.0 MiB\)\. newOrder grew most \(\+2\.0 MiB\)\.$/,
    );
    expect(verification.rows).toContainEqual({ what: "newOrder", before: "3.0 MiB", after: "5.0 MiB", ok: true });
    expect(files.map(({ name }) => name)).toEqual([
      "heap-go-1.pb.gz",
      "heap-go-2.pb.gz",
      "heap-go-flame.png",
      "heap-go-flame.svg",
      "heap-go-top.txt",
    ]);
    expect(Buffer.from(files[0]?.base64 ?? "", "base64").equals(FIRST)).toBe(true);
    for (const { title, base64 = "" } of files)
      expect(title).toContain(createHash("sha256").update(Buffer.from(base64, "base64")).digest("hex"));
  });

  test.runIf(nodeForwardsPorts)("a program of Node's is sampled through its inspector", async () => {
    const { verification, files } = await taken("node");
    expect(verification.says).toContain("still in use");
    expect(verification.rows.map(({ what }) => what)).toContain("Heap in use");
    expect(files.map(({ name }) => name)).toContain("heap-node.pb.gz");
  });

  test("a configured command's list of objects is compared with a second one", async () => {
    const { verification, files } = await taken("plain", { heapCommand: ["sh", "-c", "echo 4096 2 dict; echo 100 1 list"] });
    expect(verification.says).toBe("Of dict there is most in plain (4.0 KiB in 2). Nothing grew.");
    expect(files.map(({ name }) => name)).toEqual(["heap-plain-objects-1.txt", "heap-plain-objects-2.txt", "heap-plain-objects-grown.txt"]);
  });

  test("a command that prints something else, and a web page, are said to be that", async () => {
    const other = { heapCommand: ["sh", "-c", "echo no such thing"] };
    await expect(taken("plain", other)).rejects.toThrow(/expected lines of "bytes count name" .* got "no such thing"/);
    await expect(taken("html", { profile: { port: 8080, path: "/debug/pprof/heap" } })).rejects.toThrow("got a web page (a login page?)");
    await expect(taken("big", { profile: { port: 8080, path: "/heap" } })).rejects.toThrow("at most 8.0 MiB");
  });

  test("what offers nothing, and what hangs, is refused with what to do", async () => {
    expect(await refusal("plain")).toMatch(/offers no heap profile: no net\/http\/pprof on 6060, .*heapCommand/);
    expect(await refusal("hang", {}, { profile: { port: 8080, path: "/debug/pprof/heap" } })).toContain("cannot be asked");
    expect(await refusal("go", { container: "none" })).toContain("has no running container none. There is app.");
    expect(await refusal("go", { seconds: "0" })).toContain("expected a whole number from 1 to 300");
  });
});
