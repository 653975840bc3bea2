import { counted } from "../../domain/count.ts";
import type { Finding } from "../../domain/finding.ts";
import type { PodFacts } from "../../domain/workload.ts";
import { weigh, when } from "../make-finding.ts";
import { oneLine } from "../words.ts";
import { makeFinding } from "./make-finding.ts";
import { askedPods, isReady, isServed, podsInQuestion, properAnswer, reason, statusOf, type AskedPod, type Picture } from "./picture.ts";

// Whether there is anybody to answer, and whether what is answered are its metrics.

/** Nothing of it is up. Pure. */
export function diagnoseNotReady(picture: Picture): Finding | undefined {
  const found = podsInQuestion(picture);
  if (picture.pods === undefined || found.some(isReady) || askedPods(picture).some(isServed)) return undefined;
  const [first] = found;
  return makeFinding({
    verdict: "pod-not-ready",
    headline:
      first === undefined
        ? "It has no pods: there is nothing that could serve metrics."
        : "No pod of it is ready: it serves no metrics because it is not up. Why it is not is the matter.",
    confidence: weigh(0.8, [found.every(({ phase }) => phase !== "Running"), 0.1]),
    for:
      first === undefined
        ? [reason(picture, "pods", "no pod of it is there")]
        : found.slice(0, 3).map((pod) => reason(picture, "pods", standing(pod))),
    against: answering(picture),
  });
}

/** It runs, and nothing answers at that port. Pure. */
export function diagnoseNotListening(picture: Picture): Finding | undefined {
  const asked = askedPods(picture);
  const silent = asked.filter((pod) => isSilent(pod));
  if (silent.length === 0 || silent.length < asked.length) return undefined;
  const [first] = silent;
  const slow = silent.every(({ without }) => without.kind === "none" && without.code === "timed-out");
  return makeFinding({
    verdict: "not-listening",
    headline: slow
      ? `Its metrics are not answered in time: the program hangs or is busy.`
      : `Nothing answers at ${first?.path ?? ""}: the program does not listen there, or listens on another port.`,
    confidence: weigh(0.8, [healthAnswers(picture), 0.07]),
    for: [
      ...silent
        .slice(0, 2)
        .map(({ pod, path, without }) =>
          reason(picture, "endpoint", `${pod} ${path}: ${without.kind === "none" ? oneLine(without.because, 160) : ""}`),
        ),
      when(healthAnswers(picture), reason(picture, "health", "its health endpoint answers: it is up")),
    ],
  });
}

/** There is something else at that path. Pure. */
export function diagnoseNotMetrics(picture: Picture): Finding | undefined {
  const asked = askedPods(picture);
  const lost = asked.filter((pod) => statusOf(properAnswer(pod)) === 404);
  if (lost.length > 0) {
    return makeFinding({
      verdict: "wrong-path",
      headline: `There is nothing at ${lost[0]?.path ?? ""} (404): the path is another, or the endpoint is not switched on.`,
      confidence: 0.88,
      for: lost.slice(0, 2).map(({ pod, path }) => reason(picture, "endpoint", `${pod} ${path} answers 404`)),
    });
  }
  const empty = asked.filter((pod) => statusOf(properAnswer(pod)) === 200 && pod.samples === 0);
  if (empty.length === 0) return undefined;
  return makeFinding({
    verdict: "not-metrics",
    headline: `What ${empty[0]?.path ?? ""} answers are no metrics: not one sample is in it.`,
    confidence: 0.85,
    for: empty.slice(0, 2).map(({ pod, path }) => reason(picture, "endpoint", `${pod} ${path} answers 200 without a sample`)),
  });
}

/** It tells of itself, and not what is looked for. Pure. */
export function diagnoseMiddleware(picture: Picture): Finding | undefined {
  const lacking = askedPods(picture).filter((pod) => isServed(pod) && pod.notExported.length > 0);
  const [first] = lacking;
  if (first === undefined) return undefined;
  return makeFinding({
    verdict: "middleware-not-loaded",
    headline: `Metrics are served, but not ${first.notExported.slice(0, 3).join(", ")}: the middleware that counts them is not loaded, or switched off.`,
    confidence: 0.85,
    for: lacking
      .slice(0, 2)
      .map(({ pod, samples, notExported }) =>
        reason(picture, "endpoint", `${pod} serves ${counted(samples ?? 0, "sample")}, none of ${notExported.slice(0, 6).join(", ")}`),
      ),
    against: [reason(picture, "endpoint", "a counter may be missing until it has counted for the first time")],
  });
}

function isSilent({ with: within, without }: AskedPod): boolean {
  // A right that Oomph lacks says nothing of the program.
  const silent = (answer: AskedPod["with"]): boolean => answer?.kind === "none" && answer.code !== "no-rights";
  return silent(without) && (within === undefined || within.kind === "none");
}

function healthAnswers({ health }: Picture): boolean {
  const answer = health?.value.answer;
  return answer?.kind === "answered" && answer.status < 300;
}

function answering(picture: Picture) {
  return askedPods(picture)
    .filter((pod) => statusOf(properAnswer(pod)) !== undefined)
    .slice(0, 1)
    .map((pod) => reason(picture, "endpoint", `${pod.pod} ${pod.path} answers all the same (${statusOf(properAnswer(pod)) ?? ""})`));
}

function standing({ name, phase, containers }: PodFacts): string {
  const waiting = containers.find(({ state }) => state?.kind === "waiting");
  const why =
    waiting?.state?.kind === "waiting" ? `: ${waiting.name} waits (${oneLine(waiting.state.reason ?? "no reason told", 60)})` : "";
  const unready = containers.filter(({ ready, role }) => role === "main" && ready === false).map((one) => one.name);
  return `${name} is ${phase}${why || (unready.length === 0 ? "" : `, ${unready.join(", ")} not ready`)}`;
}
