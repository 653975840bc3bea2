import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ownPodOf } from "../../../src/adapters/kubernetes/own-pod.ts";

test("Oomph's own pod is known in the cluster that it runs in, and nowhere else", async () => {
  const folder = await mkdtemp(join(tmpdir(), "oomph-own-"));
  await writeFile(join(folder, "namespace"), "oomph\n");
  const access = { kind: "in-cluster", host: "10.0.0.1", port: 443, folder } as const;
  await expect(ownPodOf({ access })).resolves.toEqual({ namespace: "oomph", pod: hostname() });
  await expect(ownPodOf({ access: { kind: "kubeconfig", paths: [], pluginEnvironment: {} } })).resolves.toBeUndefined();
  await rm(folder, { recursive: true });
});
