import { beforeAll, describe, expect, test } from "vitest";
import type { ActsOnCluster, PatchOperation } from "../../../src/ports/cluster-acts.ts";
import { createClusterActs } from "../../../src/adapters/kubernetes/acts.ts";
import { lab, openLab } from "../../actions/kubernetes/lab.ts";
import { silentLog } from "./api-server.ts";

test("a cluster that is not configured is told", () => {
  expect(() => createClusterActs([], { log: silentLog }).cluster("prod")).toThrow(/no cluster named prod: configured are none/);
});

describe.skipIf(lab.kind === "absent")("changes to a cluster", () => {
  const cluster = openLab();
  let acts: ActsOnCluster;
  const place = { of: "workload", resource: "deploy", namespace: cluster.namespace, name: "web" } as const;
  const operations: readonly PatchOperation[] = [{ op: "replace", path: "/spec/replicas", value: 3 }];

  beforeAll(async () => {
    acts = (await cluster.open()).acts.cluster("local");
    await cluster.workload("deploy", "web", { replicas: 0 });
  });

  test("a dry run changes nothing, a patch under an old version or another uid neither", async () => {
    const now = await acts.read(place);
    const tried = await acts.patch(place, { ...now, operations, dryRun: true });
    expect(tried.definition).toMatchObject({ spec: { replicas: 3 } });
    expect(await acts.read(place)).toMatchObject({ definition: { spec: { replicas: 0 } } });
    const otherwise = { operations, dryRun: false };
    await expect(acts.patch(place, { ...now, resourceVersion: "1", ...otherwise })).rejects.toMatchObject({ code: "conflict" });
    const never: readonly PatchOperation[] = [{ op: "replace", path: "/spec/replicas", value: "many" }];
    await expect(acts.patch(place, { ...(await acts.read(place)), operations: never, dryRun: true })).rejects.toMatchObject({
      code: "refused",
    });
    expect(await acts.read(place)).toMatchObject({ definition: { spec: { replicas: 0 } } });
  });

  test("the template of a revision is what the workload had then; one that is not kept is told", async () => {
    const { definition } = await acts.read(place);
    expect(definition).toMatchObject({ spec: { template: await acts.templateOf(place, 1) } });
    await expect(acts.templateOf(place, 9)).rejects.toMatchObject({ code: "not-found" });
    await expect(acts.deletePod({ namespace: cluster.namespace, name: "none", uid: "u" }, { dryRun: true })).rejects.toMatchObject({
      code: "not-found",
    });
  });
});
