import type { WorkloadFacts } from "../../domain/workload.ts";

/** Who else keeps an object as they want it. */
export type Keeper = {
  /** `Argo CD (application shop)`. */
  readonly name: string;
  /** What becomes of a change that it does not know of. */
  readonly otherwise: string;
  /** Where a change lasts. */
  readonly lasts: string;
};

type Marks = Pick<WorkloadFacts, "labels" | "annotations" | "managers" | "controller">;

const IN_GIT = "in the repository that it is made from";

/** Found by the labels and annotations that they leave, by the fields that they own, and by owner references. Pure. */
export function keepersOf(marks: Marks): readonly Keeper[] {
  return [argo(marks), flux(marks), operator(marks), helm(marks)].filter((keeper) => keeper !== undefined);
}

/** Others who wrote one of these fields last, by name: `kubectl-edit`. Kubernetes' own parts and keepers are not meant. */
export function writersOf({ managers }: Marks, isMeant: (field: string) => boolean): readonly string[] {
  const names = managers.filter(({ fields }) => fields.some(isMeant)).map(({ name }) => name);
  return [...new Set(names)].filter((name) => !/^(oomph|kube-controller-manager|argocd.*|kustomize-controller|helm.*)$/.test(name));
}

function argo({ labels, annotations, managers }: Marks): Keeper | undefined {
  const application = annotations["argocd.argoproj.io/tracking-id"]?.split(":")[0] ?? labels["argocd.argoproj.io/instance"];
  if (application === undefined && !isAmong(managers, /^argocd/)) return undefined;
  return {
    name: `Argo CD${application === undefined ? "" : ` (application ${application})`}`,
    otherwise: "sets it back at its next sync, at once where self-heal is on",
    lasts: IN_GIT,
  };
}

function flux({ labels, managers }: Marks): Keeper | undefined {
  const kustomization = labels["kustomize.toolkit.fluxcd.io/name"];
  const release = labels["helm.toolkit.fluxcd.io/name"];
  if (kustomization !== undefined || isAmong(managers, /^kustomize-controller$/)) {
    const which = kustomization === undefined ? "" : ` (kustomization ${kustomization})`;
    return { name: `Flux${which}`, otherwise: "sets it back at its next reconciliation, within minutes", lasts: IN_GIT };
  }
  if (release === undefined && !isAmong(managers, /^helm-controller$/)) return undefined;
  return {
    name: `Flux${release === undefined ? "" : ` (Helm release ${release})`}`,
    otherwise: "sets it back at its next upgrade, or sooner where drift is corrected",
    lasts: "in the values of its HelmRelease",
  };
}

function operator({ controller }: Marks): Keeper | undefined {
  if (controller === undefined || ["ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"].includes(controller.kind))
    return undefined;
  return {
    name: `the operator of ${controller.kind} ${controller.name}`,
    otherwise: "sets it back as soon as it sees it",
    lasts: `in ${controller.kind} ${controller.name}`,
  };
}

function helm({ labels, annotations, managers }: Marks): Keeper | undefined {
  if ("helm.toolkit.fluxcd.io/name" in labels) return undefined;
  const release = annotations["meta.helm.sh/release-name"];
  if (release === undefined && labels["app.kubernetes.io/managed-by"] !== "Helm" && !isAmong(managers, /^helm$/)) return undefined;
  return {
    name: `Helm${release === undefined ? "" : ` (release ${release})`}`,
    otherwise: "sets it back at its next upgrade",
    lasts: "in the release's values",
  };
}

function isAmong(managers: Marks["managers"], name: RegExp): boolean {
  return managers.some((manager) => name.test(manager.name));
}
