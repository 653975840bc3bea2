import { join } from "node:path";
import Libsql from "libsql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openScenes, type Scene as Container } from "../../scripts/lab/containers/scenes.ts";
import { docker, findDocker } from "../../scripts/lab/docker.ts";
import { startDockerProxy, type DockerProxy } from "../../scripts/lab/docker-proxy.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { QUICK, seen, setScene, textOf, type Scene } from "./support/scene.ts";

const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);

const WITHIN_MS = 120_000;

// A container is killed for want of memory while something that Oomph hears or remembers it by is away.
describe.skipIf(daemon.kind === "absent")("a kill in the middle of an outage", () => {
  const containers = openScenes();
  const prefix = `oomph-lab-${containers.run}`;
  let proxy: DockerProxy;
  let scene: Scene;

  beforeAll(async () => {
    proxy = await startDockerProxy();
    scene = await setScene({
      slack: { channels: ["alerts", "incidents"] },
      settings: (slack) => ({
        connections: {},
        access: { approvers: [slack.id("approver")] },
        sections: {
          ...QUICK,
          store: { path: "oomph.sqlite", busyTimeout: "300ms" },
          docker: { connections: { local: { url: `unix://${proxy.path}`, watch: [`${prefix}*`], callTimeout: "3s" } } },
          // What it hears counts here, not what it sees: it does not look by itself before all this is over.
          watch: { every: "1h", weekly: false, monthly: false },
        },
      }),
    });
    await seen("the events to be followed", () => proxy.calls.includes("GET /events"));
  }, WITHIN_MS);

  afterAll(async () => {
    await scene?.stop();
    await proxy?.close();
    await containers.end();
  }, WITHIN_MS);

  test(
    "the daemon's events are lost: it is heard of once they are back, and told once",
    async () => {
      proxy.decide((call) => (call === "GET /events" ? "drop" : "pass"));
      proxy.drop();
      const killed = await kill("unheard");
      await seen("another try to follow", () => proxy.calls.filter((call) => call === "GET /events").length > 2);
      expect(notesOf(killed)).toEqual([]);
      proxy.decide(() => "pass");
      await expectToldOnce(killed);
    },
    WITHIN_MS,
  );

  test(
    "the store takes no writes: it is told once it does",
    async () => {
      const holder = new Libsql(join(scene.directory, "oomph.sqlite"), { timeout: 10_000 });
      holder.exec("begin immediate");
      let killed: Container;
      try {
        killed = await kill("unwritten");
        await seen("a failed try", async () => ((await scene.oomph().log()).includes("locked by another process") ? true : undefined));
        expect(notesOf(killed)).toEqual([]);
      } finally {
        holder.exec("rollback");
        holder.close();
      }
      await expectToldOnce(killed);
    },
    WITHIN_MS,
  );

  test(
    "the queue is away: it is told once it is back",
    async () => {
      await scene.queue.kill();
      const killed = await kill("unqueued");
      expect(notesOf(killed)).toEqual([]);
      await scene.queue.restart();
      await expectToldOnce(killed);
    },
    WITHIN_MS,
  );

  /** Started, and killed by the kernel before this returns. */
  async function kill(name: string): Promise<Container> {
    const container = await containers.leak({ name: `${prefix}-${name}`, mibPerSecond: 200, limitMib: 64 });
    await seen("the kill", async () => (await docker(["inspect", "-f", "{{.State.OOMKilled}}", container.id])).trim() === "true");
    return container;
  }

  function notesOf({ name }: Container): readonly string[] {
    return scene
      .said("incidents")
      .map(textOf)
      .filter((text) => text.includes(name) && text.includes("Killed for want of memory"));
  }

  /** One note of the kill, in one thread, and what was found beneath it. */
  async function expectToldOnce(container: Container): Promise<void> {
    await seen("a note of the kill", () => notesOf(container).length > 0, WITHIN_MS);
    const ofIt = () => scene.said("incidents").filter((one) => textOf(one).includes(container.name));
    await seen("the report", () => ofIt().some((one) => textOf(one).includes("Evidence Summary")), WITHIN_MS);
    expect(notesOf(container)).toHaveLength(1);
    expect(notesOf(container)[0]).not.toMatch(/\d+ kills within/);
    expect(ofIt().filter(({ thread_ts }) => thread_ts === undefined)).toHaveLength(1);
  }
});
