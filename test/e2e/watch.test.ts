import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openScenes, type Scene as Container } from "../../scripts/lab/containers/scenes.ts";
import { docker, findDocker } from "../../scripts/lab/docker.ts";
import { daemonSocket } from "../../scripts/lab/docker-proxy.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { PATIENCE } from "../support/patience.ts";
import { seen, setScene, textOf, type Scene } from "./support/scene.ts";

// The watch of the shipped process, on containers of real Docker.
const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);

const WITHIN_MS = 120_000;

describe.skipIf(daemon.kind === "absent")(`the watch${daemon.kind === "absent" ? ` (${daemon.because})` : ""}`, () => {
  const containers = openScenes();
  const prefix = `oomph-lab-${containers.run}`;
  let scene: Scene;
  let near: Container;
  let roomy: Container;

  beforeAll(async () => {
    near = await containers.steady({ name: `${prefix}-near`, mib: 48, limitMib: 80 });
    roomy = await containers.steady({ name: `${prefix}-roomy`, mib: 20, limitMib: 256 });
    scene = await setScene({
      slack: { channels: ["alerts", "incidents", "asked"] },
      settings: (slack) => ({
        connections: {},
        access: { approvers: [slack.id("approver")] },
        sections: {
          docker: { connections: { local: { url: `unix://${daemonSocket()}`, watch: [`${prefix}*`] } } },
          watch: { every: "2s", warning: 50, critical: 95, weekly: false, monthly: false },
        },
      }),
    });
  });

  afterAll(async () => {
    await scene?.stop();
    await containers.end();
  });

  const threadOf = (name: string) => scene.said("incidents").filter((message) => textOf(message).includes(name));

  test("a container near its limit gets a thread, one with room does not", async () => {
    const note = await seen(
      "a note of pressure",
      () => threadOf(near.name).find((one) => textOf(one).includes("Memory is getting short")),
      WITHIN_MS,
    );
    expect(textOf(note)).toMatch(/of its limit of 80\.0 MiB \(\d\d%\)/);
    await seen("its report", () => threadOf(near.name).find((one) => /Evidence Summary/.test(textOf(one))), WITHIN_MS);
    expect(threadOf(roomy.name)).toEqual([]);
  });

  test("a kill for want of memory opens a thread, and says how many there were", async () => {
    const leak = await containers.leak({ name: `${prefix}-leak`, mibPerSecond: 100, limitMib: 64, restart: "on-failure:3" });
    const note = await seen(
      "a note of the kill",
      () => threadOf(leak.name).find((one) => textOf(one).includes("Killed for want of memory")),
      WITHIN_MS,
    );
    expect(note.thread_ts).toBeDefined();
    await vi.waitFor(
      () => {
        const told = threadOf(leak.name).filter((one) => textOf(one).includes("Killed for want of memory"));
        expect(told).toHaveLength(1);
        expect(textOf(told[0] ?? note)).toMatch(/[2-9] kills within/);
      },
      { ...PATIENCE, timeout: WITHIN_MS },
    );
    expect(threadOf(leak.name).filter((one) => one.thread_ts === undefined)).toHaveLength(1);
  });

  test("kills while Oomph is not running are told when it runs again", async () => {
    const late = await containers.steady({ name: `${prefix}-late`, mib: 20, limitMib: 64 });
    await scene.oomph().stop();
    const killed = await containers.leak({ name: `${prefix}-unseen`, mibPerSecond: 200, limitMib: 64 });
    await vi.waitFor(async () => expect((await docker(["inspect", "-f", "{{.State.Running}}", killed.id])).trim()).toBe("false"), {
      ...PATIENCE,
      timeout: WITHIN_MS,
    });
    await scene.start();
    await seen(
      "a note of the kill",
      () => threadOf(killed.name).find((one) => textOf(one).includes("Killed for want of memory")),
      WITHIN_MS,
    );
    expect(threadOf(late.name)).toEqual([]);
  });

  test("/oom top shows all of them, fullest first, and /oom trend draws one", async () => {
    await scene.people().command("responder", "asked", `/oom top containers ${prefix}`);
    const top = await seen(
      "the list",
      () => scene.slack.responses().find((one) => textOf(one).includes("Memory against limits")),
      WITHIN_MS,
    );
    const text = textOf(top);
    expect(text.indexOf(near.name)).toBeGreaterThan(0);
    expect(text.indexOf(near.name)).toBeLessThan(text.indexOf(roomy.name));
    await scene.people().command("responder", "asked", `/oom trend docker/${near.name}`);
    const words = await seen(
      "the trend in words",
      () => scene.slack.responses().find((one) => textOf(one).includes("posted here as a file")),
      WITHIN_MS,
    );
    expect(textOf(words)).toContain(near.name);
    const posted = await seen(
      "the chart",
      async () => (await scene.slack.messages("asked")).find(({ files }) => (files ?? []).length > 0),
      WITHIN_MS,
    );
    const file = posted.files?.[0];
    expect(file?.name).toMatch(/\.png$/);
    const bytes = await scene.slack.fileContent(file?.id ?? "");
    expect(Buffer.from(bytes.subarray(1, 4)).toString()).toBe("PNG");
  });
});
