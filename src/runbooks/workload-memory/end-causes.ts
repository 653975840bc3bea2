import type { Reason } from "../../domain/finding.ts";
import type { ClusterEvent, Condition, PodContainer } from "../../domain/workload.ts";
import { oneLine } from "../words.ts";
import { eventsOf, fallsTo } from "./kill-signs.ts";
import { fromPod, type End, type PodCase } from "./pod-case.ts";

/** What other than the kernel's want of memory ended a container. */
export type Cause = {
  readonly kind:
    | "probe"
    | "stopped"
    | "changed"
    | "hook"
    | "preempted"
    | "node-shutdown"
    | "node-gone"
    | "drained"
    | "deadline"
    | "refused";
  /** A clause without a subject's name: "its liveness probe failed, and the kubelet killed it". */
  readonly says: string;
  readonly reason: Reason;
  /** False: it may be of another moment. */
  readonly sure: boolean;
};

// A kill follows its event by the grace period, which is half a minute unless set.
const GRACE_MS = 120_000;

/** Why a container was ended, where the pod or an event says so. Undefined: nothing does. */
export function causeOf(podCase: PodCase, end: End): Cause | undefined {
  return causeOfPod(podCase) ?? ofEvent(podCase, end) ?? ofDeletion(podCase, end) ?? ofFailingProbe(podCase, end);
}

/** What ended the pod as a whole, or kept it from beginning. */
export function causeOfPod(podCase: PodCase): Cause | undefined {
  const { reason = "", message = "", conditions } = podCase.pod;
  const says = (kind: Cause["kind"], clause: string): Cause => ({
    kind,
    says: clause,
    reason: fromPod(podCase, `the pod's reason is ${reason}${message === "" ? "" : `: "${oneLine(message, 160)}"`}`),
    sure: true,
  });
  if (reason === "Preempting" || reason === "Preempted") return says("preempted", "a pod of higher priority took its place");
  if (/^(Node)?Shutdown$/.test(reason) || (reason === "Terminated" && /shut/i.test(message)))
    return says("node-shutdown", "its node was shut down");
  if (reason === "NodeLost") return says("node-gone", "its node was lost");
  if (reason === "DeadlineExceeded") return says("deadline", "it ran longer than its deadline allows");
  if (reason === "OutOfmemory") return says("refused", "its node has not as much memory left as it requests, and nothing of it ever ran");
  if (/^(?:OutOf\w+|NodeAffinity|UnexpectedAdmissionError)$/.test(reason))
    return says("refused", "its node did not take it in, and nothing of it ever ran");
  return ofDisruption(podCase, conditions);
}

/** Kubernetes 1.26 and on says in a condition what disturbs a pod. */
function ofDisruption(podCase: PodCase, conditions: readonly Condition[]): Cause | undefined {
  const condition = conditions.find(({ type, status }) => type === "DisruptionTarget" && status === "True");
  const { reason = "", message = "" } = condition ?? {};
  const meant = DISRUPTIONS[reason];
  if (meant === undefined) return undefined;
  return { ...meant, reason: fromPod(podCase, `its condition DisruptionTarget says ${reason}: "${oneLine(message, 140)}"`), sure: true };
}

const DISRUPTIONS: Readonly<Record<string, Pick<Cause, "kind" | "says">>> = {
  PreemptionByScheduler: { kind: "preempted", says: "a pod of higher priority took its place" },
  DeletionByTaintManager: { kind: "node-gone", says: "its node was tainted and no longer takes it" },
  EvictionByEvictionAPI: { kind: "drained", says: "somebody evicted it, as a drain of its node does" },
  DeletionByPodGC: { kind: "node-gone", says: "its node is gone" },
};

type Rule = { readonly kind: Cause["kind"]; readonly says: string; holds(event: ClusterEvent): boolean };

