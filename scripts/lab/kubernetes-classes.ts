import { GROW, GROW_LATER, SLEEP, type ClusterScenes, type ContainerOptions, type RawPod, type RawStatus } from "./kubernetes-scenes.ts";

/** A way in which a workload fails, or does not, made for real, and what Oomph has to make of it. */
export type ClassScene = {
  /** Of the workload. */
  readonly name: string;
  readonly says: string;
  readonly resource: "deploy" | "sts" | "ds" | "job" | "cronjob" | "pod";
  make(scenes: ClusterScenes): Promise<void>;
  /** What was to happen has happened. */
  happened(pods: readonly RawPod[]): boolean;
  /**
   * Reason of an event on which what is said of it rests. A kubelet drops events beyond some in a second, as many pods at once
   * make them: where it is not kept, the pod is made anew.
   */
  readonly event?: string;
  /** It cannot happen any more with these pods: others have to be made. */
  spoiled?(pods: readonly RawPod[]): boolean;
  /** As `oomph explain --json` says it of what `kubectl describe` shows, events included. */
  readonly verdict: "oom_killed" | "oom_killed_child" | "oom_killed_recovered" | "not_oom" | "undetermined";
  /** The same of the pod's own status alone, where that tells less. */
  readonly withoutEvents?: "undetermined";
  /** Those that the verdict is about. */
  readonly containers: readonly string[];
  readonly initContainer?: true;
  /** What the runbook calls it, which sees more: logs, events, counters inside. */
  readonly finding: string;
  /** What it has to name beside it. */
  readonly hypothesis?: string;
};

const WITHIN_MS = 240_000;
const LOOK_EVERY_MS = 1_000;
const TOLD_WITHIN_MS = 30_000;
// Without it a container that runs again for a second would pass for well.
const NEVER_READY = { readinessProbe: { tcpSocket: { port: 9 }, initialDelaySeconds: 3600 } };
const KILLED: ContainerOptions = { script: GROW_LATER, limitMib: 32, more: NEVER_READY };
// The runtime does not always see why a container ended: a kill for want of memory is then called Error. What is started again
// is called right in one of its lives.
const AGAIN = { backoffLimit: 6 };
const DEAF: ContainerOptions = { script: "trap '' TERM; while :; do sleep 1; done", limitMib: 32 };
const WELL: ContainerOptions = { script: SLEEP, limitMib: 32 };
const OOM = { verdict: "oom_killed", containers: ["app"], finding: "cgroup-limit-kill" } as const;

