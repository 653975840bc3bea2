import { counted } from "../../domain/count.ts";
import type { Finding } from "../../domain/finding.ts";
import { PRESSURE_SETTINGS } from "../../domain/trend/pressure.ts";
import { weigh, when } from "../make-finding.ts";
import { oneLine, properName } from "../words.ts";
import type { Cause } from "./end-causes.ts";
import { usageReason } from "./figures.ts";
import { hitOf, trendOf, type Focus } from "./focus.ts";
import { headlineOf } from "./headline.ts";
import { makeFinding, type Verdict } from "./make-finding.ts";
import { reason, type Picture } from "./picture.ts";
import { bySigkill } from "./pod-case.ts";

const OF_CAUSE: Readonly<Record<Cause["kind"], Verdict>> = {
  probe: "probe-kill",
  stopped: "told-to-stop",
  changed: "told-to-stop",
  hook: "told-to-stop",
  deadline: "told-to-stop",
  drained: "told-to-stop",
  preempted: "preempted",
  "node-shutdown": "node-shutdown",
  "node-gone": "node-shutdown",
  refused: "no-room",
};

/** The runtime's own heap is full: its limit was reached inside, not the container's. Pure. */
export function diagnoseHeapExhausted(picture: Picture, focus: Focus): Finding | undefined {
  const hit = hitOf(picture, focus, "heap") ?? hitOf(picture, focus, "allocation");
  if (hit === undefined) return undefined;
  const { judgement, container } = focus;
  const { end } = judgement;
  const ended = end !== undefined && end.exitCode !== 0 && !bySigkill(end);
  const settings = picture.environment?.value.containers.find((one) => one.container === container?.name)?.settings.settings ?? [];
  const setting = settings.find(({ kind, of }) => kind === "heap" && of === (hit.of ?? ""));
  const weight = weigh(
    hit.kind === "heap" ? 0.6 : 0.5,
    [ended, 0.15],
    [setting !== undefined, 0.06],
    [hit.count > 1, 0.03],
    [picture.kernel !== undefined, 0.05],
  );
  return makeFinding({
    verdict: "runtime-heap-exhausted",
    headline: `${hit.of === undefined ? "A program in it" : properName(hit.of)} ran out of its own memory: the heap that ${setting?.name ?? "its runtime gives itself"} allows is full, not the container's limit.`,
    confidence: judgement.killed ? Math.min(weight, 0.45) : weight,
    for: [
      reason(picture, "logs", `${counted(hit.count, "line")} such as "${oneLine(hit.sample, 140)}"`),
      end === undefined
        ? undefined
        : when(ended, reason(picture, "pods", `it ended with code ${end.exitCode ?? "unknown"}, and not by the kernel`)),
      setting && reason(picture, "environment", `${setting.name} is ${setting.value}`),
      usageReason(picture, focus),
    ],
    against: judgement.killed ? judgement.for.slice(0, 2) : [],
  });
}

/** A probe, a deletion, a preemption, a shutdown: somebody else's doing, seen by its event. Pure. */
export function diagnoseOtherEnd(picture: Picture, focus: Focus): Finding | undefined {
  const { judgement, podCase, share } = focus;
  if (judgement.cause === undefined) return undefined;
  const full = share !== undefined && share >= PRESSURE_SETTINGS.warningAt;
  return makeFinding({
    verdict: OF_CAUSE[judgement.cause.kind],
    headline: headlineOf(podCase.pod, judgement),
    confidence: judgement.confidence,
    for: [...judgement.for, when(!full && focus.usage !== undefined, reason(picture, "usage", "it is not near its limit"))],
    against: [...judgement.against, full ? usageReason(picture, focus) : undefined, slowForMemory(picture, focus)],
  });
}

