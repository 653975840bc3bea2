import { formatBytes } from "../../domain/bytes.ts";
import type { Finding } from "../../domain/finding.ts";
import { weigh, when } from "../make-finding.ts";
import { percent } from "../words.ts";
import { heapProfile, raiseLimit, restart } from "./advice.ts";
import { replicasReason, usageReason } from "./figures.ts";
import type { Focus } from "./focus.ts";
import { headlineOf } from "./headline.ts";
import { resourceOf } from "./judge-pod.ts";
import { makeFinding } from "./make-finding.ts";
import { reason, type Picture } from "./picture.ts";

const HOG_SHARE = 0.25;

/** The node had none left: this workload's own limit is not what is wrong. Pure. */
export function diagnoseNodeOutOfMemory(picture: Picture, focus: Focus): Finding | undefined {
  const { judgement, podCase } = focus;
  if (!judgement.killed || judgement.scope !== "node" || judgement.verdict === "evicted") return undefined;
  const node = picture.node?.value.nodes.find(({ facts }) => facts.name === podCase.pod.node);
  const pressed = node?.facts.conditions.some(({ type, status }) => type === "MemoryPressure" && status === "True") === true;
  return makeFinding({
    verdict: "node-out-of-memory",
    headline: `Node ${podCase.pod.node ?? ""} ran out of memory and the kernel killed a process of this pod. Its own limit was not the cause: raising it makes this worse.`,
    confidence: weigh(judgement.confidence - 0.06, [pressed, 0.04]),
    for: [...judgement.for, when(pressed, reason(picture, "node", "its node is under memory pressure now")), hog(picture, focus)],
    against: [...judgement.against, when(picture.node === undefined, reason(picture, "node", "its node was not looked at"))],
  });
}

/** The kubelet ended the pod to save its node. Pure. */
export function diagnoseEvicted(picture: Picture, focus: Focus): Finding | undefined {
  const { judgement, podCase } = focus;
  if (judgement.verdict !== "evicted") return undefined;
  const of = resourceOf(podCase.pod.message ?? judgement.for.map(({ says }) => says).join(" "));
  return makeFinding({
    verdict: "evicted",
    headline: headlineOf(podCase.pod, judgement),
    confidence: judgement.confidence,
    for: [...judgement.for, of === "memory" ? hog(picture, focus) : undefined, noRequest(picture, focus)],
    against: judgement.against,
  });
}

/** The main process lives on, or ended by itself: what was killed was beneath it. Pure. */
export function diagnoseChildKilled(picture: Picture, focus: Focus): Finding | undefined {
  const { judgement, podCase } = focus;
  if (judgement.verdict !== "oom-killed-child") return undefined;
  return makeFinding({
    verdict: "child-killed",
    headline: headlineOf(podCase.pod, judgement),
    confidence: judgement.confidence,
    for: [...judgement.for, replicasReason(picture, focus), usageReason(picture, focus)],
    against: judgement.against,
    advice: [...raiseLimit(picture, focus, "It makes room until what grows beneath the main process is found."), ...heapProfile(focus)],
  });
}

/** A limit was reached and the kernel killed a main process, whatever the cluster calls it. Pure. */
export function diagnoseLimitKill(picture: Picture, focus: Focus): Finding | undefined {
  const { judgement, podCase } = focus;
  const isKill = judgement.verdict === "oom-killed" || judgement.verdict === "oom-killed-recovered" || judgement.verdict === "misreported";
  if (!isKill || !judgement.killed || judgement.scope === "node") return undefined;
  return makeFinding({
    verdict: "cgroup-limit-kill",
    headline: headlineOf(podCase.pod, judgement),
    confidence: judgement.confidence,
    for: [...judgement.for, replicasReason(picture, focus), usageReason(picture, focus)],
    against: [
      ...judgement.against,
      when(
        focus.readings === undefined,
        reason(picture, "history", "there are no readings over time: whether it leaked, peaked or always needs that much is not known"),
      ),
      focus.share !== undefined && focus.share < 0.5
        ? reason(picture, "usage", `it uses ${percent(focus.share)} of its limit now: what took the memory is gone`)
        : undefined,
    ],
    advice: [
      ...raiseLimit(picture, focus, "It helps when the load is simply larger than the limit; a leak fills this one too."),
      ...heapProfile(focus),
    ],
  });
}

/** Called OOMKilled, and the exit code says otherwise. Pure. */
export function diagnoseMisreported(picture: Picture, focus: Focus): Finding | undefined {
  const { judgement, podCase } = focus;
  if (judgement.verdict !== "misreported" || judgement.killed) return undefined;
  return makeFinding({
    verdict: "misreported",
    headline: headlineOf(podCase.pod, judgement),
    confidence: judgement.confidence,
    for: judgement.for,
    against: [...judgement.against, usageReason(picture, focus)],
    advice: (focus.share ?? 0) > 0.95 ? restart(picture, focus) : [],
  });
}

/** Who takes most of the node, where that is another. */
function hog(picture: Picture, { podCase }: Focus) {
  const node = picture.node?.value.nodes.find(({ facts }) => facts.name === podCase.pod.node);
  const largest = node?.largest?.find(({ pod }) => pod !== podCase.pod.name);
  const total = node?.facts.allocatableBytes;
  if (largest === undefined || total === undefined || largest.workingSetBytes < total * HOG_SHARE) return undefined;
  const says = `${largest.namespace}/${largest.pod} takes ${formatBytes(largest.workingSetBytes)} of the node's ${formatBytes(total)} (${percent(largest.workingSetBytes / total)})`;
  return reason(picture, "node", largest.requestBytes === undefined ? `${says}, and requests none of it` : says);
}

function noRequest(picture: Picture, { podCase }: Focus) {
  const none = podCase.pod.containers.length > 0 && podCase.pod.containers.every(({ requestBytes }) => requestBytes === undefined);
  return when(none, reason(picture, "pods", "its containers request no memory: such pods are evicted first"));
}
