import { formatBytes } from "../../domain/bytes.ts";
import { counted } from "../../domain/count.ts";
import type { PodFacts } from "../../domain/workload.ts";
import { oneLine } from "../words.ts";
import type { PodJudgement } from "./judge-pod.ts";
import { resourceOf } from "./judge-pod.ts";

/** The judgement as a sentence or two for someone woken at three in the morning. */
export function headlineOf(pod: PodFacts, judgement: PodJudgement): string {
  const who = whoOf(pod, judgement);
  switch (judgement.verdict) {
    case "oom-killed":
      return `${who} was killed for want of memory${whyShort(pod, judgement)}. ${standsNow(judgement)}`;
    case "oom-killed-recovered":
      return `${who} was killed for want of memory${whyShort(pod, judgement)}. It was started again and runs${restarts(judgement)}.`;
    case "oom-killed-child":
      return `A process beneath the main one of ${who} was killed for want of memory${whyShort(pod, judgement)}. The main process was not the victim.`;
    case "misreported":
      return judgement.killed
        ? `${who} was killed for want of memory, although the cluster calls it ${judgement.end?.reason ?? "something else"}.`
        : `${who} is called OOMKilled, but its exit code speaks against it: it was told to stop and did.`;
    case "evicted":
      return evicted(pod);
    case "not-oom":
      return notOom(who, judgement);
    case "undetermined":
      return judgement.end === undefined
        ? `What is known of ${who} is not enough to say whether memory had a part in it.`
        : `${who} was ended by SIGKILL (137). Whether the kernel sent it for want of memory is not to be seen from here.`;
    default:
      return judgement.verdict satisfies never;
  }
}

function whoOf(pod: PodFacts, { containers, end }: PodJudgement): string {
  const first = containers[0] ?? end?.container;
  const place = pod.name === "" ? "" : ` of pod ${pod.namespace === "" ? "" : `${pod.namespace}/`}${pod.name}`;
  if (first === undefined || first.name === "")
    return pod.name === "" ? "The container" : `Pod ${pod.namespace === "" ? "" : `${pod.namespace}/`}${pod.name}`;
  const role = { init: "Init container", sidecar: "Sidecar", ephemeral: "Ephemeral container", main: "Container" }[first.role];
  return `${role} ${first.name}${containers.length > 1 ? ` (and ${containers.length - 1} more)` : ""}${place}`;
}

function whyShort({ podLimitBytes }: PodFacts, { scope, end, container }: PodJudgement): string {
  if (scope === "node") return ": its whole node had none left";
  const limitBytes = (end?.container ?? container)?.limitBytes ?? podLimitBytes;
  return limitBytes === undefined ? "" : `: it reached its limit of ${formatBytes(limitBytes)}`;
}

function standsNow(judgement: PodJudgement): string {
  const container = judgement.end?.container ?? judgement.container;
  const { state } = container ?? {};
  if (state?.kind === "waiting" && state.reason === "CrashLoopBackOff") return `It is started again and again${restarts(judgement)}.`;
  if (state?.kind === "terminated") return "It has not been started again.";
  return state?.kind === "running"
    ? `It was started again and is not ready${restarts(judgement)}.`
    : `How it stands now is not told${restarts(judgement)}.`;
}

function restarts({ end, container }: PodJudgement): string {
  const count = (end?.container ?? container)?.restarts ?? 0;
  return count > 0 ? ` (${counted(count, "restart")})` : "";
}

function evicted(pod: PodFacts): string {
  const who = pod.name === "" ? "The pod" : `Pod ${pod.namespace === "" ? "" : `${pod.namespace}/`}${pod.name}`;
  const of = resourceOf(pod.message ?? "");
  if (of === "memory")
    return `${who} was evicted: its node ran low on memory. That is no kill by its own limit, and another pod may be what took the memory.`;
  if (of === "other") return `${who} was evicted, and not for want of memory: ${oneLine(pod.message ?? "", 120)}`;
  return `${who} was evicted from its node; what ran low there is not told.`;
}

function notOom(who: string, { cause, end }: PodJudgement): string {
  if (cause !== undefined) return `${who} was not killed for want of memory: ${cause.says}.`;
  if (end === undefined) return `Nothing says that ${who} was killed for want of memory.`;
  if (end.exitCode === 0) return `${who} ended well (code 0): memory was not its trouble.`;
  const how = [end.reason, end.exitCode === undefined ? undefined : `code ${end.exitCode}`].filter((part) => part !== undefined).join(", ");
  return `${who} ended by itself (${how}), not for want of memory.`;
}
