import type { PodContainer } from "../../domain/workload.ts";
import { oneLine } from "../words.ts";
import { causeOfPod } from "./end-causes.ts";
import { eventsOf } from "./kill-signs.ts";
import { judgeContainer } from "./judge-container.ts";
import type { Judgement, PodVerdict } from "./judgement.ts";
import { fromPod, type PodCase } from "./pod-case.ts";

export type PodJudgement = Judgement & {
  /** Of whom the verdict speaks: those that were killed, or that ended otherwise. */
  readonly containers: readonly PodContainer[];
  /** Of each container by itself, in the order of the pod. */
  readonly each: readonly Judgement[];
};

// What is worst comes first; what was killed comes before what only ended.
const RANK: Readonly<Record<PodVerdict, number>> = {
  evicted: 7,
  "oom-killed": 6,
  "oom-killed-child": 5,
  "oom-killed-recovered": 4,
  misreported: 3,
  undetermined: 2,
  "not-oom": 1,
};

/** Was something of this pod killed for want of memory, and of whom? Pure: the same facts give the same judgement. */
export function judgePod(podCase: PodCase): PodJudgement {
  const each = podCase.pod.containers.map((container) => judgeContainer(podCase, container));
  const evicted = evictionOf(podCase, each);
  if (evicted !== undefined) return evicted;
  const worst = each.toSorted((left, right) => rankOf(right) - rankOf(left))[0];
  // A pod that is over as a whole may still list its containers as they were, or tell nothing of them.
  const isSilent = each.every(({ end, killed }) => end === undefined && !killed);
  if (worst === undefined || (isSilent && podCase.pod.phase === "Failed")) return { ...nothingTold(podCase), each };
  const same = each.filter(({ verdict, end }) => verdict === worst.verdict && (end !== undefined) === (worst.end !== undefined));
  const blind = worst.verdict === "not-oom" && each.some((one) => one.blind);
  return {
    ...worst,
    for: worst.verdict === "not-oom" ? same.flatMap((one) => one.for) : [...worst.for, ...others(podCase, same, worst)],
    against: [...worst.against, ...each.flatMap((one) => (one.blind && !worst.blind ? one.against : []))],
    confidence: blind ? Math.min(worst.confidence, 0.7) : worst.confidence,
    containers: same.flatMap(({ container, end, killed }) => (container !== undefined && (killed || end !== undefined) ? [container] : [])),
    each,
  };
}

/** A kill that is proven goes before one that is only named so; of what ended, the one that has an end to tell of. */
function rankOf({ verdict, killed, end, blind, confidence }: Judgement): number {
  if (blind) return 0;
  const proven = verdict === "misreported" && killed ? 2.5 : 0;
  return RANK[verdict] + proven + (end === undefined ? 0 : 0.2) + confidence / 10;
}

function others({ podEvidence }: PodCase, same: readonly Judgement[], worst: Judgement): Judgement["for"] {
  return same
    .filter((one) => one !== worst)
    .map(({ container }) => ({ evidenceId: podEvidence, says: `so was ${container?.name ?? "another container"}` }));
}

/** The kubelet ended the pod to save its node. The containers that it kills then may be called Error, or not at all. */
function evictionOf(podCase: PodCase, each: readonly Judgement[]): PodJudgement | undefined {
  const { pod, events } = podCase;
  const event = eventsOf(podCase).find(({ reason, about }) => reason === "Evicted" && about.kind !== "Node");
  if (pod.reason !== "Evicted" && (event === undefined || pod.phase === "Running")) return undefined;
  const message = pod.message ?? event?.message ?? "";
  const killedBefore = each.filter(({ killed }) => killed);
  const of = resourceOf(message);
  return {
    verdict: "evicted",
    confidence: pod.reason === "Evicted" ? 0.96 : 0.85,
    for: [
      ...(pod.reason === "Evicted"
        ? [fromPod(podCase, `the pod's reason is Evicted${message === "" ? "" : `: "${oneLine(message, 240)}"`}`)]
        : []),
      ...(pod.reason !== "Evicted" && event !== undefined && events !== undefined
        ? [{ evidenceId: events.evidenceId, says: `an event Evicted says: "${oneLine(event.message, 240)}"` }]
        : []),
      ...(of === "memory"
        ? [fromPod(podCase, "the node ran low on memory, and the kubelet chose this pod: it need not be the one that took it")]
        : []),
    ],
    against: [
      ...(of === "other" ? [fromPod(podCase, "what ran low was not memory")] : []),
      ...(of === "unknown" ? [fromPod(podCase, "what ran low is not told")] : []),
      ...killedBefore.flatMap((one) => one.for.slice(0, 1)),
    ],
    killed: killedBefore.length > 0,
    scope: of === "memory" ? "node" : "unknown",
    blind: false,
    containers: usersNamedIn(message, pod.containers),
    each,
  };
}

/** What ran low, as the kubelet words it. */
export function resourceOf(message: string): "memory" | "other" | "unknown" {
  if (/low on resource: \[?memory|resource: \[?.{0,40}\bmemory\b|MemoryPressure/i.test(message)) return "memory";
  return /low on resource|ephemeral|storage|inodes|pids|DiskPressure|PIDPressure|exceeds the/i.test(message) ? "other" : "unknown";
}

/** `Container app was using 512Mi, which exceeds its request of 0.` */
function usersNamedIn(message: string, containers: readonly PodContainer[]): readonly PodContainer[] {
  const names = new Set([...message.matchAll(/\bContainer ([a-z0-9][-a-z0-9]*) was using/g)].map(([, name]) => name));
  return containers.filter(({ name }) => names.has(name));
}

function nothingTold(podCase: PodCase): PodJudgement {
  const { reason, phase, message } = podCase.pod;
  const told = reason !== undefined && reason !== "";
  const says = fromPod(
    podCase,
    told
      ? `the pod's reason is ${reason}${message === undefined ? "" : `: "${oneLine(message, 160)}"`}`
      : "nothing is told of any container",
  );
  // The kubelet refused it at the door: nothing of it ever ran.
  const refused =
    told &&
    /^(?:OutOf\w+|NodeAffinity|UnexpectedAdmissionError|Preempting|NodeShutdown|Shutdown|Terminated|DeadlineExceeded|NodeLost)$/.test(
      reason,
    );
  const never = refused || phase === "Pending";
  const cause = causeOfPod(podCase);
  return {
    ...(cause === undefined ? {} : { cause }),
    verdict: never ? "not-oom" : "undetermined",
    confidence: never ? 0.75 : 0.2,
    for: never ? [says] : [],
    against: never ? [] : [says],
    killed: false,
    scope: "unknown",
    blind: !never,
    containers: [],
    each: [],
  };
}
