import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { renderProxyConfiguration, withCallTable } from "../../scripts/docs/docker-rights.ts";
import { findNginx } from "../../scripts/lab/containers/image.ts";
import { openScenes, type Scene } from "../../scripts/lab/containers/scenes.ts";
import { daemonSocket } from "../../scripts/lab/docker-proxy.ts";
import { findDocker } from "../../scripts/lab/docker.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { DOCKER_CALLS, nameOfCall, pathOf, type DockerCallName } from "../../src/adapters/docker/calls.ts";
import { createContainerHosts } from "../../src/adapters/docker/container-hosts.ts";
import { PATIENCE } from "../support/patience.ts";

const CONFIGURATION = read("examples/docker-proxy/nginx.conf");
const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);
const nginx = findNginx();
const absent = [daemon, nginx].flatMap((one) => (one.kind === "absent" ? [one.because] : [])).join("; ");

test("the table of calls and the proxy's configuration are what the code asks for (mend with: npm run docs)", () => {
  const document = read("docs/containers.md");
  expect(document).toBe(withCallTable(document));
  for (const call of calls()) expect(document).toContain(`| \`${nameOfCall(call)}\` |`);
  expect(CONFIGURATION).toBe(renderProxyConfiguration());
});

describe.skipIf(absent !== "")(`the proxy of the documentation, before a real daemon${absent === "" ? "" : ` (${absent})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "oomph-rights-"));
  const socket = join(folder, "docker.sock");
  const scenes = openScenes();
  let server: ChildProcess;
  let scene: Scene;

  beforeAll(async () => {
    scene = await scenes.shell("echo hello; sleep 1000");
    writeFileSync(join(folder, "nginx.conf"), fitted(CONFIGURATION, folder));
    const program = nginx.kind === "there" ? nginx.path : "nginx";
    server = spawn(program, ["-e", "stderr", "-c", join(folder, "nginx.conf"), "-g", "daemon off;"], { stdio: "inherit" });
    await vi.waitFor(() => statSync(socket), PATIENCE);
  });

  afterAll(async () => {
    const ended = once(server, "exit");
    server.kill("SIGTERM");
    await ended;
    await scenes.end();
    rmSync(folder, { recursive: true, force: true });
  });

  test("what reads, and what looks inside, is done through it", async () => {
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const endpoint = { kind: "socket", path: socket } as const;
    const hosts = createContainerHosts([{ name: "local", endpoint, connectTimeoutMs: 20_000, callTimeoutMs: 60_000 }], { log });
    try {
      const host = hosts.host("local");
      expect((await host.list()).map(({ name }) => name)).toContain(scene.name);
      expect((await host.inspect(scene.name)).id).toBe(scene.id);
      expect((await host.stats(scene.name)).usageBytes).toBeGreaterThan(0);
      const inside = await host.execute(scene.name, ["cat", "/proc/1/comm"], { timeoutMs: 60_000, maxBytes: 1000 });
      expect(inside).toMatchObject({ exitCode: 0, stdout: "sh\n" });
    } finally {
      await hosts.close();
    }
  });

  // The daemon answers that there is no such thing; a proxy that refused would answer 403.
  test.each(calls().filter((call) => DOCKER_CALLS[call].needs === "acting"))("%s gets through to the daemon", async (call) => {
    const { method } = DOCKER_CALLS[call];
    expect(await statusOf(method, `/v1.41${pathOf(call, "oomph-no-such-thing")}`)).not.toBe(403);
  });

  test.each<readonly [string, string]>([
    ["POST", "/containers/x/kill"],
    ["POST", "/containers/prune"],
    ["POST", "/images/create?fromImage=x"],
    ["POST", "/build"],
    ["GET", "/containers/x/export"],
    ["GET", "/containers/x/archive?path=/etc"],
    ["POST", "/containers/x/attach"],
    ["POST", "/volumes/create"],
    ["DELETE", "/volumes/x"],
    ["DELETE", "/containers/x%2F..%2F..%2Fimages%2Fx"],
    ["GET", "/containers/../secrets"],
    ["GET", "/info/../secrets"],
    ["PUT", "/containers/json"],
    ["POST", "//containers/x/start"],
    ["POST", "/v1.41/swarm/init"],
    ...calls()
      .filter((call) => DOCKER_CALLS[call].path.includes("{id}"))
      .map((call) => [DOCKER_CALLS[call].method, pathOf(call, "x/../../info")] as const),
  ])("%s %s is refused", async (method, path) => {
    expect(await statusOf(method, path)).toBe(403);
  });

  function statusOf(method: string, path: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: socket, method, path, headers: { "Content-Length": 0 } }, (answer) => {
        answer.resume().once("end", () => resolve(answer.statusCode));
      });
      asked.once("error", reject).end();
    });
  }
});

/** The same, in this folder, before the daemon of the tests; an nginx that was only unpacked has no folders of its own. */
function fitted(configuration: string, folder: string): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`);
  return configuration
    .replaceAll("/run/oomph-docker/", `${folder}/`)
    .replace("/var/run/docker.sock", daemonSocket())
    .replace("http {", `http {\n  ${temporary.join("\n  ")}`);
}

function calls(): readonly DockerCallName[] {
  return Object.keys(DOCKER_CALLS) as DockerCallName[];
}

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}
