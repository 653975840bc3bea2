import type { Finding } from "../../domain/finding.ts";
import { raiseInManifest, SCALED } from "./advice.ts";
import type { Focus } from "./focus.ts";
import type { Verdict } from "./make-finding.ts";
import type { Picture } from "./picture.ts";
import { podAdvice } from "./pod-advice.ts";

/** What people must do themselves: code to change, files to write, rights to grant; afterwards, what keeps it from coming back. */
export function furtherStepsFor(finding: Finding, picture: Picture, focus: Focus): readonly string[] {
  const inManifest = MEMORY_VERDICTS.has(finding.verdict) ? raiseInManifest(picture, focus) : [];
  return [...inManifest, ...stepsFor(finding, focus), ...lasting(finding, picture), ...rightsToGrant(picture)];
}

const STEPS: Readonly<Partial<Record<Verdict, readonly string[]>>> = {
  leak: [
    "Take a heap profile twice, an hour apart, and compare them: Go pprof, Node --heapsnapshot-signal, jmap -histo, Python tracemalloc.",
    "Look at what was rolled out when the growth began.",
  ],
  spike: [
    "Find the request or job of that moment in the application's own log: the one that began and never ended.",
    "Bound what one request may load: page sizes, upload limits, streaming instead of collecting.",
  ],
  "limit-too-small": ["Set request and limit from what it uses over a week, with a fifth on top."],
  "runtime-heap-exhausted": ["If the data is legitimate, raise heap and container limit together: the heap to about 70% of the limit."],
  "node-out-of-memory": [
    "Give the pods of this node requests and limits that together fit its memory: `kubectl describe node` shows by how much they do not.",
    "`/oom top pods` shows who uses how much.",
  ],
  "probe-kill": [
    "See why it answers its probe too late: CPU throttling, garbage collection, a dependency that the probe asks.",
    "Let the liveness probe ask only whether the process itself hangs, and give it a longer timeout or a startup probe.",
  ],
  "no-room": [
    "See how much of the node is promised already: `kubectl describe node` shows what its pods request.",
    "Request no more than it uses over a week, with a fifth on top, or add a node that has room.",
  ],
  preempted: ["Look at the PriorityClass of what took its place, and at how full the nodes are."],
  "told-to-stop": ["If it needs longer to end, raise terminationGracePeriodSeconds; see who deleted or rolled it out."],
  "plain-sigkill": ["Ask who killed it: somebody inside the container, a debugger, a node agent."],
};

const MEMORY_VERDICTS: ReadonlySet<string> = new Set<Verdict>([
  "leak",
  "limit-too-small",
  "spike",
  "child-killed",
  "cgroup-limit-kill",
  "near-limit",
]);

function stepsFor({ verdict }: Finding, { podCase, judgement, gone }: Focus): readonly string[] {
  const own = isVerdict(verdict) ? (STEPS[verdict] ?? []) : [];
  if (own.length > 0 || verdict === "healthy" || verdict === "near-limit") return own;
  return gone ? [GONE] : podAdvice(podCase.pod, judgement);
}

const GONE =
  "`kubectl logs` and `kubectl describe` no longer know it: look for its logs where logs are kept, and for its kill in the kernel's log of its node (`journalctl -k | oomph explain -`).";

/** After the incident: what was changed by hand is gone with the next rollout. */
function lasting({ verdict }: Finding, { pods, history, surroundings, rollout }: Picture): readonly string[] {
  if (!MEMORY_VERDICTS.has(verdict)) return [];
  const isScaled = SCALED.has(pods?.value.workload.resource ?? "");
  const single = isScaled && rollout?.value.workload?.replicas?.wanted === 1;
  const byMemory = surroundings?.value.autoscalers.some(({ metrics }) => metrics.includes("memory")) === true;
  return [
    "Write the change down where the workload is deployed from: what is changed live is lost with the next rollout.",
    ...(history === undefined ? ["Let the watch follow this workload: its readings tell a leak from a load that is always so."] : []),
    ...(single ? ["It has one replica: with a second one a kill is no outage."] : []),
    ...(isScaled && surroundings !== undefined && !byMemory && verdict !== "leak"
      ? ["Think of an autoscaler that goes by memory (HPA)."]
      : []),
  ];
}

function rightsToGrant({ gaps }: Picture): readonly string[] {
  const lacking = [...new Set(gaps.filter(({ code }) => code === "no-rights").map(({ because }) => because))];
  return lacking.map((because) => `So that Oomph sees more next time: ${because}`);
}

function isVerdict(verdict: string): verdict is Verdict {
  return Object.hasOwn(STEPS, verdict);
}
