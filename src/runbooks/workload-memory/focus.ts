import type { Trend } from "../../domain/memory.ts";
import type { ContainerUsage, PodContainer, PodFacts } from "../../domain/workload.ts";
import type { History as Readings } from "../parts/schema.ts";
import type { PatternHits } from "../logs/schema.ts";
import { judgePod, type PodJudgement } from "./judge-pod.ts";
import type { KillSeen, PodCase } from "./pod-case.ts";
import type { Picture } from "./picture.ts";

/** The pod and the container that the investigation is about, and what the others came to. */
export type Focus = {
  readonly podCase: PodCase;
  readonly judgement: PodJudgement;
  readonly container: PodContainer | undefined;
  readonly usage: ContainerUsage | undefined;
  /** Of the container, or of the pod as a whole. */
  readonly limitBytes: number | undefined;
  /** Use of the limit, 0 to 1. */
  readonly share: number | undefined;
  readonly readings: Readings | undefined;
  /** It was asked for and is no longer there: only its name, and what the cluster still tells of it. */
  readonly gone: boolean;
  readonly all: readonly { readonly podCase: PodCase; readonly judgement: PodJudgement }[];
};

type Judged = Focus["all"][number];

/** Judges every pod, and looks closer at the one that was asked for, or at the worst of them. Undefined: nothing was read of any. */
export function focusOf(picture: Picture): Focus | undefined {
  const { pods } = picture;
  if (pods === undefined) return undefined;
  const all = pods.value.pods.map((pod) => judged(picture, pod));
  const asked = pods.value.pod;
  const found = all.find(({ podCase }) => podCase.pod.name === asked);
  const lost = asked !== undefined && found === undefined ? judged(picture, namedOnly(pods.value, asked)) : undefined;
  const chosen = found ?? lost ?? worstOf(picture, all);
  if (chosen === undefined) return undefined;
  const { podCase } = chosen;
  const judgement = judgementOf(picture, chosen);
  const container = containerOf(picture, { podCase, judgement });
  const usage = picture.usage?.value.containers.find((one) => one.pod === podCase.pod.name && one.container === container?.name);
  const limitBytes = container?.limitBytes ?? podCase.pod.podLimitBytes;
  const usedBytes = container?.limitBytes === undefined ? podUsage(picture, podCase.pod) : usage?.workingSetBytes;
  const share = usedBytes === undefined || limitBytes === undefined || limitBytes === 0 ? undefined : usedBytes / limitBytes;
  const readings = picture.history?.value.series.find((one) => one.pod === podCase.pod.name && one.container === container?.name)?.readings;
  return { podCase, judgement, container, usage, limitBytes, share, readings, gone: chosen === lost, all };
}

/** The newest hit of a kind of pattern in the logs of the container in focus; of one that ended, in those of that life first. */
export function hitOf(picture: Picture, focus: Focus, kind: PatternHits["kind"]): PatternHits | undefined {
  const ended = focus.judgement.end?.when === "before";
  const logs = (picture.logs?.value.logs ?? [])
    .filter((one) => one.pod === focus.podCase.pod.name && one.container === focus.container?.name)
    .toSorted((left, right) => Number(right.previous === ended) - Number(left.previous === ended));
  for (const { log } of logs) {
    const found = log.patterns.filter((hit) => hit.kind === kind).toSorted((left, right) => right.lastAtMs - left.lastAtMs)[0];
    if (found !== undefined) return found;
  }
  return undefined;
}

export function trendOf({ readings }: Focus): Trend | undefined {
  return readings?.trend;
}

function judged(picture: Picture, pod: PodFacts): Judged {
  const { events, kernel } = picture;
  const podCase: PodCase = {
    pod,
    podEvidence: picture.pods?.evidenceId ?? "k8s.pods",
    events: events && {
      evidenceId: events.evidenceId,
      value: events.value.events.filter(({ about }) => (about.kind === "Node" ? about.name === pod.node : about.name === pod.name)),
    },
    kernel:
      kernel === undefined || !kernel.value.logs.some((log) => log.node === pod.node)
        ? undefined
        : { evidenceId: kernel.evidenceId, value: killsOf(picture, pod) },
    ...counterOf(picture, pod),
  };
  return { podCase, judgement: judgePod(podCase) };
}