const AT_THE_LIMIT: readonly ClassScene[] = [
  {
    ...OOM,
    name: "one",
    says: "the only replica, at its limit",
    resource: "deploy",
    make: (scenes) => scenes.deployment("one", KILLED),
    happened: all(ended("OOMKilled", 137)),
  },
  {
    ...OOM,
    name: "several",
    says: "every one of three replicas",
    resource: "deploy",
    make: (scenes) => scenes.deployment("several", KILLED, 3),
    happened: (pods) => pods.length === 3 && all(ended("OOMKilled", 137))(pods),
  },
  {
    ...OOM,
    name: "set",
    says: "a StatefulSet's pod",
    resource: "sts",
    make: (scenes) => scenes.make("StatefulSet", "set", { containers: [KILLED] }),
    happened: all(ended("OOMKilled", 137)),
  },
  {
    ...OOM,
    name: "daemon",
    says: "a DaemonSet's pod",
    resource: "ds",
    make: (scenes) => scenes.make("DaemonSet", "daemon", { containers: [KILLED] }),
    happened: all(ended("OOMKilled", 137)),
  },
  {
    ...OOM,
    name: "job",
    says: "a Job's pod, which is not started again",
    resource: "job",
    make: (scenes) => scenes.make("Job", "job", { containers: [KILLED], workload: AGAIN }),
    happened: one(ended("OOMKilled", 137)),
  },
  {
    ...OOM,
    name: "nightly",
    says: "a pod of a CronJob's run",
    resource: "cronjob",
    async make(scenes) {
      await scenes.make("CronJob", "nightly", { containers: [KILLED], workload: AGAIN });
      await scenes.runNow("nightly");
    },
    happened: one(ended("OOMKilled", 137)),
  },
  {
    ...OOM,
    verdict: "oom_killed",
    finding: "cgroup-limit-kill",
    hypothesis: "limit-too-small",
    name: "at-once",
    says: "at its start, again and again",
    resource: "deploy",
    make: (scenes) => scenes.deployment("at-once", { ...KILLED, script: GROW }),
    happened: all((status) => status.restartCount >= 2 && ended("OOMKilled", 137)(status)),
  },
  {
    ...OOM,
    name: "leak",
    says: "one that grows by the second until it is killed",
    resource: "deploy",
    make: (scenes) => scenes.deployment("leak", { memory: "leak", env: { LAB_MIB_PER_SECOND: 3 }, limitMib: 96, more: NEVER_READY }),
    happened: all(ended("OOMKilled", 137)),
  },
  {
    verdict: "oom_killed_recovered",
    containers: ["app"],
    finding: "cgroup-limit-kill",
    name: "recovered",
    says: "one that was killed once, and has been well since",
    resource: "deploy",
    make: (scenes) => {
      const script = `if [ -e /kept/once ]; then ${SLEEP}; fi; : > /kept/once; ${GROW}`;
      const more = { volumeMounts: [{ name: "kept", mountPath: "/kept" }] };
      const volumes = { volumes: [{ name: "kept", emptyDir: {} }] };
      return scenes.make("Deployment", "recovered", { containers: [{ script, limitMib: 32, more }], more: volumes });
    },
    happened: all((status) => status.ready && ended("OOMKilled", 137)(status)),
    spoiled: (pods) => pods.some(({ status }) => (status.containerStatuses ?? []).some(ended("Error", 137))),
  },
];

const PARTS_OF_A_POD: readonly ClassScene[] = [
  {
    verdict: "oom_killed",
    containers: ["migrate"],
    initContainer: true,
    finding: "cgroup-limit-kill",
    name: "init",
    says: "an init container, and the app never began",
    resource: "deploy",
    make: (scenes) => scenes.make("Deployment", "init", { init: [{ ...KILLED, name: "migrate", more: {} }], containers: [WELL] }),
    happened: (pods) => pods.some(({ status }) => (status.initContainerStatuses ?? []).some(ended("OOMKilled", 137))),
  },
  {
    verdict: "oom_killed",
    containers: ["proxy"],
    finding: "cgroup-limit-kill",
    name: "sidecar",
    says: "the container beside the app, which lives on",
    resource: "deploy",
    make: (scenes) => scenes.make("Deployment", "sidecar", { containers: [WELL, { ...KILLED, name: "proxy" }] }),
    happened: one(ended("OOMKilled", 137)),
  },
  {
    verdict: "oom_killed_child",
    containers: ["app"],
    finding: "child-killed",
    name: "child-ended",
    says: "a child, and the main process ends well",
    resource: "pod",
    make: (scenes) =>
      scenes.pod(
        "child-ended",
        { script: "sleep 12; tail /dev/zero; exit 0", limitMib: 32, more: NEVER_READY },
        { restartPolicy: "Always" },
      ),
    happened: all(ended("OOMKilled", 0)),
  },
  {
    verdict: "oom_killed_child",
    containers: ["app"],
    finding: "child-killed",
    name: "child-failed",
    says: "a child, and the main process gives up",
    resource: "job",
    make: (scenes) =>
      scenes.make("Job", "child-failed", { containers: [{ script: "sleep 12; tail /dev/zero; exit 1", limitMib: 32 }], workload: AGAIN }),
    happened: one(ended("OOMKilled", 1)),
  },
];

