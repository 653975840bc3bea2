import { given } from "../domain/given.ts";
import { joinContainer } from "../domain/kernel-oom/join-container.ts";
import { readKernelLog } from "../domain/kernel-oom/kernel-log-scan.ts";
import { sayKill } from "../domain/kernel-oom/kill-words.ts";
import type { KernelKill } from "../domain/kernel-oom/types.ts";
import type { DescribedPod } from "../domain/pod-text/read-describe.ts";
import type { PodFacts } from "../domain/workload.ts";
import { headlineOf } from "../runbooks/workload-memory/headline.ts";
import { isAtOnce } from "../runbooks/workload-memory/end-words.ts";
import { judgePod, type PodJudgement } from "../runbooks/workload-memory/judge-pod.ts";
import { endsOf, type KillSeen, type PodCase } from "../runbooks/workload-memory/pod-case.ts";
import { podAdvice } from "../runbooks/workload-memory/pod-advice.ts";
import type { Explained } from "./explained.ts";
import { listed } from "./listed.ts";

/** What a pod comes to. Keys are stable for scripts; null: the text does not say. Sizes in bytes, times in UTC. */
export type PodResult = PodReading & {
  /** Where the text holds more than one: each by itself; the keys beside it are those of the worst. */
  readonly pods?: readonly PodReading[];
};

export type PodReading = {
  readonly kind: "pod";
  readonly verdict: "oom_killed" | "oom_killed_child" | "oom_killed_recovered" | "evicted" | "not_oom" | "misreported" | "undetermined";
  /** 0 to 1. */
  readonly confidence: number;
  readonly namespace: string | null;
  readonly pod: string | null;
  readonly node: string | null;
  /** `Job/nightly` */
  readonly owner: string | null;
  readonly phase: string | null;
  readonly qosClass: string | null;
  /** Names of those that the verdict is about. */
  readonly containers: readonly string[];
  /** The first of them is an init container. */
  readonly initContainer: boolean;
  readonly exitCode: number | null;
  /** As the cluster calls the end. */
  readonly reason: string | null;
  readonly restarts: number | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly limitBytes: number | null;
  /** It was killed within seconds of its start. */
  readonly atOnce: boolean;
  readonly for: readonly string[];
  readonly against: readonly string[];
  readonly advice: readonly string[];
};

const VERDICTS: Readonly<Record<PodJudgement["verdict"], PodReading["verdict"]>> = {
  "oom-killed": "oom_killed",
  "oom-killed-child": "oom_killed_child",
  "oom-killed-recovered": "oom_killed_recovered",
  evicted: "evicted",
  "not-oom": "not_oom",
  misreported: "misreported",
  undetermined: "undetermined",
};
// The worst first, as a list of pods is looked through.
const ORDER: readonly PodReading["verdict"][] = [
  "oom_killed",
  "oom_killed_child",
  "misreported",
  "evicted",
  "oom_killed_recovered",
  "undetermined",
  "not_oom",
];
const MOST_SHOWN = 10;
const SIGKILL_CODE = 137;
const KERNEL = /oom|Killed process/i;

/** Judges pods by their own facts, the events among them, and kernel lines that stand in the same text. */
export function podsResult(pods: readonly DescribedPod[], text: string): Explained<PodResult> | undefined {
  const kills = KERNEL.test(text) ? readKernelLog(text).kills.filter(({ manualSysrq }) => !manualSysrq) : [];
  const read = pods
    .map((described) => readingOf(described, kills))
    .toSorted((left, right) => ORDER.indexOf(left.reading.verdict) - ORDER.indexOf(right.reading.verdict));
  const [worst] = read;
  if (worst === undefined) return undefined;
  const more = read.length === 1 ? {} : { pods: read.map(({ reading }) => reading) };
  const shown = read.slice(0, MOST_SHOWN).map(rendered);
  const rest = read.length > MOST_SHOWN ? [`${read.length - MOST_SHOWN} more pods: --json has them.`] : [];
  return { result: { ...worst.reading, ...more }, text: `${[...shown, ...rest].join("\n\n")}\n` };
}

type Read = { readonly reading: PodReading; readonly headline: string };

