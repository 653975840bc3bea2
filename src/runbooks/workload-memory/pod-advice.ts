import { formatBytes } from "../../domain/bytes.ts";
import type { PodFacts } from "../../domain/workload.ts";
import type { PodJudgement } from "./judge-pod.ts";
import { isAtOnce } from "./end-words.ts";

/** What people can do who have the pod's description only. */
export function podAdvice(pod: PodFacts, judgement: PodJudgement): readonly string[] {
  const container = judgement.end?.container ?? judgement.container;
  const name = container?.name === undefined || container.name === "" ? "<container>" : container.name;
  const place = `${pod.name === "" ? "<pod>" : pod.name}${pod.namespace === "" ? "" : ` -n ${pod.namespace}`}`;
  const previous = `Read the end of its last life: \`kubectl logs ${place} -c ${name}${isLastLife(pod, judgement) ? "" : " --previous"}\`.`;
  const whole = container?.name === "" ? [`See how its containers ended: \`kubectl get pod ${place} -o json | oomph explain -\`.`] : [];
  const kernel = `Ask the kernel of its node${pod.node === undefined ? "" : ` (${pod.node})`}: \`journalctl -k | oomph explain -\` names whom it killed, and by whose limit.`;
  switch (judgement.verdict) {
    case "oom-killed":
    case "oom-killed-recovered":
      return [sizeAdvice(pod, judgement), previous];
    case "oom-killed-child":
      return [kernel, "Have the main process notice a child that dies by SIGKILL: from outside the pod looks well.", previous];
    case "misreported":
      return judgement.killed ? [sizeAdvice(pod, judgement), kernel] : [kernel, previous];
    case "evicted":
      return [
        "See who took the node's memory: `kubectl describe node`, `kubectl top pods -A --sort-by=memory`.",
        "Give its pods requests that are near what they use: the kubelet evicts first what exceeds its request most.",
      ];
    case "not-oom":
      return judgement.end === undefined || judgement.end.exitCode === 0 ? [] : [previous];
    case "undetermined":
      return [...whole, kernel, `See what happened around it: \`kubectl describe pod ${place}\`, with its events.`, previous];
    default:
      return judgement.verdict satisfies never;
  }
}

/** Nothing was started after it: what it wrote is no earlier life's, and of that `--previous` would know nothing. */
function isLastLife({ phase }: PodFacts, { end, container }: PodJudgement): boolean {
  if (end?.when !== "now") return false;
  return phase === "Failed" || phase === "Succeeded" || (end.container ?? container)?.restarts === 0;
}

function sizeAdvice({ podLimitBytes }: PodFacts, { scope, end, container }: PodJudgement): string {
  const limitBytes = (end?.container ?? container)?.limitBytes ?? podLimitBytes;
  if (scope === "node") return "Its own limit was not the cause: give the pods of its node requests and limits that fit the node together.";
  const limit = limitBytes === undefined ? "its memory limit" : `its memory limit of ${formatBytes(limitBytes)}`;
  if (end !== undefined && isAtOnce(end)) return `Compare ${limit} with what its start needs: it was reached within seconds.`;
  return `Compare ${limit} with its use over time: a steady load needs a higher limit, a leak fills any.`;
}