function counterOf({ cgroup }: Picture, { name }: PodFacts): Pick<PodCase, "counter"> {
  if (cgroup?.value.pod !== name || cgroup.value.cgroup.oomKills === undefined) return {};
  const { container, cgroup: read } = cgroup.value;
  return { counter: { evidenceId: cgroup.evidenceId, value: { container, oomKills: read.oomKills ?? 0 } } };
}

function killsOf({ kernel }: Picture, { name, node }: PodFacts): readonly KillSeen[] {
  const logs = kernel?.value.logs.filter((log) => log.node === node) ?? [];
  return logs.flatMap(({ kills }) => kills.filter(({ pod }) => pod === name));
}

const WORST: readonly PodJudgement["verdict"][] = [
  "oom-killed",
  "misreported",
  "oom-killed-child",
  "evicted",
  "oom-killed-recovered",
  "undetermined",
  "not-oom",
];

/** Of those that went alike the one that ended last, of those that run the fullest. */
function worstOf(picture: Picture, all: readonly Judged[]): Judged | undefined {
  const rank = ({ judgement }: Judged): number =>
    WORST.indexOf(judgement.verdict) + (judgement.verdict === "not-oom" && judgement.end === undefined ? 1 : 0);
  const size = ({ podCase, judgement }: Judged): number => judgement.end?.finishedAtMs ?? podUsage(picture, podCase.pod) ?? 0;
  return all.toSorted((left, right) => rank(left) - rank(right) || size(right) - size(left))[0];
}

/** Of a container that was asked for, its own end counts: another's of the same pod would be taken for it, and mended in its place. */
function judgementOf(picture: Picture, { podCase, judgement }: Judged): PodJudgement {
  const { pod, podEvidence } = podCase;
  const containers = pod.containers.filter(({ name }) => name === picture.pods?.value.container);
  if (containers.length === 0 || judgement.verdict === "evicted") return judgement;
  const own = judgePod({ ...podCase, pod: { ...pod, containers } });
  if (own.killed || !judgement.killed) return own;
  const others = judgement.containers.map(({ name }) => name).join(" and ");
  const says = `${others} of the same pod was killed for want of memory: this is about ${containers[0]?.name ?? ""}`;
  return { ...own, against: [...own.against, { evidenceId: podEvidence, says }] };
}

function containerOf(picture: Picture, { podCase, judgement }: Judged): PodContainer | undefined {
  const { containers } = podCase.pod;
  const asked = containers.find(({ name }) => name === picture.pods?.value.container);
  const mains = containers.filter(({ role }) => role === "main" || role === "sidecar");
  const used = (container: PodContainer): number => {
    const bytes =
      picture.usage?.value.containers.find((one) => one.pod === podCase.pod.name && one.container === container.name)?.workingSetBytes ?? 0;
    return bytes / (container.limitBytes ?? Number.POSITIVE_INFINITY) || bytes / 2 ** 60;
  };
  return (
    asked ??
    judgement.containers[0] ??
    judgement.end?.container ??
    mains.toSorted((left, right) => used(right) - used(left))[0] ??
    containers[0]
  );
}

function podUsage({ usage }: Picture, { name }: PodFacts): number | undefined {
  const own = usage?.value.containers.filter(({ pod }) => pod === name) ?? [];
  return own.length === 0 ? undefined : own.reduce((sum, { workingSetBytes }) => sum + workingSetBytes, 0);
}

/** A pod of which only the name is left. */
function namedOnly({ workload }: { readonly workload: { readonly namespace: string } }, name: string): PodFacts {
  return { uid: "", namespace: workload.namespace, name, labels: {}, phase: "Unknown", conditions: [], containers: [] };
}