/** SIGKILL, and nothing says that memory was the reason: 137 alone is not an OOM kill. Pure. */
export function diagnosePlainSigkill(picture: Picture, focus: Focus): Finding | undefined {
  const { judgement, podCase } = focus;
  if (judgement.verdict !== "undetermined" || judgement.end === undefined || !bySigkill(judgement.end)) return undefined;
  return makeFinding({
    verdict: "plain-sigkill",
    headline: headlineOf(podCase.pod, judgement),
    confidence: weigh(
      0.34,
      [picture.events !== undefined, 0.08],
      [podCase.kernel !== undefined, 0.24],
      [focus.readings !== undefined, 0.04],
    ),
    for: judgement.for,
    against: [...judgement.against, usageReason(picture, focus)],
  });
}

/** It ended with a code of its own. Pure. */
export function diagnoseCrash(picture: Picture, focus: Focus): Finding | undefined {
  const { judgement, podCase } = focus;
  const { end } = judgement;
  if (judgement.verdict !== "not-oom" || end === undefined || judgement.cause !== undefined || end.exitCode === 0) return undefined;
  if (hitOf(picture, focus, "heap") !== undefined) return undefined;
  return makeFinding({
    verdict: "crashed-otherwise",
    headline: `${headlineOf(podCase.pod, judgement)} Its log says more than its memory does.`,
    confidence: weigh(judgement.confidence - 0.12, [picture.logs !== undefined, 0.1]),
    for: [...judgement.for, when(picture.logs !== undefined, reason(picture, "logs", "none of the known memory errors is in its log"))],
    against: [
      ...judgement.against,
      when(picture.logs === undefined, reason(picture, "logs", "its log was not read: a runtime's full heap ends so too")),
    ],
  });
}

/** It runs, has room, and nothing was killed. Pure. */
export function diagnoseHealthy(picture: Picture, focus: Focus): Finding | undefined {
  const { judgement, share, container } = focus;
  const calm = judgement.verdict === "not-oom" && judgement.end === undefined && container?.state?.kind === "running";
  if (!calm || trendOf(focus)?.kind === "leak" || hitOf(picture, focus, "heap") !== undefined) return undefined;
  if (picture.usage === undefined || focus.usage === undefined || (share ?? 0) >= PRESSURE_SETTINGS.warningAt) return undefined;
  return makeFinding({
    verdict: "healthy",
    headline: "It has room: memory is not the problem here.",
    confidence: weigh(
      0.62,
      [picture.events !== undefined, 0.08],
      [picture.logs !== undefined, 0.06],
      [picture.kernel !== undefined, 0.06],
      [focus.readings !== undefined, 0.07],
    ),
    for: [usageReason(picture, focus), ...judgement.for],
    against: [
      ...judgement.against,
      when(focus.readings === undefined, reason(picture, "history", "there are no readings over time: whether it grows is not known")),
    ],
  });
}

/** Not enough was read to say anything. Pure. */
export function diagnoseUndetermined(picture: Picture, focus: Focus): Finding {
  const { judgement, podCase, gone } = focus;
  const { name } = podCase.pod;
  const missing = (["events", "usage", "logs", "kernel", "history"] as const).filter((part) => picture[part] === undefined);
  return makeFinding({
    verdict: gone ? "not-found" : "undetermined",
    headline: gone
      ? `Pod ${name} is no longer there, and the cluster tells nothing more of how it ended: look at its logs of that time where they are kept.`
      : headlineOf(podCase.pod, judgement),
    confidence: gone ? 0.6 : 0.2,
    for: [...judgement.for, usageReason(picture, focus)],
    against: [...(gone ? [] : judgement.against), when(missing.length > 0, reason(picture, "pods", `not seen: ${missing.join(", ")}`))],
  });
}

/** A program that collects all the time answers its probe too late. */
function slowForMemory(picture: Picture, focus: Focus) {
  const trend = trendOf(focus);
  return trend?.kind === "leak" && focus.judgement.cause?.kind === "probe"
    ? reason(picture, "history", `its memory grows: a program short of memory answers its probe too late (${trend.says})`)
    : undefined;
}
