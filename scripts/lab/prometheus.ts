import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const run = promisify(execFile);
const READY = /Server is ready to receive web requests/;
const TRIES = 5;

export type PrometheusLab = { readonly kind: "there"; readonly version: string } | { readonly kind: "absent"; readonly because: string };

/** The `prometheus` on PATH. */
export async function findPrometheus(): Promise<PrometheusLab> {
  try {
    const { stdout, stderr } = await run("prometheus", ["--version"]);
    const version = /version (\S+)/.exec(`${stdout}${stderr}`)?.[1];
    return version === undefined ? { kind: "absent", because: "prometheus does not tell its version" } : { kind: "there", version };
  } catch {
    return { kind: "absent", because: "prometheus is not there (Debian, Ubuntu: apt-get install prometheus)" };
  }
}

/** A real Prometheus on loopback that scrapes as told, with its data in a folder that goes when it stops. The configuration is JSON, which is YAML. */
export async function startPrometheus(configuration: object) {
  const folder = await mkdtemp(join(tmpdir(), "oomph-prometheus-"));
  const config = join(folder, "prometheus.yml");
  await writeFile(config, JSON.stringify(configuration));
  for (let attempt = 1; ; attempt += 1) {
    const started = await start({ config, folder, port: await freePort() });
    if (started.kind === "up") return started;
    if (attempt < TRIES) continue; // another process took the port meanwhile
    await rm(folder, { recursive: true, force: true });
    throw new Error(`prometheus did not start: ${started.said}`);
  }
}

type Start = { readonly config: string; readonly folder: string; readonly port: number };

async function start({ config, folder, port }: Start) {
  const options = [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, "data")}`, `--web.listen-address=127.0.0.1:${port}`];
  const child = spawn("prometheus", options, { stdio: ["ignore", "ignore", "pipe"] });
  const end = (): boolean => child.kill("SIGKILL");
  process.once("exit", end);
  const ended = once(child, "exit");
  const said: string[] = [];
  const lines = createInterface({ input: child.stderr });
  const ready = new Promise<"ready">((resolve) => {
    lines.on("line", (line) => {
      said.push(line);
      if (READY.test(line)) resolve("ready");
    });
  });
  if ((await Promise.race([ready, ended])) !== "ready") {
    process.off("exit", end);
    return { kind: "ended", said: said.slice(-3).join("; ") } as const;
  }
  return {
    kind: "up",
    url: `http://127.0.0.1:${port}`,
    async stop(): Promise<void> {
      process.off("exit", end);
      end();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  } as const;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