function readingOf({ pod, events }: DescribedPod, kernelKills: readonly KernelKill[]): Read {
  const kills = kernelKills.flatMap((kill) => killOf(kill, pod));
  const podCase: PodCase = {
    pod,
    podEvidence: "pasted",
    events: events.length === 0 ? undefined : { evidenceId: "pasted", value: events },
    kernel: kills.length === 0 ? undefined : { evidenceId: "pasted", value: kills },
  };
  const judgement = judgePod(podCase);
  const { end, containers } = judgement;
  const single = pod.containers.length === 1 ? pod.containers[0] : undefined;
  const first = containers[0] ?? end?.container ?? judgement.container ?? single;
  const ofEnd = end === undefined ? [] : [end.container];
  const about = containers.length > 0 ? containers : ofEnd;
  const all = pod.containers.reduce((most, { restarts }) => Math.max(most, restarts), 0);
  const reading: PodReading = {
    kind: "pod",
    verdict: VERDICTS[judgement.verdict],
    confidence: judgement.confidence,
    namespace: pod.namespace || null,
    pod: pod.name || null,
    node: pod.node ?? null,
    owner: pod.controller === undefined ? null : `${pod.controller.kind}/${pod.controller.name}`,
    phase: pod.phase === "Unknown" ? null : pod.phase,
    qosClass: pod.qosClass ?? null,
    containers: about.map(({ name }) => name).filter((name) => name !== ""),
    initContainer: about.length > 0 && about[0]?.role === "init",
    exitCode: end?.exitCode ?? null,
    reason: end?.reason ?? pod.reason ?? null,
    restarts: pod.containers.length === 0 ? null : (about[0]?.restarts ?? all),
    startedAt: timeText(end?.startedAtMs),
    finishedAt: timeText(end?.finishedAtMs),
    limitBytes: first?.limitBytes ?? pod.podLimitBytes ?? null,
    atOnce: end !== undefined && isAtOnce(end),
    for: judgement.for.map(({ says }) => says),
    against: [...judgement.against.map(({ says }) => says), ...unjoined(end?.exitCode, kills.length === 0 ? kernelKills : [])],
    advice: podAdvice(pod, judgement),
  };
  return { reading, headline: headlineOf(pod, judgement) };
}

/** A kill beside a 137 may be its reason; where nothing joins the two, that is said. */
function unjoined(exitCode: number | undefined, [kill]: readonly KernelKill[]): readonly string[] {
  if (exitCode !== SIGKILL_CODE || kill === undefined) return [];
  return [`the text also says: ${sayKill(kill)}; whether that was in this pod, nothing in it tells`];
}

/** Kernel lines of the same text, where they name this pod or one of the containers that ended. */
function killOf(kill: KernelKill, pod: PodFacts): readonly KillSeen[] {
  const ids = pod.containers.flatMap((container) => endsOf(container).map(({ containerId }) => ({ container, containerId })));
  const byId = ids.find(({ containerId }) => containerId !== undefined && joinContainer(kill, { containerId })?.by === "container-id");
  const ofPod = pod.uid === "" ? undefined : joinContainer(kill, { podUid: pod.uid });
  const joined = byId?.containerId === undefined ? ofPod : joinContainer(kill, { containerId: byId.containerId });
  if (joined === undefined) return [];
  const { process, pid, anonRssBytes, constraint, limitBytes, killer, time, oomCgroup, containerId } = kill;
  return [
    {
      ...given({ container: byId?.container.name, containerId: containerId ?? undefined }),
      kill: {
        atMs: time === null ? undefined : Date.parse(time),
        process: process ?? "a process that the log does not name",
        pid: pid ?? undefined,
        anonRssBytes: anonRssBytes ?? undefined,
        constraint,
        limitBytes: limitBytes ?? undefined,
        limitOwner: joined.limitOwner,
        limitCgroup: joined.limitOwner === "above" ? (oomCgroup ?? undefined) : undefined,
        killer,
      },
    },
  ];
}

function timeText(atMs: number | undefined): string | null {
  return atMs === undefined ? null : new Date(atMs).toISOString().replace(".000Z", "Z");
}

function rendered({ reading, headline }: Read): string {
  const sections = [
    `${headline}\n${reading.verdict}, confidence ${Math.round(reading.confidence * 100)}%`,
    listed("For", reading.for),
    listed("Against", reading.against),
    listed("What to do", reading.advice),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}
