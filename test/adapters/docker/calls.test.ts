import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openScenes, type Scene } from "../../../scripts/lab/containers/scenes.ts";
import { docker, findDocker } from "../../../scripts/lab/docker.ts";
import { startDockerProxy, type DockerProxy } from "../../../scripts/lab/docker-proxy.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../scripts/lab/real-systems.ts";
import { DOCKER_CALLS, nameOfCall, pathOf, type DockerCall, type DockerCallName } from "../../../src/adapters/docker/calls.ts";
import { createContainerHosts } from "../../../src/adapters/docker/container-hosts.ts";
import type { ContainerHost, ContainerHosts } from "../../../src/ports/containers.ts";
import { silentLog } from "./silent-log.ts";

const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);

const EXEC = { timeoutMs: 60_000, maxBytes: 1000 };

test("an id is one segment of a call's path, whatever it holds", () => {
  expect(pathOf("inspect", "a/../b?c#d$&")).toBe("/containers/a%2F..%2Fb%3Fc%23d%24%26/json");
});

describe.skipIf(daemon.kind === "absent")(`least rights${daemon.kind === "absent" ? ` (${daemon.because})` : ""}`, () => {
  const scenes = openScenes();
  const opened: { close(): Promise<void> }[] = [];
  let scene: Scene;

  beforeAll(async () => {
    scene = await scenes.shell("echo hello; sleep 1000");
  });

  afterAll(async () => {
    for (const one of opened.toReversed()) await one.close();
    await scenes.end();
  });

  test("with the reading calls alone, everything but programs inside works", async () => {
    const { host, proxy } = await through(namesOf("reading"));
    await readEverything(host);
    await expect(host.execute(scene.name, ["cat"], EXEC)).rejects.toMatchObject({
      code: "no-rights",
      message: expect.stringContaining("does not allow POST /containers/{id}/exec: 403 Forbidden Administrative rules."),
    });
    expect([...new Set(proxy.calls)].toSorted()).toEqual([...namesOf("reading"), "POST /containers/{id}/exec"].toSorted());
  });

  test("with those to look inside too, programs run, and nothing else is asked", async () => {
    const allowed = [...namesOf("reading"), ...namesOf("looking-inside")];
    const { host, proxy } = await through(allowed);
    await readEverything(host);
    expect(await host.execute(scene.name, ["cat", "/proc/1/comm"], EXEC)).toMatchObject({ exitCode: 0, stdout: "sh\n" });
    expect([...new Set(proxy.calls)].toSorted()).toEqual(allowed.toSorted());
  });

  test.each(namesOf("reading"))("without %s, the error names it", async (missing) => {
    const { host } = await through(namesOf("reading").filter((name) => name !== missing));
    await expect(readEverything(host)).rejects.toMatchObject({
      code: "no-rights",
      message: expect.stringContaining(`does not allow ${missing}`),
    });
  });

  async function through(allow: readonly string[]): Promise<{ readonly host: ContainerHost; readonly proxy: DockerProxy }> {
    const proxy = await startDockerProxy({ allow });
    const hosts: ContainerHosts = createContainerHosts(
      [{ name: "local", endpoint: { kind: "socket", path: proxy.path }, connectTimeoutMs: 20_000, callTimeoutMs: 60_000 }],
      { log: silentLog },
    );
    opened.push(proxy, hosts);
    return { host: hosts.host("local"), proxy };
  }

  /** All of the reading half, in turn. */
  async function readEverything(host: ContainerHost): Promise<void> {
    const { nowMs } = await host.facts();
    await host.list();
    await host.inspect(scene.name);
    await host.stats(scene.name);
    await host.processes(scene.name);
    await host.logTail(scene.name, { lines: 10, maxBytes: 1000 });
    await host.pastEvents({ sinceMs: nowMs - 1000, untilMs: nowMs });
    const enough = new AbortController();
    const following = host.follow(nowMs, () => enough.abort(), enough.signal);
    await Promise.all([following, docker(["kill", "--signal", "CONT", scene.id])]); // an event that harms nobody
  }
});

function namesOf(needs: DockerCall["needs"]): readonly string[] {
  const names = Object.keys(DOCKER_CALLS) as DockerCallName[];
  return names.filter((name) => DOCKER_CALLS[name].needs === needs).map(nameOfCall);
}
