import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { CLASSES, playAll, type ClassScene } from "../../scripts/lab/kubernetes-classes.ts";
import { findKubernetes } from "../../scripts/lab/kubernetes.ts";
import { openClusterScenes, type ClusterScenes } from "../../scripts/lab/kubernetes-scenes.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { explain } from "../../src/cli/explain.ts";
import { openLab } from "../runbooks/workload-memory/investigating.ts";

// Every class of end that can be made for real, made on a cluster, and what is said of it: by the runbook, which sees
// all, and by `oomph explain` of what kubectl shows.
const cluster = await findKubernetes();
if (cluster.kind === "there") noteRealSystem("kubernetes", cluster.version);
else noteAbsentSystem("kubernetes", cluster.because);

const WITHIN_MS = 600_000;
// A container that is started again and again is now and then seen between two states: what is waited for is that it is called right.
const SETTLING = { timeout: 120_000, interval: 1_000 };

describe.skipIf(cluster.kind === "absent")(`what became of pods${cluster.kind === "absent" ? ` (${cluster.because})` : ""}`, () => {
  let scenes: ClusterScenes;
  let oomph: Awaited<ReturnType<typeof openLab>>;
  let happened: ReadonlySet<string>;

  beforeAll(async () => {
    scenes = await openClusterScenes("oomph-classes");
    oomph = await openLab();
    happened = await playAll(CLASSES, scenes);
  }, WITHIN_MS);

  afterAll(async () => {
    await oomph?.close();
    await scenes?.end();
  });

  test.each(CLASSES)("$resource/$name: $says", async (scene) => {
    expect([...happened]).toContain(scene.name);
    await vi.waitFor(() => expectFinding(scene), SETTLING);
    await vi.waitFor(() => expectExplained(scene), SETTLING);
  });

  async function expectFinding({ resource, name, finding, hypothesis }: ClassScene): Promise<void> {
    const { diagnosis } = await oomph.investigate({ resource, namespace: scenes.namespace, name });
    expect(diagnosis.finding).toMatchObject({ verdict: finding });
    const beside = diagnosis.hypotheses.map(({ verdict }) => verdict);
    expect(beside).toEqual(expect.arrayContaining(hypothesis === undefined ? [] : [hypothesis]));
  }

  async function expectExplained({ name, verdict, withoutEvents, containers, initContainer }: ClassScene): Promise<void> {
    const [json, yaml, described] = await Promise.all([
      scenes.kubectl("get", "pods", "-l", `app=${name}`, "-o", "json"),
      scenes.kubectl("get", "pods", "-l", `app=${name}`, "-o", "yaml"),
      scenes.kubectl("describe", "pods", "-l", `app=${name}`),
    ]);
    const expected = { kind: "pod", containers, initContainer: initContainer ?? false };
    const alone = { ...expected, verdict: withoutEvents ?? verdict };
    expect(explain(json).result).toMatchObject(alone);
    expect(explain(yaml).result).toMatchObject(alone);
    expect(explain(described).result).toMatchObject({ ...expected, verdict });
  }
});
