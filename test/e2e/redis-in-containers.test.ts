import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { docker, findDocker, imageFromHost } from "../../scripts/lab/docker.ts";
import { findKubernetes, kubectl, kubectlCreate } from "../../scripts/lab/kubernetes.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { fillUntilRefused } from "../../scripts/lab/redis.ts";
import { runCommandLine } from "../../src/cli/program.ts";

// A Redis is seldom alone on a machine: here it is examined where it usually lives, in a container with a memory limit,
// run by a real daemon, and by a real cluster. Oomph itself does not talk with either yet.
const [daemon, cluster] = [await findDocker(), await findKubernetes()];
if (cluster.kind === "there") noteRealSystem("kubernetes", cluster.version);
else noteAbsentSystem("kubernetes", cluster.because);

const NAME = `oomph-test-redis-${process.pid}`;
const COMMAND = [
  "redis-server",
  "--bind",
  "0.0.0.0",
  "--protected-mode",
  "no",
  "--save",
  "",
  "--maxmemory",
  "3mb",
  "--maxmemory-policy",
  "noeviction",
];

describe.skipIf(daemon.kind === "absent")(`a full Redis in a container${daemon.kind === "absent" ? ` (${daemon.because})` : ""}`, () => {
  let image: string;

  beforeAll(async () => {
    const version = await import("../../scripts/lab/redis-process.ts").then(({ redisVersion }) => redisVersion());
    image = await imageFromHost("oomph-test-redis", { programs: ["redis-server"], version, env: { PATH: "/usr/bin" } });
  });

  describe("of Docker", () => {
    beforeAll(async () => {
      await docker(["run", "-d", "--name", NAME, "--memory=64m", image, ...COMMAND]);
    });

    afterAll(async () => {
      await docker(["rm", "-f", "-v", NAME]);
    });

    test("is found full by its address", async () => {
      const address = (await docker(["inspect", "-f", "{{.NetworkSettings.IPAddress}}", NAME])).trim();
      await expectFull(address);
    });
  });

  describe.skipIf(cluster.kind === "absent")(`of a pod${cluster.kind === "absent" ? ` (${cluster.because})` : ""}`, () => {
    beforeAll(async () => {
      await kubectlCreate({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: NAME, namespace: "default" },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [{ name: "redis", image, command: COMMAND, imagePullPolicy: "Never", resources: { limits: { memory: "64Mi" } } }],
        },
      });
    });

    afterAll(async () => {
      await kubectl(["delete", "pod", NAME, "-n", "default", "--wait=false"]);
    });

    test("is found full by its pod's address", async () => {
      const running = async (): Promise<string> => {
        const { status } = JSON.parse(await kubectl(["get", "pod", NAME, "-n", "default", "-o", "json"])) as {
          status: { phase: string; podIP?: string };
        };
        expect(status).toMatchObject({ phase: "Running", podIP: expect.any(String) });
        return status.podIP ?? "";
      };
      await expectFull(await vi.waitFor(running, { timeout: 90_000, interval: 500 }));
    });
  });
});

async function expectFull(address: string): Promise<void> {
  const client = new Redis({ host: address, maxRetriesPerRequest: null });
  try {
    await fillUntilRefused({ client }, { database: 2, prefix: "dedup:", valueBytes: 200 });
  } finally {
    client.disconnect();
  }
  let out = "";
  const io = { out: (text: string) => void (out += text), err: () => {}, isTerminal: false, columns: 80 };
  const none = (): never => {
    throw new Error("not asked for");
  };
  const sources = () => Promise.resolve({ env: {}, readFile: () => "" });
  const code = await runCommandLine(["investigate", `redis://${address}`, "--json"], { ...io, read: none, sources });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ target: `redis/${address}:6379`, verdict: "full-under-noeviction", reached: true, failures: [] });
}