const CHANGED: readonly ClassScene[] = [
  {
    ...OOM,
    name: "rollout",
    says: "a rollout made it worse: what ran well before is killed with the new setting",
    resource: "deploy",
    async make(scenes) {
      const script = `if [ "$CACHE_MIB" -gt 16 ]; then ${GROW_LATER}; fi; ${SLEEP}`;
      await scenes.deployment("rollout", { script, limitMib: 32, env: { CACHE_MIB: 8 } });
      await scenes.kubectl("rollout", "status", "deploy/rollout", "--timeout=240s");
      await scenes.kubectl("set", "env", "deploy/rollout", "CACHE_MIB=64");
    },
    happened: one(ended("OOMKilled", 137)),
    hypothesis: "recent-rollout",
  },
  {
    verdict: "not_oom", // of the pod's own status, which tells nothing of it
    containers: [],
    finding: "child-killed",
    name: "child",
    says: "a child, and the main process lives on as if nothing had been",
    resource: "deploy",
    make: (scenes) => {
      const readinessProbe = { exec: { command: ["cat", "/over"] }, periodSeconds: 2 };
      const script = `tail /dev/zero; : > /over; ${SLEEP}`;
      return scenes.deployment("child", { script, limitMib: 64, more: { readinessProbe } });
    },
    happened: all((status) => status.ready),
  },
];

const OTHERWISE: readonly ClassScene[] = [
  {
    verdict: "not_oom",
    containers: ["app"],
    withoutEvents: "undetermined",
    finding: "probe-kill",
    event: "Killing",
    name: "probe",
    says: "a liveness probe fails, and SIGKILL follows since SIGTERM is not heeded",
    resource: "deploy",
    make: (scenes) => {
      const livenessProbe = { exec: { command: ["cat", "/nothing"] }, periodSeconds: 1, failureThreshold: 1 };
      return scenes.deployment("probe", { ...DEAF, more: { ...NEVER_READY, livenessProbe } });
    },
    happened: all(ended("Error", 137)),
  },
  {
    verdict: "not_oom",
    containers: ["app"],
    finding: "crashed-otherwise",
    name: "crash",
    says: "a crash loop, for want of a setting",
    resource: "deploy",
    make: (scenes) => scenes.deployment("crash", { script: "echo 'no DATABASE_URL'; exit 1", limitMib: 32, more: NEVER_READY }),
    happened: all(ended("Error", 1)),
  },
  {
    verdict: "not_oom",
    containers: ["app"],
    finding: "runtime-heap-exhausted",
    name: "heap",
    says: "Node ends itself, its own heap being full: the kernel has no part in it",
    resource: "deploy",
    make: (scenes) => {
      const command = ["sh", "-c", "node --max-old-space-size=24 /memory.mjs heap; exit $?"];
      return scenes.deployment("heap", { memory: "heap", limitMib: 256, more: { ...NEVER_READY, command } });
    },
    happened: all(ended("Error", 134)),
  },
  {
    verdict: "not_oom",
    containers: [],
    finding: "healthy",
    name: "healthy",
    says: "it runs and has room",
    resource: "deploy",
    make: (scenes) => scenes.deployment("healthy", { ...WELL, requestMib: 16 }, 2),
    happened: all((status) => status.ready),
  },
  {
    verdict: "not_oom",
    containers: [],
    finding: "no-room",
    name: "refused",
    says: "a node that has not as much memory as it requests: nothing of it ever ran",
    resource: "pod",
    make: (scenes) => scenes.pod("refused", { ...WELL, requestMib: 2 ** 30, limitMib: 2 ** 30 }, { nodeName: "node-1" }),
    happened: (pods) => pods.length > 0 && pods.every(({ status }) => status.reason === "OutOfmemory"),
  },
  {
    verdict: "not_oom",
    containers: [], // Kubernetes 1.20 goes on to say that it runs
    finding: "told-to-stop",
    name: "deadline",
    says: "its time was over, and it did not heed SIGTERM",
    resource: "pod",
    make: (scenes) => scenes.pod("deadline", DEAF, { activeDeadlineSeconds: 3 }),
    happened: (pods) => pods.length > 0 && pods.every(({ status }) => status.reason === "DeadlineExceeded"),
  },
];

