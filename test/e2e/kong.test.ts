import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openScenes, type Scene as Container } from "../../scripts/lab/containers/scenes.ts";
import { docker, findDocker } from "../../scripts/lab/docker.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import type { LabMessage } from "../../scripts/lab/slack/index.ts";
import { auditOf } from "./support/audit.ts";
import { cards, has, outcome, QUICK, requestIdOf, seen, setScene, textOf, type Scene } from "./support/scene.ts";

const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);
const HOST = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";
const WITHIN_MS = 300_000;

// The incident that this product began with, from the first kill to the way back, on the process as it ships.
describe.skipIf(daemon.kind === "absent")(`Kong's incident${daemon.kind === "absent" ? ` (${daemon.because})` : ""}`, () => {
  const containers = openScenes();
  const name = `kong-${process.pid}`;
  let scene: Scene;
  let gateway: Container;

  beforeAll(async () => {
    scene = await setScene({
      slack: { users: ["requester", "approver"], channels: ["alerts", "incidents"] },
      settings: (slack) => ({
        connections: {},
        access: { approvers: [slack.id("approver")], requesters: [slack.id("requester")] },
        sections: { ...QUICK, docker: { connections: { local: { url: HOST, watch: [name] } } } },
      }),
    });
    gateway = await containers.gateway({ name, restart: "unless-stopped" });
  });
  afterAll(async () => {
    await scene.stop();
    await containers.end();
  });

  test(
    "the first kill opens a thread by itself, which names the cause and offers the fix",
    async () => {
      const root = await outcome(scene, "incidents", { says: new RegExp(`Container memory: .*docker/${name}`), withinMs: WITHIN_MS });
      expect(root.thread_ts).toBeUndefined();
      const kills = await outcome(scene, "incidents", { says: /Killed for want of memory/, withinMs: WITHIN_MS });
      expect(kills.thread_ts).toBe(root.ts);
      const report = await offering(/36 worker processes/);
      expect(report.thread_ts).toBe(root.ts);
      for (const words of ["KONG_NGINX_WORKER_PROCESSES is auto", "worker event bus timeout", "288.0 MiB"])
        expect(textOf(report)).toContain(words);
      expect(has(report, "offer_ask")).toBe(true);
    },
    WITHIN_MS,
  );

  test(
    "the plan shows its arithmetic; approved by another, it is applied, verified, and the old container is kept",
    async () => {
      const card = await pressed(await offering(/36 worker processes/));
      for (const words of ["KONG_NGINX_WORKER_PROCESSES", "auto", "KONG_WORKER_CONSISTENCY", "eventual", "KONG_MEM_CACHE_SIZE"])
        expect(textOf(card)).toContain(words);
      await scene.people().click("requester", card, "request_approve");
      await seen("the refusal of one's own", () => scene.toldOnly("requester").find((text) => /own request/.test(text)));
      expect((await inspected(name)).id).toBe(gateway.id);

      await scene.people().click("approver", card, "request_approve");
      const done = await outcome(scene, "incidents", { says: /Done, and it helped/, withinMs: WITHIN_MS });
      expect(textOf(done)).toMatch(/workers/i);
      const now = await inspected(name);
      expect(now.id).not.toBe(gateway.id);
      expect(now.env).toContain("KONG_WORKER_CONSISTENCY=eventual");
      expect(Number(/KONG_NGINX_WORKER_PROCESSES=(\d+)/.exec(now.env.join("\n"))?.[1])).toBeLessThanOrEqual(8);
      expect((await docker(["ps", "-a", "--filter", `id=${gateway.id}`, "--format", "{{.Names}} {{.State}}"])).trim()).toMatch(
        /-before-.* exited$/,
      );
      expect(auditOf(scene, requestIdOf(card))).toEqual(expect.arrayContaining(["decision-approved", "run-begun", "run-ended"]));
    },
    WITHIN_MS,
  );

  test(
    "the way back, asked and approved like anything else, brings the old container back as it was",
    async () => {
      const card = await pressed(await offering(/Done, and it helped/));
      await scene.people().click("approver", card, "request_approve");
      await seen("the old container", async () => ((await inspected(name)).id === gateway.id ? true : undefined), WITHIN_MS);
      const { env, running } = await inspected(name);
      expect([env.includes("KONG_NGINX_WORKER_PROCESSES=auto"), running]).toEqual([true, true]);
    },
    WITHIN_MS,
  );

  /** The message that says so and has something to press. */
  function offering(says: RegExp): Promise<LabMessage> {
    const found = () => scene.said("incidents").find((message) => says.test(textOf(message)) && has(message, "offer_ask"));
    return seen(`a message with an offer that says ${String(says)}`, found, WITHIN_MS);
  }

  /** Presses the first button of an offer, and waits for the card that asks for approval. */
  async function pressed(message: LabMessage): Promise<LabMessage> {
    const waiting = new Set(cards(scene, "incidents").map(({ ts }) => ts));
    await scene.people().click("requester", message, "offer_ask");
    return seen("the card", () => cards(scene, "incidents").find(({ ts }) => !waiting.has(ts)), WITHIN_MS).catch(() => {
      throw new Error(`Expected a card, got: ${scene.toldOnly("requester").at(-1) ?? "no answer"}`);
    });
  }
});

async function inspected(container: string) {
  const [found] = JSON.parse(await docker(["inspect", container])) as [
    { Id: string; State: { Running: boolean }; Config: { Env: string[] } },
  ];
  return { id: found.Id, running: found.State.Running, env: found.Config.Env };
}
