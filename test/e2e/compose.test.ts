import { build } from "rolldown";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { findCompose } from "../../scripts/lab/compose.ts";
import { findNginx } from "../../scripts/lab/containers/image.ts";
import { docker, findDocker } from "../../scripts/lab/docker.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { glanceAtCgroup } from "../../src/adapters/docker/cgroup-glance.ts";
import { PATIENCE } from "../support/patience.ts";
import { prepareComposed, type Composed } from "./support/composed.ts";

// compose.yaml and the proxy's example beside it, started as a user starts them.
const [daemon, compose, nginx] = [await findDocker(), await findCompose(), findNginx()];
const missing = [daemon, compose, nginx].flatMap((one) => (one.kind === "absent" ? [one.because] : [])).join("; ");
if (compose.kind === "there" && missing === "") noteRealSystem("compose", compose.version);
else noteAbsentSystem("compose", missing);

const BUILD_WITHIN_MS = 1_200_000;
const UP_WITHIN_MS = 400_000;

describe.skipIf(missing !== "")(`compose.yaml${missing === "" ? "" : ` (${missing})`}`, () => {
  let composed: Composed;
  beforeAll(async () => {
    if (compose.kind === "absent") throw new Error(compose.because);
    composed = await prepareComposed(compose);
    await composed.compose("up", "-d", "--build");
  }, BUILD_WITHIN_MS);
  afterAll(() => composed?.stop(), UP_WITHIN_MS);

  const inside = (...command: readonly string[]): Promise<string> => composed.compose("exec", "-T", "oomph", ...command);

  test(
    "comes up ready, its Redis fit for a queue, and Docker sees that all of it is healthy",
    async () => {
      await untilReady();
      for (const service of ["oomph", "redis"]) {
        const id = await composed.idOf(service);
        await waitFor(async () => expect((await docker(["inspect", "-f", "{{.State.Health.Status}}", id])).trim()).toBe("healthy"));
      }
    },
    UP_WITHIN_MS,
  );

  test(
    "runs without root and without capabilities, on a root file system that is not written to",
    async () => {
      expect(await inside("node", "-p", "process.getuid()")).toBe("1000\n");
      const status = await inside("node", "-p", "fs.readFileSync('/proc/1/status', 'utf8')");
      expect(status).toMatch(/^CapEff:\t0+$/m);
      expect(status).toMatch(/^NoNewPrivs:\t1$/m);
      await expect(inside("node", "-e", "fs.writeFileSync('/app/x', '')")).rejects.toThrow(/EROFS/);
      await expect(composed.compose("exec", "-T", "redis", "sh", "-c", "echo x > /x")).rejects.toThrow(/Read-only file system/);
    },
    UP_WITHIN_MS,
  );

  test(
    "is told its secrets by files, which the container's settings do not show",
    async () => {
      const settings = await docker(["inspect", await composed.idOf("oomph")]);
      expect(settings).toContain("SLACK_BOT_TOKEN_FILE=/run/secrets/slack-bot-token");
      for (const secret of [composed.slack.botToken, composed.slack.appToken]) expect(settings).not.toContain(secret);
      expect(await inside("oomph", "config", "check")).toContain("The configuration is valid.");
    },
    UP_WITHIN_MS,
  );

  test(
    "looks at containers through the proxy, and leaves its own alone",
    async () => {
      const [redis, own] = await Promise.all([composed.nameOf("redis"), composed.nameOf("oomph")]);
      const report = JSON.parse(await inside("oomph", "investigate", `docker/${redis}`, "--json")) as unknown;
      expect(report).toMatchObject({ verdict: "healthy", reached: true });
      for (const name of [redis, own]) expect(await composed.ask(`/oom run docker.restart docker/${name}`)).toMatch(/runs? on|itself|own/);
    },
    UP_WITHIN_MS,
  );

  test(
    "reads from the kernel's own files what a container holds, wherever that can be done outside",
    async () => {
      const id = await composed.idOf("redis");
      const { output } = await build({ input: "src/adapters/docker/cgroup-glance.ts", platform: "node", write: false });
      const look = `${output[0].code}\nconsole.log((await glanceAtCgroup("${id}"))?.usageBytes > 0);`;
      expect((await inside("node", "--input-type=module", "-e", look)).trim()).toBe(String((await glanceAtCgroup(id)) !== undefined));
    },
    UP_WITHIN_MS,
  );

  test(
    "what it has written down outlives its containers",
    async () => {
      await composed.ask("/oom freeze on a test of the volume");
      const trail = await inside("oomph", "audit", "verify");
      expect(trail).toMatch(/intact: [1-9]\d* entr/);
      await composed.compose("down", "--timeout", "45");
      await composed.compose("up", "-d");
      await untilReady();
      expect(await inside("oomph", "audit", "verify")).toBe(trail);
    },
    BUILD_WITHIN_MS,
  );

  async function untilReady(): Promise<void> {
    await waitFor(async () => {
      const answer = await fetch(`${composed.url}/readyz`);
      expect([answer.status, await answer.json()]).toMatchObject([200, { status: "ready", warnings: [] }]);
    });
  }
});

function waitFor(condition: () => Promise<void>): Promise<void> {
  return vi.waitFor(condition, { ...PATIENCE, timeout: UP_WITHIN_MS / 2, interval: 500 });
}
