import { formatBytes } from "../../domain/bytes.ts";
import type { Advice } from "../../domain/finding.ts";
import { formatQuantity } from "../../domain/quantity.ts";
import { raisedLimit } from "../../domain/sizing.ts";
import type { Focus } from "./focus.ts";
import type { Picture } from "./picture.ts";
import { percent } from "../words.ts";

/** From here on a restart is recommended at once: the kill is minutes away. */
export const CRITICAL_SHARE = 0.95;
// Templates that can be rolled out anew.
const ROLLED_OUT: ReadonlySet<string> = new Set(["deploy", "sts", "ds"]);
export const SCALED: ReadonlySet<string> = new Set(["deploy", "sts"]);
// Of a template that makes nothing anew, what a higher limit holds for. Of a job or a bare pod it cannot be changed at all.
const TAKES_EFFECT: Readonly<Record<string, string>> = {
  deploy: "its pods are rolled out anew",
  sts: "its pods are rolled out anew",
  ds: "its pods are rolled out anew",
  cronjob: "it holds for the runs to come",
};

/** A higher limit; nothing where none is set, where it cannot be changed, or where neither node, quota nor limit range gives more. */
export function raiseLimit(picture: Picture, focus: Focus, caveat: string): readonly Advice[] {
  const takesEffect = TAKES_EFFECT[picture.pods?.value.workload.resource ?? ""];
  const raised = takesEffect === undefined ? undefined : higherLimit(picture, focus);
  if (raised === undefined) return [];
  const { name, from, to } = raised;
  const why = `Raises the memory limit of ${name} from ${formatBytes(from)} to ${formatBytes(to)}; ${takesEffect}. ${caveat}${fewerPods(picture, focus)}`;
  return [{ actionId: "k8s.set-memory", params: { container: name, limit: formatQuantity(to) }, why }];
}

/** A request that equals the limit rises along: what an autoscaler counts in percent of it falls. */
function fewerPods({ surroundings }: Picture, { container }: Focus): string {
  const scaled = surroundings?.value.autoscalers.find(({ memoryPercentOfRequest }) => memoryPercentOfRequest !== undefined);
  if (scaled === undefined || (container?.requestBytes ?? container?.limitBytes) !== container?.limitBytes) return "";
  return ` The request rises along, and the autoscaler ${scaled.name}, which counts memory in percent of it, keeps fewer pods then.`;
}

/** What to write into the manifest of something that cannot be changed once it is there. */
export function raiseInManifest(picture: Picture, focus: Focus): readonly string[] {
  const resource = picture.pods?.value.workload.resource;
  const raised = resource === "job" || resource === "pod" ? higherLimit(picture, focus) : undefined;
  if (raised === undefined) return [];
  const { name, from, to } = raised;
  const where = resource === "job" ? "the manifest of the job, or of the cron job that makes it" : "the manifest of the pod";
  return [
    `Raise the memory limit of ${name} from ${formatBytes(from)} to ${formatBytes(to)} in ${where}, and create it again: as it is there it cannot be changed.`,
  ];
}

type Raised = { readonly name: string; readonly from: number; readonly to: number };

function higherLimit(picture: Picture, focus: Focus): Raised | undefined {
  const { container, usage, judgement } = focus;
  const limitBytes = container?.limitBytes;
  if (container === undefined || limitBytes === undefined) return undefined;
  const usedBytes = Math.max(usage?.workingSetBytes ?? 0, judgement.killed ? limitBytes : 0);
  const nodeBytes = picture.node?.value.nodes.find(({ facts }) => facts.name === focus.podCase.pod.node)?.facts.allocatableBytes;
  const wanted = raisedLimit(usedBytes, { cores: 1, limitBytes, ...(nodeBytes === undefined ? {} : { hostBytes: nodeBytes }) });
  const most = highestAllowed(picture);
  const bytes = wanted === undefined || most === undefined ? wanted : Math.min(wanted, most);
  if (bytes === undefined || bytes <= limitBytes) return undefined;
  return { name: container.name, from: limitBytes, to: bytes };
}

