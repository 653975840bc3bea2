import { beforeAll, describe, expect, test } from "vitest";
import type { KubernetesActionDeps } from "../../../src/actions/kubernetes/deps.ts";
import { actionOf, carryOut, disturbed, hashed, lab, newRun, openLab, plan, refusal } from "./lab.ts";

const ID = "k8s.set-memory";

describe.skipIf(lab.kind === "absent")("k8s.set-memory", () => {
  const cluster = openLab();
  let deps: KubernetesActionDeps;
  beforeAll(async () => {
    deps = await cluster.open();
  });
  const limitOf = (what: string) => cluster.read(what, "{.spec.template.spec.containers[0].resources}");

  test("rolls a limit out, follows it, verifies it, and goes back", async () => {
    const target = await cluster.workload("deploy", "web", { metadata: { annotations: { "meta.helm.sh/release-name": "shop" } } });
    const action = actionOf(deps, ID);
    const made = await plan(deps, { id: ID, target, params: { limit: "+50%" } });
    expect(made.summary).toBe(
      `Set the memory limit of app of deploy/${cluster.namespace}/web to 96.0 MiB (now 64.0 MiB), request 16.0 MiB`,
    );
    expect(made.changes).toEqual([{ what: "containers[app].resources.limits.memory", before: "64Mi", after: "96Mi" }]);
    expect(made.blastRadius.join(" ")).toMatch(/Its one pod is made anew/);
    expect(made.warnings.join(" ")).toMatch(/Helm \(release shop\) looks after it.*in the release's values/);
    expect(made.params).toEqual({ container: "app", limit: "96Mi", request: "16Mi" });
    expect(hashed(await plan(deps, { id: ID, target, params: made.params }))).toBe(hashed(made));

    const run = newRun();
    expect(await action.observe(made, run)).toMatchObject({ kind: "not-done" });
    await action.apply(made, run);
    expect(await action.observe(made, run)).toMatchObject({ kind: "done" });
    expect(run.told.join("\n")).toMatch(/of 1 replicas made anew/);
    expect(JSON.parse(await limitOf("deploy web"))).toEqual({ limits: { memory: "96Mi" }, requests: { memory: "16Mi" } });
    const [pod = ""] = await cluster.pods("web");
    expect(await cluster.read(`pod ${pod}`, "{.metadata.annotations.oomph\\.dev/action-id}")).toBe(run.id);

    const verified = await action.verify(made, run);
    expect(verified).toMatchObject({ helped: true, says: expect.stringMatching(/^It is as approved\./) });
    expect(verified.rows).toContainEqual({ what: "Rollout", before: "-", after: "complete", ok: true });
    expect(verified.rows).toContainEqual({ what: "Replicas ready", before: "1 of 1", after: "1 of 1", ok: true });

    const after = await action.afterwards?.(made, run);
    expect(after?.says.join(" ")).toMatch(/Helm \(release shop\) sets it back at its next upgrade/);
    expect(after?.files.map(({ text }) => text).join("\n")).toMatch(/-64Mi\n\+96Mi[\s\S]*kind: Deployment[\s\S]*limits:\n\s+memory: 96Mi/);

    const back = action.wayBack(made, run);
    expect(back).toMatchObject({ actionId: ID, params: { container: "app", limit: "64Mi", request: "16Mi" } });
    await carryOut(deps, { id: ID, target, params: back?.params ?? {} });
    expect(JSON.parse(await limitOf("deploy web"))).toEqual({ limits: { memory: "64Mi" }, requests: { memory: "16Mi" } });
    // Its mark is another run's by now.
    expect(await action.observe(made, run)).toMatchObject({ kind: "not-done" });
  });

  test("what somebody else changed between plan and apply is not what was approved", async () => {
    const target = await cluster.workload("deploy", "moved", { replicas: 0 });
    const made = await plan(deps, { id: ID, target, params: { limit: "80Mi" } });
    const limit = { op: "replace", path: "/spec/template/spec/containers/0/resources/limits/memory", value: "70Mi" };
    await cluster.kubectl("patch", "deploy", "moved", "--type", "json", "-p", JSON.stringify([limit]));
    await expect(actionOf(deps, ID).apply(made, newRun())).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/^Nothing was done: somebody has changed .*resources of moved meanwhile/),
    });
    expect(await actionOf(deps, ID).observe(made, newRun())).toMatchObject({ kind: "unknown" });
    // Planned anew, it is another plan: what was approved is superseded.
    expect(hashed(await plan(deps, { id: ID, target, params: made.params }))).not.toBe(hashed(made));
  });

  test("what only moves the version is no obstacle; what is made anew is", async () => {
    const target = await cluster.workload("deploy", "busy", { replicas: 0 });
    const made = await plan(deps, { id: ID, target, params: { limit: "80Mi" } });
    let times = 0;
    const counting = disturbed(deps, "patch", {
      before: async () => (times += 1) > 2 || cluster.kubectl("annotate", "deploy", "busy", "--overwrite", `seen=${times}`),
    });
    const run = newRun();
    await actionOf(counting, ID).apply(made, run);
    expect(times).toBeGreaterThan(2); // who counts its replicas moves it too
    expect(await actionOf(deps, ID).observe(made, run)).toMatchObject({ kind: "done" });
    await cluster.kubectl("delete", "deploy", "busy");
    expect(await actionOf(deps, ID).observe(made, run)).toMatchObject({
      kind: "unknown",
      says: expect.stringMatching(/not there any more/),
    });
    await cluster.workload("deploy", "busy", { replicas: 0 });
    await expect(actionOf(deps, ID).apply(made, newRun())).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/made anew since/),
    });
  });

  test("a process that dies once it was done is found by its mark", async () => {
    const target = await cluster.workload("ds", "agent");
    const made = await plan(deps, { id: ID, target, params: { limit: "none", request: "none" } });
    expect(made.warnings.join(" ")).toMatch(/Without a limit it may take all of a node's memory/);
    const run = newRun();
    await expect(actionOf(disturbed(deps, "patch", { dies: true }), ID).apply(made, run)).rejects.toThrow("died");
    expect(await actionOf(deps, ID).observe(made, run)).toMatchObject({ kind: "done" });
    expect(await actionOf(deps, ID).verify(made, run)).toMatchObject({ helped: true });
    const back = await plan(deps, { id: ID, target, params: actionOf(deps, ID).wayBack(made, run)?.params ?? {} });
    expect(back.changes).toContainEqual({ what: "containers[app].resources.limits.memory", before: "not set", after: "64Mi" });
  });

  test("a cron job's runs to come", async () => {
    const spec = { restartPolicy: "Never", containers: [{ name: "report", image: "busybox:test", command: ["true"] }] };
    const version = (await cluster.kubectl("api-versions")).split("\n").includes("batch/v1beta1") ? "batch/v1beta1" : "batch/v1";
    await cluster.make("CronJob", version, {
      metadata: { name: "report" },
      spec: { schedule: "0 0 1 1 *", jobTemplate: { spec: { template: { spec } } } },
    });
    const target = cluster.target("cronjob", "report");
    const made = await carryOut(deps, { id: ID, target, params: { limit: "32Mi" } });
    expect(made.blastRadius.join(" ")).toMatch(/runs to come/);
    expect(made.summary).toMatch(/request none \(Kubernetes takes the limit as the request\)$/);
    expect(made.wayBack).toBe("Sets the limit back to none and the request to none. The runs to come have that then.");
    const huge = { limit: "900Gi", request: "16Mi" };
    expect((await plan(deps, { id: ID, target, params: huge })).warnings.join(" ")).toMatch(/never reached: the largest node gives/);
    expect(await refusal(actionOf(deps, ID).plan(target, { limit: "900Gi" }))).toMatch(/would ask for 900\.0 GiB.*find no place/);
    expect(await cluster.read("cronjob report", "{.spec.jobTemplate.spec.template.spec.containers[0].resources.limits.memory}")).toBe(
      "32Mi",
    );
  });

  test("says what an autoscaler by memory and a disruption budget make of it", async () => {
    const target = await cluster.workload("deploy", "scaled", { replicas: 0 });
    const served = (await cluster.kubectl("api-versions")).split("\n");
    const [autoscaling = "", policy = ""] = [
      ["autoscaling/v2", "autoscaling/v2beta2"],
      ["policy/v1", "policy/v1beta1"],
    ].map((versions) => versions.find((version) => served.includes(version)));
    const memory = { name: "memory", target: { type: "Utilization", averageUtilization: 80 } };
    await cluster.make("HorizontalPodAutoscaler", autoscaling, {
      metadata: { name: "scaled" },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "scaled" },
        maxReplicas: 4,
        metrics: [{ type: "Resource", resource: memory }],
      },
    });
    const guarded = { minAvailable: 1, selector: { matchLabels: { app: "scaled" } } };
    await cluster.make("PodDisruptionBudget", policy, { metadata: { name: "guard" }, spec: guarded });
    const made = await plan(deps, { id: ID, target, params: { limit: "96Mi", request: "32Mi" } });
    expect(made.warnings.join(" ")).toMatch(/autoscaler scaled keeps memory at 80% of what pods request: what is 80% now will be 40%/);
    expect(made.blastRadius.join(" ")).toMatch(/Disruption budget guard: at least 1 available.*holds back evictions.*not this/);
  });

  test("refuses what cannot be or is not meant", async () => {
    const two = { name: "two", containers: [] };
    const target = await cluster.workload("deploy", two.name, { replicas: 0 });
    const refused = (params: Record<string, string | number>, on = target) => refusal(actionOf(deps, ID).plan(on, params));
    expect(await refused({})).toMatch(/--limit expected a size such as 1Gi.*got nothing/);
    expect(await refused({ limit: "lots" })).toMatch(/got "lots"/);
    expect(await refused({ limit: "64Mi" })).toMatch(/is 64\.0 MiB and its request 16\.0 MiB already/);
    expect(await refused({ limit: "1m" })).toMatch(/too little for a container to start/);
    expect(await refused({ limit: "128Mi", request: "256Mi" })).toMatch(/request \(256\.0 MiB\) would be above the limit/);
    expect(await refused({ limit: "9000Gi", request: "9000Gi" })).toMatch(/largest node gives/);
    const [high, fits] = await Promise.all(["900Gi", "96Mi"].map((limit) => plan(deps, { id: ID, target, params: { limit } })));
    expect(high?.warnings.join(" ")).toMatch(/never reached: the largest node gives/);
    expect(fits?.warnings.join(" ")).not.toMatch(/largest node/);
    expect(await refused({ limit: "128Mi", container: "sidecar" })).toMatch(/has no container sidecar: it has app/);
    expect(await refused({ limit: "1Gi" }, cluster.target("pod", "lone"))).toMatch(/nothing makes it anew\. Change the manifest/);
    expect(await refused({ limit: "1Gi" }, cluster.target("job", "once"))).toMatch(/template of a job cannot be changed/);
    expect(await refused({ limit: "1Gi" }, cluster.target("deploy", "none"))).toMatch(/has no deployment/);
  });
});
