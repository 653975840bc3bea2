import { OomphError } from "../../../domain/errors.ts";
import { given } from "../../../domain/given.ts";
import { formatTarget, type WorkloadTarget } from "../../../domain/target.ts";
import type { ContainerUsage, PodContainer, PodFacts } from "../../../domain/workload.ts";
import { podsOf } from "../session.ts";
import type { ProfiledCluster } from "./deps.ts";

/** The container whose heap is looked at. */
export type HeapPlace = {
  readonly pod: PodFacts;
  readonly container: PodContainer;
  /** Of all containers of the pod; empty: not to be had. */
  readonly usage: readonly ContainerUsage[];
  /** Why it is not to be had. */
  readonly unread?: string;
};

export type Wished = { readonly pod: string | undefined; readonly container: string | undefined };

const PATIENCE_MS = 15_000;

/** The pod and container that were asked for, else the ones that use most. Throws OomphError `not-running` and `bad-input`. */
export async function choosePlace(cluster: ProfiledCluster, target: WorkloadTarget, wished: Wished): Promise<HeapPlace> {
  const { resource, namespace, name } = target;
  const pods = await podsOf(cluster, await cluster.workload({ resource, namespace, name }));
  const asked = wished.pod ?? target.pod;
  if (asked !== undefined && !pods.some((pod) => pod.name === asked))
    throw new OomphError(
      "bad-input",
      `${asked} is no pod of ${formatTarget(target)} now. There is ${
        pods
          .map((pod) => pod.name)
          .slice(0, 10)
          .join(", ") || "none"
      }.`,
    );
  const eligible = pods.filter((pod) => (asked === undefined || pod.name === asked) && running(pod).length > 0);
  if (eligible.length === 0)
    throw new OomphError("not-running", `expected a running container of ${formatTarget(target)}, none runs now: try again when it is up`);
  const { usage, ...unread } = await usageOf(cluster, target, eligible);
  const [pod] = eligible.toSorted((a, b) => usedBy(usage, b.name) - usedBy(usage, a.name));
  if (pod === undefined) throw new OomphError("internal", "expected a pod");
  const own = usage.filter((one) => one.pod === pod.name);
  return { pod, container: chosen(pod, own, wished.container ?? target.container), usage: own, ...unread };
}

function chosen(pod: PodFacts, usage: readonly ContainerUsage[], asked: string | undefined): PodContainer {
  const containers = running(pod);
  const used = (name: string): number => usage.find(({ container }) => container === name)?.workingSetBytes ?? 0;
  const [most] = containers.toSorted((a, b) => used(b.name) - used(a.name));
  const found = asked === undefined ? most : containers.find(({ name }) => name === asked);
  if (found !== undefined) return found;
  throw new OomphError(
    "bad-input",
    `${pod.name} has no running container ${asked ?? ""}. There is ${containers.map(({ name }) => name).join(", ")}.`,
  );
}

function running({ containers }: PodFacts): readonly PodContainer[] {
  return containers.filter(({ state, role }) => state?.kind === "running" && role !== "ephemeral" && role !== "init");
}

function usedBy(usage: readonly ContainerUsage[], pod: string): number {
  return usage.filter((one) => one.pod === pod).reduce((sum, { workingSetBytes }) => sum + workingSetBytes, 0);
}

/** Without it a pod is chosen as listed, and the guard says what is not known. */
async function usageOf(
  cluster: ProfiledCluster,
  { namespace }: WorkloadTarget,
  pods: readonly PodFacts[],
): Promise<Pick<HeapPlace, "usage" | "unread">> {
  const names = new Set(pods.map(({ name }) => name));
  const [node, ...others] = new Set(pods.map((pod) => pod.node));
  const found: ContainerUsage[] = [];
  try {
    const query = { namespace, ...given({ node: others.length === 0 ? node : undefined }) };
    for await (const page of cluster.usage(query, AbortSignal.timeout(PATIENCE_MS)))
      // Of a container that has just begun a kubelet may tell 0: how much it uses is not known then.
      found.push(...page.filter(({ pod, workingSetBytes }) => workingSetBytes > 0 && names.has(pod)));
  } catch (error) {
    if (!(error instanceof OomphError)) throw error;
    return { usage: found, unread: error.message };
  }
  return { usage: found };
}