/**
 * Gives back what a running pod has taken: of one pod by deleting it, unless a disruption budget forbids that now, of all by a rolling
 * restart. Nothing for what does not run: it frees nothing.
 */
export function restart(picture: Picture, focus: Focus): readonly Advice[] {
  const resource = picture.pods?.value.workload.resource;
  if (focus.container?.state?.kind !== "running" || resource === undefined || focus.gone) return [];
  const { pod } = focus.podCase;
  const others = focus.all.length > 1;
  const lost = "Requests under way are lost, and what filled it fills it again.";
  const one: Advice = {
    actionId: "k8s.delete-pod",
    params: { pod: pod.name },
    why: `Gives back the memory of this pod at once; its owner makes it anew. ${lost}`,
  };
  const guard = picture.surroundings?.value.budgets.find(({ disruptionsAllowed }) => disruptionsAllowed === 0);
  const guarded =
    guard === undefined || !others ? "" : ` No single pod may be evicted now (disruption budget ${guard.name}: ${guard.says}).`;
  const all: Advice = {
    actionId: "k8s.rollout-restart",
    params: {},
    why: `Starts its pods anew one after the other and gives back what they took. ${lost}${guarded}`,
  };
  // A bare pod is not made anew, and a job would begin from the start.
  if (!ROLLED_OUT.has(resource)) return [];
  if (!others || guard !== undefined) return [all];
  return fullPods(picture, focus) <= 1 ? [one, all] : [all, one];
}

/** The gentler way first; over 95% of the limit the restart. */
export function gentlerFirst(focus: Focus, gentle: readonly Advice[], hard: readonly Advice[]): readonly Advice[] {
  if ((focus.share ?? 0) <= CRITICAL_SHARE) return [...gentle, ...hard];
  const [first, ...rest] = hard;
  if (first === undefined) return gentle;
  const urgent = { ...first, why: `${percent(focus.share ?? 0)} of the limit is in use: this cannot wait. ${first.why}` };
  return [urgent, ...gentle, ...rest];
}

/** Spreads a load over more pods; nothing where an autoscaler decides that, or where it is not a load that is shared. */
export function scaleUp(picture: Picture, why: string): readonly Advice[] {
  const resource = picture.pods?.value.workload.resource;
  const replicas = picture.rollout?.value.workload?.replicas?.wanted;
  const scaled = (picture.surroundings?.value.autoscalers.length ?? 0) > 0;
  if (resource === undefined || !SCALED.has(resource) || replicas === undefined || replicas === 0 || scaled) return [];
  return [{ actionId: "k8s.scale", params: { replicas: replicas + 1 }, why: `From ${replicas} to ${replicas + 1} replicas. ${why}` }];
}

/** What holds the memory: only of a container that runs. */
export function heapProfile(focus: Focus): readonly Advice[] {
  if (focus.container?.state?.kind !== "running" || focus.gone) return [];
  const { pod } = focus.podCase;
  const why =
    "Shows which functions hold the memory, where the program offers a profile. Changes nothing; costs a little memory while it is taken.";
  return [{ actionId: "k8s.heap-profile", params: { pod: pod.name, container: focus.container.name }, why }];
}

function highestAllowed({ surroundings }: Picture): number | undefined {
  const most = surroundings?.value.limitRanges.flatMap(({ maxBytes }) => maxBytes ?? []) ?? [];
  return most.length === 0 ? undefined : Math.min(...most);
}

/** How many pods of the workload are near their limit. */
function fullPods({ usage }: Picture, { all, container }: Focus): number {
  const limitBytes = container?.limitBytes;
  if (limitBytes === undefined) return 0;
  return all.filter(({ podCase }) => {
    const own = usage?.value.containers.find((one) => one.pod === podCase.pod.name && one.container === container?.name);
    return own !== undefined && own.workingSetBytes >= limitBytes * 0.7;
  }).length;
}