// Two $ are one in a command of Kubernetes'.
const BY_HAND: readonly ClassScene[] = [
  {
    verdict: "undetermined",
    containers: ["app"],
    finding: "undetermined", // without the kernel's log
    hypothesis: "plain-sigkill",
    name: "code",
    says: "a script that ends with 137 by itself",
    resource: "pod",
    make: (scenes) => scenes.pod("code", { script: "sleep 1; exit 137", limitMib: 32 }),
    happened: all(ended("Error", 137)),
  },
  {
    verdict: "undetermined",
    containers: ["app"],
    finding: "undetermined", // without the kernel's log
    hypothesis: "plain-sigkill",
    name: "kill-9",
    says: "kill -9 inside, told on by the shell above it",
    resource: "job",
    make: (scenes) => scenes.make("Job", "kill-9", { containers: [{ script: "sh -c 'kill -9 $$$$'; exit $?", limitMib: 32 }] }),
    happened: all(ended("Error", 137)),
  },
  {
    verdict: "undetermined",
    containers: ["app"],
    finding: "undetermined", // without the kernel's log
    hypothesis: "plain-sigkill",
    name: "from-outside",
    says: "SIGKILL from the node, by whoever may",
    resource: "pod",
    async make(scenes) {
      await scenes.pod("from-outside", WELL);
      await scenes.kubectl("wait", "--for=condition=Ready", "pod/from-outside", "--timeout=240s");
      await scenes.killByHand("from-outside");
    },
    happened: all(ended("Error", 137)),
  },
];

/**
 * Makes them all at once, since most of the time goes by in waiting for the kubelet, and waits until each has happened. Returns the
 * names of those that did.
 */
export async function playAll(classes: readonly ClassScene[], scenes: ClusterScenes): Promise<ReadonlySet<string>> {
  const making = await Promise.allSettled(classes.map((scene) => scene.make(scenes)));
  const failed = making.find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  const happened = new Set<string>();
  for (const deadline = Date.now() + WITHIN_MS; happened.size < classes.length && Date.now() < deadline;) {
    const pods = await scenes.pods();
    for (const scene of classes) {
      const own = pods.filter(({ metadata }) => metadata.labels["app"] === scene.name);
      if (happened.has(scene.name)) continue;
      const isThere = scene.happened(own);
      if (isThere && (await isTold(scene, own, scenes))) happened.add(scene.name);
      else if (isThere ? own.every(isOld) : scene.spoiled?.(own) === true)
        await scenes.kubectl("delete", "pods", "-l", `app=${scene.name}`, "--wait=false");
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return happened;
}

async function isTold({ event }: ClassScene, pods: readonly RawPod[], { kubectl }: ClusterScenes): Promise<boolean> {
  if (event === undefined) return true;
  const told = await kubectl("get", "events", "--field-selector", `reason=${event}`, "-o", "jsonpath={.items[*].involvedObject.name}");
  return pods.some(({ metadata }) => told.split(" ").includes(metadata.name));
}

/** Its kubelet had the time to tell. */
function isOld({ metadata }: RawPod): boolean {
  return Date.now() - Date.parse(metadata.creationTimestamp) > TOLD_WITHIN_MS;
}

/** Every class that can be made for real on a cluster that must go on living. Not among them: a node that runs out of memory. */
export const CLASSES: readonly ClassScene[] = [...AT_THE_LIMIT, ...PARTS_OF_A_POD, ...CHANGED, ...OTHERWISE, ...BY_HAND];

function ended(reason: string, exitCode: number) {
  return ({ state, lastState }: RawStatus): boolean =>
    [state?.terminated, lastState?.terminated].some((end) => end?.reason === reason && end.exitCode === exitCode);
}

/** Every container of every pod. */
function all(holds: (status: RawStatus) => boolean) {
  return (pods: readonly RawPod[]): boolean => {
    const statuses = pods.map(({ status }) => status.containerStatuses ?? []);
    return statuses.length > 0 && statuses.every((each) => each.length > 0 && each.every(holds));
  };
}

/** Some container of some pod. */
function one(holds: (status: RawStatus) => boolean) {
  return (pods: readonly RawPod[]): boolean => pods.some(({ status }) => (status.containerStatuses ?? []).some(holds));
}
