import { spawnSync } from "node:child_process";
import { afterEach, describe, expect, test, vi } from "vitest";
import { findKubernetes } from "../../../scripts/lab/kubernetes.ts";
import { sendJson, sendStatus, startApiServer, writeKubeconfig, type Answering } from "../../adapters/kubernetes/api-server.ts";

const hasKubectl = spawnSync("kubectl", ["version", "--client"]).status === 0;

// Nobody's cluster is to be hurt by a test: which one is used is decided here.
describe.skipIf(!hasKubectl)(`the cluster that tests make things in${hasKubectl ? "" : " (kubectl is not on the PATH)"}`, () => {
  const ends: (() => unknown)[] = [];

  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  async function withServer(server: string): Promise<void> {
    const kubeconfig = await writeKubeconfig({ server });
    ends.push(kubeconfig.remove);
    vi.stubEnv("KUBECONFIG", kubeconfig.path);
    vi.stubEnv("HOME", kubeconfig.folder); // kubectl keeps what it has discovered there
  }

  async function found(marks: readonly string[]) {
    const server = await startApiServer(answering(marks));
    ends.push(() => server.close());
    await withServer(server.url);
    return { lab: await findKubernetes(), methods: new Set(server.asked.map(({ method }) => method)) };
  }

  test("is none when KUBECONFIG names none", async () => {
    vi.stubEnv("KUBECONFIG", "");
    expect(await findKubernetes()).toEqual({ kind: "absent", because: "KUBECONFIG is not set" });
  });

  test.each(["https://cluster.example.com:6443", "https://10.0.0.4:6443", "https://127.0.0.1.example.com"])(
    "is never %s, which is not this machine, and it is not asked",
    async (server) => {
      await withServer(server);
      expect(await findKubernetes()).toEqual({
        kind: "absent",
        because: `tests use a cluster on this machine only, KUBECONFIG names ${server}`,
      });
    },
  );

  test("is not one that nobody has said to be disposable, and how to say so is told", async () => {
    const { lab, methods } = await found([]);
    expect(lab).toMatchObject({ kind: "absent", because: expect.stringContaining("create configmap oomph-disposable") });
    expect([...methods]).toEqual(["GET"]);
  });

  test("is one on this machine with the mark", async () => {
    const { lab, methods } = await found(["oomph-disposable"]);
    expect(lab).toEqual({ kind: "there", version: "v1.20.2" });
    expect([...methods]).toEqual(["GET"]);
  });
});

/** As much of an API server as kubectl asks for the version and a ConfigMap. */
function answering(marks: readonly string[]): Answering {
  const configMaps = { name: "configmaps", singularName: "", namespaced: true, kind: "ConfigMap", verbs: ["get", "list", "create"] };
  const answers: Readonly<Record<string, unknown>> = {
    "/version": { major: "1", minor: "20", gitVersion: "v1.20.2" },
    "/api": { kind: "APIVersions", versions: ["v1"] },
    "/apis": { kind: "APIGroupList", apiVersion: "v1", groups: [] },
    "/api/v1": { kind: "APIResourceList", groupVersion: "v1", resources: [configMaps] },
    ...Object.fromEntries(marks.map((name) => [`${MARKS}/${name}`, { kind: "ConfigMap", apiVersion: "v1", metadata: { name } }])),
  };
  return (request, response) => {
    const answer = answers[new URL(request.url ?? "/", "http://lab").pathname];
    if (answer === undefined) return sendStatus(response, 404, { reason: "NotFound" });
    return sendJson(response, answer);
  };
}

const MARKS = "/api/v1/namespaces/kube-system/configmaps";
