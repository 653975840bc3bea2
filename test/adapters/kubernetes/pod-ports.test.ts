import { describe, expect, it } from "vitest";
import { createPodPorts } from "../../../src/adapters/kubernetes/pod-ports.ts";
import type { KubernetesConnectionSettings } from "../../../src/adapters/kubernetes/settings.ts";
import { createLog } from "../../../src/adapters/log/create-log.ts";

const SETTINGS: KubernetesConnectionSettings = {
  name: "prod-eu",
  access: { kind: "kubeconfig", paths: ["/nowhere/kubeconfig"], pluginEnvironment: {} },
  namespaces: { allowed: ["shop"], denied: [] },
  connectTimeoutMs: 1_000,
  callTimeoutMs: 1_000,
};

// The ways themselves are tried with a Redis in a pod: test/adapters/redis/in-pod.test.ts.
describe("the ways to a port of a pod", () => {
  const ways = createPodPorts([SETTINGS], { log: createLog({ level: "error", secrets: [] }) });
  const at = { connection: "prod-eu", namespace: "shop", by: { kind: "pod", name: "redis-0" }, port: 6379 } as const;

  it("are a port-forward, and else a program inside; nothing is connected for telling them", async () => {
    expect((await ways(at)).map(({ by }) => by)).toEqual(["port-forward", "exec"]);
  });

  it("are refused in a cluster or namespace that is not configured", async () => {
    await expect(ways({ ...at, connection: "prod-us" })).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringContaining("prod-us"),
    });
    await expect(ways({ ...at, namespace: "secret" })).rejects.toMatchObject({ code: "no-rights" });
  });
});