const RULES: readonly Rule[] = [
  {
    kind: "probe",
    says: "its liveness probe failed, and the kubelet killed it",
    holds: ({ reason, message }) =>
      reason === "Killing" && /failed (?:liveness|startup) probe|is unhealthy, it will be killed/i.test(message),
  },
  {
    kind: "changed",
    says: "its definition was changed in place, and the kubelet started it anew",
    holds: ({ reason, message }) => reason === "Killing" && /definition changed|hash changed/i.test(message),
  },
  { kind: "hook", says: "its start hook failed, and the kubelet killed it", holds: ({ reason }) => reason === "FailedPostStartHook" },
  {
    kind: "preempted",
    says: "a pod of higher priority took its place",
    holds: ({ reason }) => reason === "Preempted" || reason === "Preempting",
  },
  { kind: "node-shutdown", says: "its node was shut down", holds: ({ reason }) => reason === "NodeShutdown" || reason === "Shutdown" },
  {
    kind: "node-gone",
    says: "its node was tainted and no longer takes it",
    holds: ({ reason }) => reason === "TaintManagerEviction",
  },
  {
    kind: "stopped",
    says: "it was told to stop (a deletion, a rollout or fewer replicas), and was killed when its grace period was over",
    holds: ({ reason, message }) =>
      (reason === "Killing" && /^Stopping container|Need to kill Pod/i.test(message)) || reason === "ExceededGracePeriod",
  },
];

function ofEvent(podCase: PodCase, end: End): Cause | undefined {
  for (const { kind, says, holds } of RULES) {
    const found = eventFor(podCase, end, holds);
    if (found !== undefined) return { kind, says, reason: fromEvent(podCase, found.event), sure: found.fits === "yes" };
  }
  return undefined;
}

/** Without an event that says that it was killed for it, a failing probe makes it likely only. */
function ofFailingProbe(podCase: PodCase, end: End): Cause | undefined {
  const found = eventFor(podCase, end, ({ reason, message }) => reason === "Unhealthy" && /^(?:Liveness|Startup) probe/i.test(message));
  if (found === undefined) return undefined;
  const says = "its liveness probe failed: the kubelet kills what stays so";
  return { kind: "probe", says, reason: fromEvent(podCase, found.event), sure: false };
}

function ofDeletion(podCase: PodCase, { finishedAtMs, when }: End): Cause | undefined {
  const { deletedAtMs } = podCase.pod;
  if (deletedAtMs === undefined || when === "before") return undefined;
  const sure = finishedAtMs !== undefined && finishedAtMs >= deletedAtMs;
  const says = "its pod is being deleted, and it was killed when its grace period was over";
  return { kind: "stopped", says, reason: fromPod(podCase, "the pod is being deleted"), sure };
}

type Fitting = { readonly event: ClusterEvent; readonly fits: "yes" | "perhaps" };

function eventFor(podCase: PodCase, end: End, holds: (event: ClusterEvent) => boolean): Fitting | undefined {
  const fitting = eventsOf(podCase)
    .filter((event) => event.about.kind !== "Node" && holds(event) && isAboutContainer(event, end.container))
    .map((event) => ({ event, fits: fallsTo(event, end, GRACE_MS) }));
  const found = fitting.find(({ fits }) => fits === "yes") ?? fitting.find(({ fits }) => fits === "perhaps");
  return found?.fits === "no" || found === undefined ? undefined : { event: found.event, fits: found.fits };
}

/** `Container app failed liveness probe`, `Stopping container app`: the message names it where the event's own field does not. */
function isAboutContainer({ about, message }: ClusterEvent, { name }: PodContainer): boolean {
  if (about.container !== undefined) return about.container === name || name === "";
  const named = /\bcontainer:? "?([a-z0-9][-a-z0-9.]*)/i.exec(message)?.[1];
  return named === undefined || name === "" || named === name || named === "with";
}

function fromEvent({ events }: PodCase, { reason, message, count }: ClusterEvent): Reason {
  const times = count > 1 ? ` (${count} times)` : "";
  return { evidenceId: events?.evidenceId ?? "k8s.events", says: `an event ${reason}${times} says: "${oneLine(message, 160)}"` };
}
