import { readFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { findKubernetes, kubectl, kubectlCreate } from "../../scripts/lab/kubernetes.ts";
import { formatProblem, loadConfig } from "../../src/config.ts";

type Manifest = { readonly kind: string; readonly metadata: { readonly name: string }; readonly data?: Readonly<Record<string, string>> };

const TEXT = read("examples/kubernetes/oomph.yaml");
const MANIFESTS = parseAllDocuments(TEXT).map((document) => document.toJS() as Manifest);
const cluster = await findKubernetes();

test("the example's configuration is one, and nothing in it runs as root or writes to its root file system", () => {
  const config = MANIFESTS.find(({ kind }) => kind === "ConfigMap")?.data?.["oomph.yaml"] ?? "";
  const env = {
    OOMPH_CONFIG: "oomph.yaml",
    REDIS_URL: "redis://oomph-redis:6379",
    SLACK_BOT_TOKEN: "xoxb-made-up",
    SLACK_APP_TOKEN: "xapp-made-up",
    KUBERNETES_SERVICE_HOST: "10.96.0.1",
    KUBERNETES_SERVICE_PORT: "443",
  };
  const loaded = loadConfig({ env, readFile: () => config });
  if (loaded.kind === "invalid") throw new Error(loaded.problems.map(formatProblem).join("\n"));
  expect(loaded).toMatchObject({ config: { kubernetes: { clusters: [{ settings: { name: "local", access: { kind: "in-cluster" } } }] } } });
  const graceMs = Number(/terminationGracePeriodSeconds: (\d+)/.exec(TEXT)?.[1]) * 1000;
  expect(graceMs).toBeGreaterThan(loaded.config.jobs.drainMs);
  const running = MANIFESTS.filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet").map((one) => JSON.stringify(one));
  expect(running).toHaveLength(2);
  for (const one of running)
    for (const asked of ['"runAsNonRoot":true', '"readOnlyRootFilesystem":true', '"allowPrivilegeEscalation":false', '"drop":["ALL"]', '"limits":{"memory"', '"readinessProbe"'])
      expect(one).toContain(asked);
  expect(running[0]).toContain(`"serviceAccountName":"${serviceAccount()}"`);
});

test.skipIf(cluster.kind === "absent")("a real API server takes the example and the roles as they are", async () => {
  const namespace = `oomph-example-${randomBytes(4).toString("hex")}`;
  await kubectl(["create", "namespace", namespace]);
  try {
    const all = `${TEXT}---\n${read("deploy/kubernetes/reader.yaml")}---\n${read("deploy/kubernetes/actor.yaml")}`;
    const own = all
      .replaceAll(/namespace: oomph$/gm, `namespace: ${namespace}`)
      .replaceAll(/name: (oomph-(?:reader|inside|actor))$/gm, `name: ${namespace}-$1`); // the cluster may have the real ones
    const items = parseAllDocuments(own).map((document) => document.toJS() as object);
    await kubectlCreate({ apiVersion: "v1", kind: "List", items }, "--dry-run=server");
  } finally {
    await kubectl(["delete", "namespace", namespace, "--wait=false"]);
  }
});

/** As the roles are bound to it. */
function serviceAccount(): string | undefined {
  return /kind: ServiceAccount\nmetadata:\n {2}name: (.*)/.exec(read("deploy/kubernetes/reader.yaml"))?.[1];
}

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}
