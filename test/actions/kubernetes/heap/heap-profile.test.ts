import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openClusterScenes, type ClusterScenes, type ContainerOptions } from "../../../../scripts/lab/kubernetes-scenes.ts";
import { findKubernetes, nodeForwardsPorts } from "../../../../scripts/lab/kubernetes.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../../scripts/lab/real-systems.ts";
import { heapLook } from "../../../../src/actions/kubernetes/heap/look.ts";
import { encodedProfile } from "../../../adapters/heap/encoded.ts";
import { openHeapRig, type HeapRig } from "./rig.ts";

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
  let rig: HeapRig;

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
    tight: { script: "exec sleep 3600", limitMib: 24 },
  };

  beforeAll(async () => {
    scenes = await openClusterScenes("oomph-heap");
    rig = openHeapRig(scenes.namespace);
    for (const [name, container] of Object.entries(PODS)) await scenes.make("Pod", name, { containers: [container] });
    for (const name of Object.keys(PODS)) await rig.measured(name);
  }, 600_000);
  afterAll(async () => {
    await rig.close();
    await scenes.end();
  });

  test("two profiles of an endpoint that is found: who holds most, who grew, and files with their sums", async () => {
    const plan = await rig.planned("go", {});
    expect(plan.scope).toMatchObject({
      way: { kind: "endpoint", port: 8080, path: "/debug/pprof/heap" },
      pod: "go",
      seconds: 20,
      gc: false,
    });
    expect((await rig.planned("go", plan.params)).scope).toEqual(plan.scope);
    const { verification, files } = await rig.taken("go");
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
    const { verification, files } = await rig.taken("node");
    expect(verification.says).toContain("still in use");
    expect(verification.rows.map(({ what }) => what)).toContain("Heap in use");
    expect(files.map(({ name }) => name)).toContain("heap-node.pb.gz");
  });

  test("a configured command's list of objects is compared with a second one", async () => {
    const { verification, files } = await rig.taken("plain", { heapCommand: ["sh", "-c", "echo 4096 2 dict; echo 100 1 list"] });
    expect(verification.says).toBe("Of dict there is most in plain (4.0 KiB in 2). Nothing grew.");
    expect(files.map(({ name }) => name)).toEqual(["heap-plain-objects-1.txt", "heap-plain-objects-2.txt", "heap-plain-objects-grown.txt"]);
  });

  test("a command that prints something else, and a web page, are said to be that", async () => {
    const other = { heapCommand: ["sh", "-c", "echo no such thing"] };
    await expect(rig.taken("plain", other)).rejects.toThrow(/expected lines of "bytes count name" .* got "no such thing"/);
    await expect(rig.taken("html", { profile: { port: 8080, path: "/debug/pprof/heap" } })).rejects.toThrow(
      "got a web page (a login page?)",
    );
    await expect(rig.taken("big", { profile: { port: 8080, path: "/heap" } })).rejects.toThrow("at most 8.0 MiB");
  });

  test("what offers nothing, and what hangs, is refused with what to do", async () => {
    expect(await rig.refusal("plain")).toMatch(/offers no heap profile: no net\/http\/pprof on 6060, .*heapCommand/);
    expect(await rig.refusal("hang", {}, { profile: { port: 8080, path: "/debug/pprof/heap" } })).toContain("cannot be asked");
    expect(await rig.refusal("go", { container: "none" })).toContain("has no running container none. There is app.");
    expect(await rig.refusal("go", { seconds: "0" })).toContain("expected a whole number from 1 to 300");
  });

  test("a step of an investigation looks only where that is configured, and keeps what it saw", async () => {
    const how = { seconds: 1, signal: new AbortController().signal };
    expect(await heapLook(rig.depsFor())(rig.targetOf("go"), how)).toEqual({ kind: "not-configured" });
    const app = { profile: { port: 8080, path: "/debug/pprof/heap" } };
    const seen = await heapLook(rig.depsFor(app))(rig.targetOf("go"), how);
    if (seen.kind !== "taken") throw new Error(`expected a look, got ${JSON.stringify(seen)}`);
    expect(seen).toMatchObject({ pod: "go", container: "app", seconds: 1, totalBytes: 6 * MIB });
    expect(seen.holders.map(({ name, bytes }) => [name, bytes])).toEqual([
      ["newOrder", 5 * MIB],
      ["load", MIB],
    ]);
    expect(seen.files.map(({ name }) => name)).toEqual(["heap-go-2.pb.gz", "heap-go-flame.png"]);
  });

  test("it looks at nothing that has no room for it, and says so", async () => {
    const app = { heapCommand: ["sh", "-c", "echo 4096 2 dict"] };
    const seen = await heapLook(rig.depsFor(app))(rig.targetOf("tight"), { seconds: 1, signal: new AbortController().signal });
    expect(seen).toMatchObject({ kind: "not-taken", because: expect.stringMatching(/container app uses .* of its 24\.0 MiB/) });
    expect(await rig.refusal("tight", {}, app)).toContain("could be killed by being looked at. Ask for another pod with --pod");
  });
});
