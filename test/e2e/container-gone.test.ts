import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openScenes } from "../../scripts/lab/containers/scenes.ts";
import { docker, findDocker } from "../../scripts/lab/docker.ts";
import { isQuestion, startDockerProxy, type DockerProxy } from "../../scripts/lab/docker-proxy.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { auditOf } from "./support/audit.ts";
import { expectSaid, inspected, offering, piecesOf, press } from "./support/containers.ts";
import { ask, QUICK, requestIdOf, setScene, textOf, type Scene } from "./support/scene.ts";

const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);

const WITHIN_MS = 120_000;
const CHANNELS = ["anew", "limit", "start", "driver", "folder"];

// What a change needs is taken away between its approval and its being done.
describe.skipIf(daemon.kind === "absent")("a container's change without what it needs", () => {
  const containers = openScenes();
  const volumes: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), "oomph-volume-"));
  let proxy: DockerProxy;
  let scene: Scene;

  beforeAll(async () => {
    proxy = await startDockerProxy();
    scene = await setScene({
      slack: { channels: ["alerts", "incidents", ...CHANNELS] },
      settings: (slack) => ({
        access: { approvers: [slack.id("approver"), slack.id("responder")] },
        connections: {},
        sections: { ...QUICK, docker: { connections: { local: { url: `unix://${proxy.path}`, watch: ["none"] } } } },
      }),
    });
  }, WITHIN_MS);

  afterAll(async () => {
    await scene?.stop();
    await proxy?.close();
    await containers.end();
    for (const volume of volumes) await docker(["volume", "rm", "-f", volume]).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }, WITHIN_MS);

  test.each([
    ["anew", (name: string) => `docker.set-environment docker/${name} --set TUNED=8`],
    ["limit", (name: string) => `docker.set-memory-limit docker/${name} --limit 200m`],
    ["start", (name: string) => `docker.restart docker/${name}`],
  ])(
    "%s: the container is removed between the approving click and the act: it ends as that, and nothing is made from nothing",
    async (channel, commandFor) => {
      const web = await containers.steady({ mib: 8, env: { TUNED: "auto" } });
      const card = await ask(scene, { user: "responder", channel }, commandFor(web.name));
      let isGone = false;
      proxy.decide((call) => {
        if (isGone || call === "GET /events" || !auditOf(scene, requestIdOf(card)).includes("decision-approved")) return "pass";
        isGone = spawnSync("docker", ["rm", "-f", web.id]).status === 0;
        return "pass";
      });
      await scene.people().click("approver", card, "request_approve");
      const said = await expectSaid(scene, channel, /Failed: .*has no container .*nothing was done/s);
      expect(isGone).toBe(true);
      expect(textOf(said)).toContain(web.name);
      expect(await piecesOf(web)).toEqual([]);
      expect(auditOf(scene, requestIdOf(card))).not.toContain("run-begun");
      proxy.decide(() => "pass");
    },
    WITHIN_MS,
  );

  test(
    "the driver of its volume is not there when it is made anew: the old one was not even stopped",
    async () => {
      const web = await containers.steady({ mib: 8, env: { TUNED: "auto" } });
      const before = await docker(["inspect", "-f", "{{.State.StartedAt}}", web.id]);
      const card = await ask(scene, { user: "responder", channel: "driver" }, `docker.set-environment docker/${web.name} --set TUNED=8`);
      // As a daemon answers that finds no plugin of the driver's name.
      proxy.decide((call, url) => (call === "POST /containers/create" && !isQuestion(call, url) ? 404 : "pass"));
      await scene.people().click("approver", card, "request_approve");
      await expectSaid(scene, "driver", /Failed: Set environment/);
      proxy.decide(() => "pass");
      expect(await inspected(web.name)).toMatchObject({ id: web.id, state: "running" });
      expect(await docker(["inspect", "-f", "{{.State.StartedAt}}", web.id])).toBe(before);
      expect(await piecesOf(web)).toEqual([web.name]);
    },
    WITHIN_MS,
  );

  test(
    "what its volume lies on is gone: neither can start, the thread says so, and the old one comes back on a button once it is there",
    async () => {
      const device = join(folder, "device");
      mkdirSync(device);
      const volume = `oomph-lab-${containers.run}`;
      volumes.push(volume);
      const options = ["type=none", "o=bind", `device=${device}`].flatMap((option) => ["--opt", option]);
      await docker(["volume", "create", "--driver", "local", ...options, volume]);
      const web = await containers.steady({ mib: 8, env: { TUNED: "auto" }, more: ["-v", `${volume}:/data`] });
      const card = await ask(scene, { user: "responder", channel: "folder" }, `docker.set-environment docker/${web.name} --set TUNED=8`);
      rmSync(device, { recursive: true });
      await scene.people().click("approver", card, "request_approve");
      await expectSaid(scene, "folder", /Failed: Set environment[^]*could not be brought back in whole/);
      mkdirSync(device);
      const message = await offering(scene, "folder", /Set environment/);
      const back = await press(scene, { user: "responder", channel: "folder", message });
      await scene.people().click("approver", back, "request_approve");
      await expectSaid(scene, "folder", /Done, and it helped: Bring back/);
      expect(await inspected(web.name)).toMatchObject({ id: web.id, state: "running" });
      expect(await piecesOf(web)).toEqual([web.name]);
    },
    2 * WITHIN_MS,
  );
});
