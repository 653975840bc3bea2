import { execFile } from "node:child_process";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findKubernetes } from "../../../../scripts/lab/kubernetes.ts";
import { openClusterScenes, type ClusterScenes } from "../../../../scripts/lab/kubernetes-scenes.ts";
import { openHeapRig, type HeapRig } from "./rig.ts";

const lab = await findKubernetes();
const run = promisify(execFile);

// Programs of this machine, seen by the pod as they lie here: an image with a JDK in it is a quarter of a gigabyte.
const JCMD = "/usr/bin/jcmd";
const hasJava = existsSync(JCMD);
// On Debian and its like /usr/bin leads to it through /etc.
const jdkFolder = hasJava ? dirname(realpathSync(JCMD)) : "";
const hasPython = existsSync("/usr/bin/python3");
const hasGo = existsSync("/usr/bin/go");

const JAVA = `
import java.util.*;
public class Shop {
  static class Order { final byte[] lines = new byte[4096]; }
  static final List<Order> KEPT = new ArrayList<>();
  public static void main(String[] none) throws Exception {
    while (true) { if (KEPT.size() < 4000) KEPT.add(new Order()); Thread.sleep(2); }
  }
}`;

const PYTHON = `
import gc, http.server, threading, time, tracemalloc
kept = []
def keep_order():
    kept.append(["order"] * 2000)
def sell():
    while True:
        keep_order()
        time.sleep(0.005)
class Told(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/objects":
            counts = {}
            for each in gc.get_objects():
                counts[type(each).__name__] = counts.get(type(each).__name__, 0) + 1
            body = "\\n".join(f"{count} {name}" for name, count in counts.items())
        else:
            body = "\\n".join(map(str, tracemalloc.take_snapshot().statistics("lineno")[:200]))
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(body.encode())
threading.Thread(target=sell, daemon=True).start()
http.server.ThreadingHTTPServer(("", 8080), Told).serve_forever()
`;

const GO = `
package main

import (
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"time"
)

var kept [][]byte

//go:noinline
func keepOrder(bytes int) { kept = append(kept, make([]byte, bytes)) }

func main() {
	runtime.MemProfileRate = 4096
	for at := 0; at < 64; at++ {
		keepOrder(256 << 10)
	}
	// For six minutes: it must still grow when it is looked at.
	go func() {
		for len(kept) < 1800 {
			keepOrder(32 << 10)
			runtime.GC()
			time.Sleep(200 * time.Millisecond)
		}
	}()
	panic(http.ListenAndServe(":6060", nil))
}
`;

describe.skipIf(lab.kind === "absent")(
  `heaps of programs in pods${lab.kind === "absent" ? ` (${lab.because})` : ""}`,
  { timeout: 600_000 },
  () => {
    let scenes: ClusterScenes;
    let rig: HeapRig;
    let folder: string;

    beforeAll(async () => {
      scenes = await openClusterScenes("oomph-runtimes");
      rig = openHeapRig(scenes.namespace);
      folder = await mkdtemp(join(tmpdir(), "oomph-runtimes-"));
      await chmod(folder, 0o755);
    }, 600_000);
    afterAll(async () => {
      await rig.close();
      await scenes.end();
      await rm(folder, { recursive: true, force: true });
    });

    /** A pod that sees /usr of this machine, where a JDK keeps its settings, and the program in /program. */
    async function start(name: string, command: readonly string[], limitMib: number): Promise<void> {
      const settings = readdirSync("/etc").filter((entry) => entry.startsWith("java-"));
      const mounts = [["/usr", "/usr"], [folder, "/program"], ...settings.map((entry) => [`/etc/${entry}`, `/etc/${entry}`])];
      const volumes = mounts.map(([path], at) => ({ name: `part-${at}`, hostPath: { path } }));
      const volumeMounts = mounts.map(([, mountPath], at) => ({ name: `part-${at}`, mountPath, readOnly: true }));
      const container = { limitMib, env: { PATH: `${jdkFolder}:/usr/bin:/bin` }, more: { command, volumeMounts } };
      await scenes.make("Pod", name, { containers: [container], more: { volumes } });
      await rig.measured(name);
    }

    test.skipIf(!hasJava)(`a JVM's classes, by its own tool${hasJava ? "" : ` (no ${JCMD})`}`, async () => {
      await writeFile(join(folder, "Shop.java"), JAVA);
      const tuned = ["-Xmx48m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
      await start("java", ["java", ...tuned, "/program/Shop.java"], 320);
      const { plan, verification, files } = await rig.taken("java");
      expect(plan.scope).toMatchObject({ way: { kind: "jvm", tool: "jcmd", pid: 1 } });
      expect(verification.rows.map(({ what }) => what)).toContainEqual(expect.stringMatching(/^\[B/));
      expect(files.map(({ name }) => name)).toContain("heap-java-objects-grown.txt");
    });

    test.skipIf(!hasPython)(`Python's tracemalloc and its objects, told by itself${hasPython ? "" : " (no python3)"}`, async () => {
      await writeFile(join(folder, "shop.py"), PYTHON);
      await start("python", ["python3", "-X", "tracemalloc", "-u", "/program/shop.py"], 160);
      expect(await rig.refusal("python")).toContain("PYTHONTRACEMALLOC=1");
      const lines = await rig.taken("python", { profile: { port: 8080, path: "/tracemalloc" } });
      expect(lines.verification.says).toMatch(/^Of \/program\/shop\.py:5 there is most in python .* \/program\/shop\.py:5 grew most/);
      const objects = await rig.taken("python", { profile: { port: 8080, path: "/objects" } });
      expect(objects.verification.says).toMatch(/list grew most/);
    });

    test.skipIf(!hasGo)(`a Go program's functions, as its own tool lists them${hasGo ? "" : " (no go)"}`, async () => {
      await writeFile(join(folder, "shop.go"), GO);
      const env = { ...process.env, GOFLAGS: "-mod=mod", GO111MODULE: "off", CGO_ENABLED: "0" };
      await run("go", ["build", "-o", join(folder, "shop"), join(folder, "shop.go")], { env });
      await start("go", ["/program/shop"], 160);
      const { plan, verification, files } = await rig.taken("go");
      expect(plan.scope).toMatchObject({ way: { kind: "endpoint", port: 6060, path: "/debug/pprof/heap" } });
      expect(verification.says).toMatch(/main\.keepOrder holds most by itself .* main\.keepOrder grew most/);
      const kept = join(folder, "kept.pb.gz");
      await writeFile(kept, Buffer.from(files.find(({ name }) => name === "heap-go-2.pb.gz")?.base64 ?? "", "base64"));
      const { stdout } = await run("go", ["tool", "pprof", "-sample_index=inuse_space", "-unit=MB", "-top", kept]);
      const [, share] = /([\d.]+)MB\s+[\d.]+%\s+[\d.]+%\s+[\d.]+MB\s+[\d.]+%\s+main\.keepOrder/.exec(stdout) ?? [];
      const told = verification.rows.find(({ what }) => what === "main.keepOrder")?.after ?? "";
      expect(Number.parseFloat(told)).toBeCloseTo(Number(share), 0);
    });
  },
);
