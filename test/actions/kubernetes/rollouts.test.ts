import { beforeAll, describe, expect, test, vi } from "vitest";
import type { KubernetesActionDeps } from "../../../src/actions/kubernetes/deps.ts";
import { SPARING_PATIENCE } from "../../support/patience.ts";
import { actionOf, carryOut, CONTAINER, depsOn, disturbed, hashed, lab, newRun, openLab, plan, refusal } from "./lab.ts";

describe.skipIf(lab.kind === "absent")("rollouts", () => {
  const cluster = openLab();
  let deps: KubernetesActionDeps;
  beforeAll(async () => {
    deps = await cluster.open();
  });

  test("a restart makes every pod anew, once; asked again, it is another one", async () => {
    const id = "k8s.rollout-restart";
    const target = await cluster.workload("sts", "db");
    const uid = await cluster.read("pod db-0", "{.metadata.uid}");
    const action = actionOf(deps, id);
    const made = await plan(deps, { id, target });
    expect(made.changes).toEqual([{ what: "Pods", before: "1 running their template", after: "made anew from the same template" }]);
    expect(hashed(await plan(deps, { id, target }))).toBe(hashed(made));
    const run = newRun();
    // The process dies once it was done: what comes after is another process's.
    await expect(actionOf(disturbed(deps, "patch", { dies: true }), id).apply(made, run)).rejects.toThrow("died");
    expect(await action.observe(made, run)).toMatchObject({ kind: "done" });
    const verified = await action.verify(made, run);
    expect(verified).toMatchObject({ helped: true, says: expect.stringMatching(/^Its pods were made anew\./) });
    expect(await cluster.read("pod db-0", "{.metadata.uid}")).not.toBe(uid);
    expect(action.wayBack(made, run)).toBeUndefined();
    const again = newRun();
    // Another's mark over its own, or a rollback that took it along: nobody can tell any more.
    expect(await action.observe(made, again)).toMatchObject({ kind: "unknown", says: expect.stringContaining("done and undone") });
    expect(await action.observe(await plan(deps, { id, target }), again)).toMatchObject({ kind: "not-done" });
    expect(await action.verify(made, again)).toMatchObject({ helped: false });
  });

  test("a restart is refused where it would reach nothing", async () => {
    const action = actionOf(deps, "k8s.rollout-restart");
    const target = await cluster.workload("deploy", "paused", { replicas: 0 });
    expect(await refusal(action.plan(target, {}))).toMatch(/has no replicas: there is nothing to restart/);
    await cluster.kubectl("rollout", "pause", "deploy/paused");
    expect(await refusal(action.plan(target, {}))).toMatch(/rollout of .* is paused: resume it first/);
    expect(await refusal(action.plan(cluster.target("cronjob", "x"), {}))).toMatch(/has no pods of its own/);
    const own = depsOn(deps, { ownPod: async () => ({ namespace: cluster.namespace, pod: "db-0" }) });
    expect(await refusal(actionOf(own, "k8s.rollout-restart").plan(cluster.target("sts", "db"), {}))).toMatch(
      /what Oomph itself runs in \(pod db-0\)/,
    );
  });

  test("a rollout that gets stuck says why, and is undone", async () => {
    const id = "k8s.rollout-undo";
    const target = await cluster.workload("deploy", "web");
    await cluster.kubectl("set", "image", "deploy/web", "app=oomph.invalid/none:1");
    const stuck = depsOn(deps, { rollout: { everyMs: 250, stuckMs: 2_000, longestMs: 300_000 } });
    const waits = () => cluster.read("pods -l app=web", "{.items[*].status.containerStatuses[*].state.waiting.reason}");
    await vi.waitFor(async () => expect(await waits()).toMatch(/ErrImageNeverPull/), SPARING_PATIENCE);
    const memory = { id: "k8s.set-memory", target, params: { limit: "96Mi" } };
    const run = newRun();
    const made = await carryOut(stuck, memory, run);
    expect(run.told.at(-1)).toMatch(/of 1 replicas made anew, 1 ready: container app of web-\S+ is in ErrImageNeverPull/);
    const verified = await actionOf(stuck, memory.id).verify(made, run);
    expect(verified).toMatchObject({ helped: false, says: expect.stringMatching(/But the rollout is stuck: .*ErrImageNeverPull/) });

    const undo = await plan(deps, { id, target, params: { revision: 1 } });
    expect(undo.summary).toMatch(/back from revision 3 to revision 1$/);
    expect(undo.changes).toContainEqual({ what: "containers[app].image", before: "oomph.invalid/none:1", after: CONTAINER.image });
    expect(JSON.stringify(undo.scope)).not.toContain("CACHE_TTL"); // a template may hold secrets
    const undoing = newRun();
    await actionOf(deps, id).apply(undo, undoing);
    expect(await actionOf(deps, id).observe(undo, undoing)).toMatchObject({ kind: "done" });
    expect(await actionOf(deps, id).verify(undo, undoing)).toMatchObject({ helped: true });
    expect(await cluster.read("deploy web", "{.spec.template.spec.containers[0].resources.limits.memory}")).toBe("64Mi");
    expect(actionOf(deps, id).wayBack(undo, undoing)).toEqual({ actionId: id, params: { revision: 3 } });
    expect(await refusal(actionOf(deps, id).plan(target, { revision: 77 }))).toMatch(/has no revision 77: kept are/);
    expect(await refusal(actionOf(deps, id).plan(target, { revision: "x" }))).toMatch(/expected a whole number/);
  });

  test("a stateful set goes back to the revision before, too", async () => {
    const id = "k8s.rollout-undo";
    const target = await cluster.workload("sts", "queue");
    expect(await refusal(actionOf(deps, id).plan(target, {}))).toMatch(/no earlier revision/);
    await carryOut(deps, { id: "k8s.set-memory", target, params: { limit: "72Mi" } });
    const run = newRun();
    const made = await carryOut(deps, { id, target }, run);
    expect(await actionOf(deps, id).observe(made, run)).toMatchObject({ kind: "done" });
    expect(await cluster.read("sts queue", "{.spec.template.spec.containers[0].resources.limits.memory}")).toBe("64Mi");
  });

  test("variables are set where they stand; what comes from elsewhere is left alone, and secrets are not taken", async () => {
    const id = "k8s.set-environment";
    const env = [...CONTAINER.env, { name: "DB_PASSWORD", value: "made-up-9x" }];
    const target = await cluster.workload("deploy", "env", { container: { env } });
    const action = actionOf(deps, id);
    const refused = (params: Record<string, string>) => refusal(action.plan(target, params));
    expect(await refused({ set: "POD=x" })).toMatch(/POD of app comes from elsewhere \(fieldRef\) and is left alone/);
    expect(await refused({ set: "API_TOKEN=made-up" })).toMatch(/looks like a secret/);
    expect(await refused({ set: "CACHE_TTL=60s" })).toMatch(/is so already/);
    expect(await refused({})).toMatch(/expected --set NAME=value/);
    const run = newRun();
    const made = await carryOut(deps, { id, target, params: { set: "CACHE_TTL=15s\nWORKERS=2" } }, run);
    expect(made.changes).toEqual([
      { what: "containers[app].env[CACHE_TTL].value", before: "60s", after: "15s" },
      { what: "containers[app].env[WORKERS].name", before: "not set", after: "WORKERS" },
      { what: "containers[app].env[WORKERS].value", before: "not set", after: "2" },
    ]);
    const names = () => cluster.read("deploy env", "{range .spec.template.spec.containers[0].env[*]}{.name}={.value} {end}");
    expect(await names()).toBe("CACHE_TTL=15s POD= DB_PASSWORD=made-up-9x WORKERS=2 ");
    expect(await action.verify(made, run)).toMatchObject({ helped: true, says: expect.stringMatching(/^CACHE_TTL, WORKERS as approved/) });
    const back = action.wayBack(made, run);
    expect(back).toEqual({ actionId: id, params: { container: "app", set: { CACHE_TTL: "60s" }, unset: ["WORKERS"] } });
    await carryOut(deps, { id, target, params: back?.params ?? {} });
    expect(await names()).toBe("CACHE_TTL=60s POD= DB_PASSWORD=made-up-9x ");
    const without = await plan(deps, { id, target, params: { unset: "DB_PASSWORD" } });
    expect(JSON.stringify(without)).not.toContain("made-up-9x");
    expect(actionOf(deps, id).wayBack(without, run)).toMatchObject({ actionId: "k8s.rollout-undo" });
  });
});
