import { beforeAll, describe, expect, test, vi } from "vitest";
import type { KubernetesActionDeps } from "../../../src/actions/kubernetes/deps.ts";
import { PATIENCE, SPARING_PATIENCE } from "../../support/patience.ts";
import { actionOf, carryOut, disturbed, hashed, lab, newRun, openLab, plan, refusal } from "./lab.ts";

describe.skipIf(lab.kind === "absent")("pods and what leads to them", () => {
  const cluster = openLab();
  let deps: KubernetesActionDeps;
  beforeAll(async () => {
    deps = await cluster.open();
  });

  test("one pod is deleted, and only that one", async () => {
    const id = "k8s.delete-pod";
    const target = await cluster.workload("deploy", "web", { replicas: 2 });
    const action = actionOf(deps, id);
    expect(await refusal(action.plan(target, {}))).toMatch(/say which pod/);
    expect(await refusal(action.plan(target, { pod: "web-gone" }))).toMatch(/has no pod web-gone any more.*it has web-/);
    const [pod = "", other = ""] = await cluster.pods("web");
    const made = await plan(deps, { id, target: { ...target, pod } });
    expect(made.blastRadius.join(" ")).toMatch(/1 of 2 pods stay/);
    expect(hashed(await plan(deps, { id, target: { ...target, pod }, params: made.params }))).toBe(hashed(made));
    const run = newRun();
    expect(await action.observe(made, run)).toMatchObject({ kind: "not-done" });
    await expect(actionOf(disturbed(deps, "evictPod", { dies: true }), id).apply(made, run)).rejects.toThrow("died");
    // Nobody but the dead process had the answer; its pod may be ending still.
    const left = { ...run, checkpoint: run.saved.at(-1) ?? null };
    await vi.waitFor(async () => {
      const seen = await action.observe(made, left);
      expect(seen).toMatchObject({ kind: "unknown", says: `${pod} is gone; whether by this act or by somebody else's is not known` });
    }, PATIENCE);
    expect(await action.observe(made, { ...run, checkpoint: { stage: "removed" } })).toMatchObject({ kind: "done" });
    const older = { ...run, checkpoint: { says: "0 of 1 replicas ready" } };
    expect(await action.observe(made, older)).toMatchObject({ kind: "unknown", says: expect.stringContaining("another version of Oomph") });
    expect(await action.verify(made, run)).toMatchObject({
      helped: true,
      says: expect.stringMatching(/is gone, and its owner has made another/),
    });
    await vi.waitFor(async () => expect(await cluster.pods("web")).toHaveLength(2), SPARING_PATIENCE);
    expect(await cluster.pods("web")).toContain(other);
    // It is gone by now: neither planned nor done again.
    expect(await refusal(action.plan({ ...target, pod }, {}))).toMatch(/has no pod .* any more/);
    await expect(action.apply(made, newRun())).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/is gone by now/),
    });
  });

  test("of a stateful set's pod that was made anew under its name, nothing is deleted", async () => {
    const id = "k8s.delete-pod";
    const target = await cluster.workload("sts", "db");
    const made = await plan(deps, { id, target, params: { pod: "db-0" } });
    await cluster.kubectl("delete", "pod", "db-0");
    await vi.waitFor(async () => expect(await cluster.pods("db")).toEqual(["db-0"]), SPARING_PATIENCE);
    const run = newRun();
    await expect(actionOf(deps, id).apply(made, run)).rejects.toMatchObject({ code: "conflict" });
    expect(await cluster.pods("db")).toEqual(["db-0"]);
    const left = { ...run, checkpoint: run.saved.at(-1) ?? null };
    expect(left.checkpoint).toEqual({ stage: "refused" });
    expect(await actionOf(deps, id).observe(made, left)).toEqual({ kind: "not-done", says: "db-0 was made anew, and not by this act" });
  });

  test("a disruption budget is kept, unless it is said not to", async () => {
    const id = "k8s.delete-pod";
    const target = await cluster.workload("deploy", "guarded");
    const version = (await cluster.kubectl("api-versions")).split("\n").includes("policy/v1") ? "policy/v1" : "policy/v1beta1";
    const spec = { minAvailable: 1, selector: { matchLabels: { app: "guarded" } } };
    await cluster.make("PodDisruptionBudget", version, { metadata: { name: "one" }, spec });
    const seen = () => cluster.read("pdb one", "{.status.expectedPods}");
    await vi.waitFor(async () => expect(await seen()).toBe("1"), SPARING_PATIENCE);
    const [pod = ""] = await cluster.pods("guarded");
    expect(await refusal(actionOf(deps, id).plan(target, { pod }))).toMatch(/disruption budget/);
    const made = await carryOut(deps, { id, target, params: { pod, "heed-budgets": "no" } });
    expect(made.warnings.join(" ")).toMatch(/whatever its disruption budget says/);
    expect(made.blastRadius.join(" ")).toMatch(/the only one.*Disruption budget one: at least 1 available/);
    expect(await cluster.pods("guarded")).not.toContain(pod);
  });

  test("scales, and back", async () => {
    const id = "k8s.scale";
    const target = await cluster.workload("deploy", "scaled");
    const run = newRun();
    const made = await carryOut(deps, { id, target, params: { replicas: "2" } }, run);
    expect(made.changes).toEqual([{ what: "replicas", before: "1", after: "2" }]);
    expect(await cluster.read("deploy scaled", "{.status.readyReplicas}")).toBe("2");
    expect(await actionOf(deps, id).verify(made, run)).toMatchObject({ helped: true });
    const back = actionOf(deps, id).wayBack(made, run);
    expect(back).toEqual({ actionId: id, params: { replicas: 1 } });
    await carryOut(deps, { id, target, params: back?.params ?? {} });
    await vi.waitFor(async () => expect(await cluster.pods("scaled")).toHaveLength(1), SPARING_PATIENCE);
    expect((await plan(deps, { id, target, params: { replicas: 0 } })).confirm).toBe("scaled 0");
    const refused = (params: Record<string, string>, on = target) => refusal(actionOf(deps, id).plan(on, params));
    expect(await refused({ replicas: "1" })).toMatch(/has 1 replica already/);
    expect(await refused({ replicas: "-1" })).toMatch(/expected a whole number from 0 to 1000/);
    expect(await refused({ replicas: "3" }, cluster.target("ds", "agent"))).toMatch(/one pod on each node/);
  });

  test("quotas, limit ranges and autoscalers are asked before anything is offered", async () => {
    const target = await cluster.workload("deploy", "bound", { replicas: 0 });
    const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "bound" };
    await cluster.make("LimitRange", "v1", {
      metadata: { name: "usual" },
      spec: { limits: [{ type: "Container", max: { memory: "256Mi" } }] },
    });
    await cluster.make("ResourceQuota", "v1", { metadata: { name: "all" }, spec: { hard: { "limits.memory": "700Mi" } } });
    await vi.waitFor(async () => expect(await cluster.read("quota all", "{.status.used}")).toMatch(/limits\.memory/), SPARING_PATIENCE);
    expect(await refusal(actionOf(deps, "k8s.set-memory").plan(target, { limit: "512Mi" }))).toMatch(
      /limit range usual allows at most 256\.0 MiB/,
    );
    expect(await refusal(actionOf(deps, "k8s.scale").plan(target, { replicas: 50 }))).toMatch(
      /quota all has .* left, and 3\.1 GiB more would be needed/,
    );
    await cluster.kubectl("scale", "deploy", "bound", "--replicas", "1");
    await cluster.make("HorizontalPodAutoscaler", "autoscaling/v1", {
      metadata: { name: "load" },
      spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 3 },
    });
    expect(await refusal(actionOf(deps, "k8s.scale").plan(target, { replicas: 2 }))).toMatch(
      /autoscaler load sets the replicas .* between 1 and 3/,
    );
    await cluster.kubectl("delete", "quota,limitrange", "--all");
  });

  test("an ingress is annotated, and back", async () => {
    const id = "k8s.annotate-ingress";
    const target = await cluster.workload("deploy", "routed", { replicas: 0 });
    const backend = { service: { name: "routed", port: { number: 80 } } };
    const rules = [{ host: "shop.invalid", http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }];
    await cluster.make("Ingress", "networking.k8s.io/v1", { metadata: { name: "front" }, spec: { rules } });
    const name = "nginx.ingress.kubernetes.io/proxy-read-timeout";
    const run = newRun();
    const made = await carryOut(deps, { id, target, params: { ingress: "front", name, value: "1800" } }, run);
    expect(made.blastRadius[0]).toMatch(/shop\.invalid to routed/);
    expect(made.changes).toEqual([{ what: `metadata.annotations.${name}`, before: "not set", after: "1800" }]);
    const value = () => cluster.read("ingress front", "{.metadata.annotations.nginx\\.ingress\\.kubernetes\\.io/proxy-read-timeout}");
    expect(await value()).toBe("1800");
    expect(await actionOf(deps, id).observe(made, run)).toMatchObject({ kind: "done" });
    expect(await actionOf(deps, id).verify(made, run)).toMatchObject({ helped: true });
    const back = actionOf(deps, id).wayBack(made, run);
    expect(back).toEqual({ actionId: id, params: { ingress: "front", name, remove: true } });
    await carryOut(deps, { id, target, params: back?.params ?? {} });
    expect(await value()).toBe("");
    const refused = (params: Record<string, string>) => refusal(actionOf(deps, id).plan(target, { ingress: "front", ...params }));
    expect(await refused({ name: "nginx.ingress.kubernetes.io/server-snippet", value: "x" })).toMatch(/not for Oomph to set/);
    expect(await refused({ name, value: "1; return 200" })).toMatch(/--value expected a value of up to 200/);
    expect(await refused({ name })).toMatch(/either --value or --remove yes, got neither/);
    expect(await refusal(actionOf(deps, id).plan(target, { ingress: "none", name, value: "1" }))).toMatch(/has no ingress/);
  });
});
