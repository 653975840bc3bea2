import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { findKubernetes } from "../../../scripts/lab/kubernetes.ts";
import { openClusterScenes, SLEEP, type ClusterScenes } from "../../../scripts/lab/kubernetes-scenes.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../scripts/lab/real-systems.ts";
import { createClusterTargets } from "../../../src/adapters/kubernetes/cluster-targets.ts";
import { systemClock as clock } from "../../../src/adapters/system/system-clock.ts";
import { lookUpTarget } from "../../../src/commands/find-target.ts";
import { formatTarget } from "../../../src/domain/target.ts";
import type { Targets } from "../../../src/ports/planner.ts";
import { PATIENCE } from "../../support/patience.ts";
import { openCluster, startApiServer, writeKubeconfig } from "./api-server.ts";

const lab = await findKubernetes();
if (lab.kind === "there") noteRealSystem("kubernetes", lab.version);
else noteAbsentSystem("kubernetes", lab.because);

type Opened = ReturnType<typeof openCluster>;

function targetsIn({ cluster }: Opened): Targets {
  return createClusterTargets({ names: () => [cluster.name], cluster: () => cluster }, { clock });
}

describe.skipIf(lab.kind === "absent")(`what can be named in a cluster${lab.kind === "absent" ? ` (${lab.because})` : ""}`, () => {
  let scenes: ClusterScenes;
  let opened: Opened;
  let targets: Targets;
  let pod = "";
  let node = "";

  beforeAll(async () => {
    scenes = await openClusterScenes("oomph-names");
    opened = openCluster(process.env["KUBECONFIG"] ?? "", { namespaces: { allowed: [scenes.namespace], denied: [] } });
    targets = targetsIn(opened);
    await scenes.deployment("web", { script: SLEEP });
    await scenes.make("StatefulSet", "db", { containers: [{ script: SLEEP }] });
    await scenes.pod("lone", { script: SLEEP });
    await vi.waitUntil(async () => (await scenes.pods("web")).length === 1, PATIENCE);
    pod = (await scenes.pods("web"))[0]?.metadata.name ?? "";
    node = (await opened.cluster.nodes())[0]?.name ?? "";
  });
  afterAll(async () => {
    await opened.close();
    await scenes.end();
  });

  /** As it is typed, without the connection's name, and as the target is then written. */
  async function found(typed: string): Promise<readonly string[] | string> {
    const one = await lookUpTarget(typed.replaceAll("NS", scenes.namespace), targets);
    if (one.kind === "none") return one.because;
    const all = one.kind === "found" ? [one.target] : one.targets;
    return all.map((target) => formatTarget(target).replaceAll(scenes.namespace, "NS").replaceAll(pod, "POD"));
  }

  it("every workload and node is listed", async () => {
    const { known, missing } = await targets.list();
    expect(missing).toEqual([]);
    const names = known.map(({ target }) => formatTarget(target).replaceAll(scenes.namespace, "NS"));
    expect(names).toEqual(expect.arrayContaining(["lab:deploy/NS/web", "lab:sts/NS/db", `lab:node/${node}`]));
    expect(targets.isConfigured({ kind: "node", connection: "lab", name: "any" })).toBe(true);
    expect(targets.isConfigured({ kind: "node", connection: "other", name: "any" })).toBe(false);
  });

  it("a workload is found by kind, namespace and name, and by its name alone", async () => {
    expect(await found("deployment/NS/web")).toEqual(["lab:deploy/NS/web"]);
    expect(await found("lab:sts/db")).toEqual(["lab:sts/NS/db"]);
    expect(await found("web")).toEqual(["lab:deploy/NS/web"]);
    expect(await found(`no/${node}`)).toEqual([`lab:node/${node}`]);
  });

  it("a pod is its owner, narrowed to the pod, and to a container of it", async () => {
    expect(await found(`pod/NS/${pod}`)).toEqual(["lab:deploy/NS/web/POD"]);
    expect(await found(`pod/NS/${pod}/app`)).toEqual(["lab:deploy/NS/web/POD/app"]);
    expect(await found(pod)).toEqual(["lab:deploy/NS/web/POD"]);
    expect(await found("pod/NS/db-0")).toEqual(["lab:sts/NS/db/db-0"]);
    expect(await found("pod/NS/lone")).toEqual(["lab:pod/NS/lone"]);
  });

  it("a pod that is gone is found by how its owner names pods, and by events", async () => {
    expect(await found("pod/NS/web-7c9f8d6b5c-x2x4b")).toEqual(["lab:deploy/NS/web/web-7c9f8d6b5c-x2x4b"]);
    await scenes.pod("brief", { script: SLEEP });
    const events = { namespace: scenes.namespace, about: { kind: "Pod", name: "brief" }, limit: 1 } as const;
    await vi.waitUntil(async () => (await opened.cluster.events(events)).length === 1, PATIENCE);
    await scenes.kubectl("delete", "pod", "brief", "--grace-period=0", "--force");
    expect(await found("pod/NS/brief")).toEqual(["lab:pod/NS/brief"]);
  });

  it("where nothing is left it is said what was looked for, and where to look", async () => {
    expect(await found("pod/NS/nothing-like-it")).toMatch(/^there is no pod "nothing-like-it" in namespace .*its logs around the time/);
    expect(await found("ds/NS/web")).toMatch(/^there is no ds "web" in namespace/);
    expect(await found("job/none")).toBe('there is no job "none" in cluster lab');
    expect(await found("node/none")).toBe('there is no node "none" in cluster lab');
    expect(await found("else:deploy/NS/web")).toBe('there is no cluster called "else" (configured: lab)');
    expect(await found("deploy/kube-system/dns")).toContain("is not allowed by Oomph's configuration");
  });
});

it("a cluster that does not answer is told of, and names nothing", async () => {
  const server = await startApiServer((request) => void request.socket.destroy());
  const kubeconfig = await writeKubeconfig({ server: server.url });
  const opened = openCluster(kubeconfig.path);
  const targets = targetsIn(opened);
  const { known, missing } = await targets.list();
  expect([known, missing.map(({ source }) => source)]).toEqual([[], ["lab"]]);
  expect(await targets.lookUp?.({ resource: "deploy", namespace: "shop", name: "web" })).toMatchObject({
    targets: [],
    unanswered: "unreachable",
  });
  await opened.close();
  await server.close();
  await kubeconfig.remove();
});
