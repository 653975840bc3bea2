import type { AlertRule } from "../../domain/alert-rule.ts";
import { DISK_ABROAD, KILLED_WORDS_ABROAD, MEMORY_ABROAD } from "./words.ts";

const OOM_WORDS = [
  "oomkilled",
  "oomkilling",
  "oom killed",
  "oom-killed",
  "oom_killed",
  "oom kill",
  "oom-kill",
  "oom killer",
  "oom-killer",
  "oom kills",
  "killed by oom",
  "killed by the oom*",
  "killed due to oom",
  "killed for want of memory",
  "killed due to out of memory",
  "killed because it ran out of memory",
  "container oom",
  "killed due to memory usage",
  // Heroku ends a dyno that is at twice its quota; Lambda and Cloud Run say no more of what they have ended.
  "memory quota vastly exceeded",
  "runtime exited with error: signal: killed",
  "mib exceeded with",
];

/** Somebody was killed for want of memory. */
export const KILLED: readonly AlertRule[] = [
  {
    id: "host-oom-kill",
    says: "HostOomKillDetected, NodeOOMKill, SystemOOM: the kernel of a machine killed somebody",
    when: [
      {
        parts: [
          ["host", "node", "instance", "server", "vm", "machine"],
          ["oom*", "*oomkill*"],
        ],
      },
      { name: ["SystemOOM*", "*OOMKilling"] },
      { labels: { reason: ["SystemOOM", "OOMKilling"] } },
      { phrases: ["system oom encountered"] },
      { metric: ["node_vmstat_oom_kill*"] },
    ],
    unless: [{ labels: { pod: ["*"], container: ["*"] } }, { name: ["*Pod*", "*Container*"] }],
    verdict: { memory: "yes", class: "oom_killed", about: "node" },
  },
  {
    id: "oom-killed-name",
    says: "Alerts named after an OOM kill: KubernetesContainerOomKiller, ContainerOOMKilled, KubeContainerOOMKilled, PodOOMKilled",
    when: [
      { name: ["*OomKill*", "*OomKiller*", "*KilledByOom*", "*OutOfMemoryKill*", "*OOMEvent*"] },
      {
        parts: [
          ["oom", "oomkill*"],
          ["container*", "pod*", "docker*", "kube*", "workload", "process", "kill*"],
        ],
      },
      { labels: { reason: ["OOMKilled", "OOM", "ContainerOOMKilled"] } },
      { metric: ["container_oom_events*", "kubernetes.containers.oomkilled*", "*oomkill*", "*oom_kill*"] },
    ],
    unless: [{ parts: [["*exporter*"]] }, { parts: [["no", "without", "never"], ["oom*"]] }],
    verdict: { memory: "yes", class: "oom_killed" },
  },
];

export const KILLED_WORDS: AlertRule = {
  id: "oom-killed-words",
  says: "An OOM kill in words: OOMKilled, OOM killed, killed by the OOM killer",
  when: [{ phrases: OOM_WORDS }],
  unless: [
    { phrases: ["not oomkilled", "not oom killed", "no oom kill*", "not an oom*", "oomkilled: false", "oomkilled=false"] },
    { parts: [["*exporter*"]] },
  ],
  verdict: { memory: "yes", class: "oom_killed", nobody: "unsure" },
};

export const KILLED_ABROAD: AlertRule = {
  id: "oom-killed-abroad",
  says: "Somebody was killed for want of memory, in German, French, Spanish, Portuguese, Italian, Dutch, Polish, Russian, Japanese, Chinese or Korean",
  when: [{ sentence: { of: MEMORY_ABROAD, near: KILLED_WORDS_ABROAD } }],
  unless: [{ phrases: DISK_ABROAD }],
  verdict: { memory: "yes", class: "oom_killed", nobody: "unsure" },
};

export const EVICTED: readonly AlertRule[] = [
  {
    id: "evicted-for-memory",
    says: "A pod that was evicted because its node was short of memory",
    when: [
      { parts: [["pod", "pods", "kube", "kubernetes", "container", "evicted"], ["evict*"], ["memory", "mem", "oom"]] },
      {
        phrases: [
          "low on resource: memory",
          "evicted due to memory",
          "evicted for memory",
          "memory pressure eviction*",
          "had condition: [memorypressure]",
          "evicted because of memory*",
        ],
      },
    ],
    verdict: { memory: "yes", class: "evicted", about: "workload" },
  },
  {
    id: "evicted",
    says: "A pod that was evicted, for what is not said",
    when: [
      { parts: [["pod", "pods", "kube", "kubernetes", "kubelet", "container"], ["evict*"]] },
      { name: ["Evicted", "Evictions", "*PodEvict*"] },
      { labels: { reason: ["Evicted"] } },
      { sentence: { of: ["pod", "pods"], near: ["evicted", "eviction"] } },
    ],
    unless: [{ phrases: ["api-initiated eviction", "draining", "drained", "preempt*"] }],
    verdict: { memory: "unsure", class: "evicted", about: "workload" },
  },
];

/** A process ended as those do that the kernel ends for want of memory, and as those that somebody has ended. */
const SIGKILLED: AlertRule = {
  id: "sigkill",
  says: "A process or container that was ended by SIGKILL: exit code 137, signal 9",
  when: [
    { sentence: { of: ["exit code", "exitcode", "exited with code", "exit status", "exited (137"], near: ["137"] } },
    {
      phrases: [
        "signal 9 (sigkill)",
        "exited on signal 9",
        "killed by signal 9",
        "terminated by signal 9",
        "signal: 9",
        "was sent sigkill",
        "signal: killed",
      ],
    },
  ],
  verdict: { memory: "unsure", class: "container_restarts" },
};

/** Something ended or does not stay up; whether for want of memory is to be found out. */
export const RESTARTS: readonly AlertRule[] = [
  {
    id: "back-off",
    says: "KubePodCrashLooping, BackOff, CrashLoopBackOff: a container does not stay up",
    when: [
      { name: ["*CrashLoop*", "BackOff", "*BackOffRestart*"] },
      { labels: { reason: ["BackOff", "CrashLoopBackOff"] } },
      {
        phrases: [
          "crashloopbackoff",
          "crash loop*",
          "crash looping",
          "crash-looping",
          "back-off restarting failed container",
          "back-off restarting",
        ],
      },
    ],
    unless: [{ phrases: ["back-off pulling image", "imagepullbackoff", "errimagepull"] }],
    verdict: { memory: "unsure", class: "back_off", nobody: "no" },
  },
  {
    id: "container-restarts",
    says: "Container Restarts: containers restarted, more often than allowed",
    when: [
      {
        parts: [["container*", "pod*", "kube*", "k8s", "docker", "deployment", "statefulset"], ["restart*"]],
      },
      { parts: [["container*", "pod*"], ["terminated"]] },
      {
        sentence: {
          of: ["container", "containers", "pod", "pods"],
          near: ["restarted", "restarts", "restarting", "was restarted", "has restarted"],
        },
      },
      { metric: ["kube_pod_container_status_restarts*", "pod_number_of_container_restarts", "kubernetes.containers.restarts"] },
    ],
    verdict: { memory: "unsure", class: "container_restarts", nobody: "no" },
  },
  SIGKILLED,
];
