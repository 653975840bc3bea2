import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openScenes, type Scene as Container } from "../../scripts/lab/containers/scenes.ts";
import { docker, findDocker } from "../../scripts/lab/docker.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { auditOf } from "./support/audit.ts";
import { ask, cards, has, outcome, QUICK, requestIdOf, seen, setScene, textOf, type Scene } from "./support/scene.ts";

const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);

const SECRET = "correct-horse-battery";
const LONG_MS = 120_000;

// The whole way of an approval, with the process killed while the old container is being stopped.
describe.skipIf(daemon.kind === "absent")("a container that is made anew", () => {
  const containers = openScenes();
  let scene: Scene;
  let web: Container;

  beforeAll(async () => {
    const url = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";
    web = await containers.steady({ env: { TUNED: "auto", DB_PASSWORD: SECRET }, restart: "always", more: ["--stop-timeout", "8"] });
    scene = await setScene({
      slack: { channels: ["alerts", "incidents", "web"] },
      settings: (slack) => ({
        access: { approvers: [slack.id("approver"), slack.id("responder")] },
        connections: {},
        sections: {
          ...QUICK,
          docker: { connections: { local: { url } } },
        },
      }),
    });
  }, LONG_MS);

  afterAll(async () => {
    await scene.stop();
    await containers.end();
  }, LONG_MS);

  test(
    "killed half-way, what is left is told, the old one comes back on a button, and the change can be made again",
    async () => {
      const command = `docker.set-environment docker/${web.name} --set TUNED=8`;
      const card = await ask(scene, { user: "responder", channel: "web" }, command);
      await scene.people().click("approver", card, "request_approve");
      await seen(
        "the new container to be made",
        async () => (await namesOf()).some((name) => name.startsWith(`${web.name}-oomph-`)),
        LONG_MS,
      );
      await scene.kill();
      await scene.start();

      await outcome(scene, "web", { says: /Failed: Set environment.*docker\.rollback/s, withinMs: LONG_MS });
      const failed = await seen("the way back on a button", () => scene.said("web").find((message) => has(message, "offer_ask")), LONG_MS);
      expect(auditOf(scene, requestIdOf(card)).filter((kind) => kind === "run-begun")).toHaveLength(1);
      const before = new Set(cards(scene, "web").map(({ ts }) => ts));
      await scene.people().click("responder", failed, "offer_ask");
      const back = await seen("a card for the rollback", () => cards(scene, "web").find(({ ts }) => !before.has(ts)), LONG_MS);
      await scene.people().click("approver", back, "request_approve");
      await outcome(scene, "web", { says: /Done, and it helped: Bring back old container/, withinMs: LONG_MS });
      expect(await namesOf()).toEqual([web.name]);
      expect(await docker(["inspect", "-f", "{{.Id}} {{.State.Status}} {{.HostConfig.RestartPolicy.Name}}", web.name])).toBe(
        `${web.id} running always\n`,
      );

      const again = await ask(scene, { user: "responder", channel: "web" }, command);
      await scene.people().click("approver", again, "request_approve");
      const done = await outcome(scene, "web", { says: /Done, and it helped: Set environment/, withinMs: LONG_MS });
      expect(textOf(done)).toMatch(/Way back/);
      expect(await docker(["exec", web.name, "sh", "-c", "printf %s $TUNED,$DB_PASSWORD"])).toBe(`8,${SECRET}`);
      expect(scene.said().map(textOf).join("\n")).not.toContain(SECRET);
      expect(await scene.oomph().log()).not.toContain(SECRET);
    },
    4 * LONG_MS,
  );

  async function namesOf(): Promise<readonly string[]> {
    const names = (await docker(["ps", "-a", "--format", "{{.Names}}"])).split("\n");
    return names.filter((name) => name.startsWith(web.name)).toSorted();
  }
});
