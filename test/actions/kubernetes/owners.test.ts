import { expect, test } from "vitest";
import { keepersOf, writersOf } from "../../../src/actions/kubernetes/owners.ts";

const NOTHING = { labels: {}, annotations: {}, managers: [] };
const manager = (name: string, fields: readonly string[] = []) => ({ name, operation: "Update", fields });

test.each([
  [{ ...NOTHING, annotations: { "argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web" } }, "Argo CD (application shop)"],
  [{ ...NOTHING, labels: { "argocd.argoproj.io/instance": "shop" } }, "Argo CD (application shop)"],
  [{ ...NOTHING, managers: [manager("argocd-controller")] }, "Argo CD"],
  [{ ...NOTHING, labels: { "kustomize.toolkit.fluxcd.io/name": "apps" } }, "Flux (kustomization apps)"],
  [
    { ...NOTHING, labels: { "helm.toolkit.fluxcd.io/name": "web" }, annotations: { "meta.helm.sh/release-name": "web" } },
    "Flux (Helm release web)",
  ],
  [{ ...NOTHING, annotations: { "meta.helm.sh/release-name": "shop" } }, "Helm (release shop)"],
  [{ ...NOTHING, controller: { kind: "Redis", name: "cache" } }, "the operator of Redis cache"],
])("who sets a change back: %#", (marks, name) => {
  expect(keepersOf(marks).map((keeper) => keeper.name)).toEqual([name]);
});

test("what Kubernetes itself owns or wrote is nobody's; who wrote a field is named", () => {
  expect(keepersOf({ ...NOTHING, controller: { kind: "ReplicaSet", name: "web-7c9" } })).toEqual([]);
  const managers = [manager("keda-operator", ["spec.replicas"]), manager("oomph", ["spec.replicas"]), manager("kubectl", ["spec.paused"])];
  expect(writersOf({ ...NOTHING, managers }, (field) => field === "spec.replicas")).toEqual(["keda-operator"]);
});
