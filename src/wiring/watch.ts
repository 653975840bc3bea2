import type { Schedule } from "../adapters/bullmq/start-workers.ts";
import { systemClock as clock } from "../adapters/system/system-clock.ts";
import type { Config } from "../config/build.ts";
import { hasWebhooks } from "../config/build-webhooks.ts";
import { fittingRunbook } from "../domain/fitting-runbook.ts";
import { messageOf, OomphError } from "../domain/errors.ts";
import { PRESSURE_SETTINGS } from "../domain/trend/pressure.ts";
import type { Desk } from "../incidents/desk.ts";
import type { WatchHandlers } from "../jobs/workers.ts";
import { watchReport } from "../messages/watch-report.ts";
import type { TargetKind } from "../domain/target.ts";
import type { Cluster } from "../ports/clusters.ts";
import type { ContainerHosts } from "../ports/containers.ts";
import type { JobName } from "../ports/job-queue.ts";
import type { ReadingSource } from "../ports/reading-source.ts";
import { followEvents } from "../watch/follow-events.ts";
import { followPods, type FollowedCluster } from "../watch/follow-pods.ts";
import { onClusterKill } from "../watch/on-cluster-kill.ts";
import { onContainerEvent } from "../watch/on-event.ts";
import { poll } from "../watch/poll.ts";
import { postReport } from "../watch/report.ts";
import type { WatchDeps, WatchRunbook } from "../watch/watch-deps.ts";
import { watchedBy } from "./watched-by.ts";

export type Watch = WatchHandlers & {
  /** Follows every host and cluster until stopped. */
  start(): void;
  stop(): Promise<void>;
};

type WatchParts = {
  readonly desk: Desk;
  readonly sources: readonly ReadingSource[];
  readonly hosts: ContainerHosts;
  /** Absent: none is configured. */
  readonly clusters: WatchedClusters | undefined;
  readonly runbooks: readonly (WatchRunbook & { readonly targetKind: TargetKind })[];
  /** Slack channel id of the threads that it opens, unless the configuration names another. */
  readonly channel: string;
};

type WatchedClusters = {
  names(): readonly string[];
  cluster(connection: string): FollowedCluster & Pick<Cluster, "ownerOf" | "pod" | "pods">;
};

/** The watch as it is configured. */
export function createWatch(config: Config, { desk, sources, hosts, clusters, runbooks, channel }: WatchParts): Watch {
  const { watch } = config;
  const deps: WatchDeps = {
    desk,
    sources,
    hosts,
    clusterOf: (connection) => clusterIn(clusters, connection),
    runbookFor: (kind) => fittingRunbook(runbooks, kind) ?? WITHOUT_STEPS[kind],
    channel: watch.channel ?? channel,
    keepMs: watch.keepMs,
    everyMs: watch.everyMs,
    pressure: {
      ...PRESSURE_SETTINGS,
      warningAt: watch.warningPercent / 100,
      criticalAt: watch.criticalPercent / 100,
      hold: watch.holdReadings,
    },
    isWatched: watchedBy(config),
  };
  const stopping = new AbortController();
  let followers: Promise<unknown> = Promise.resolve();
  return {
    async look(signal) {
      await poll(deps, signal);
    },
    onEvent: (what) =>
      "kill" in what ? onClusterKill(deps, what.cluster, what.kill) : onContainerEvent(deps, what.connection, what.event),
    report: (period) => postReport(deps, period, watchReport),
    start() {
      if (!isWatching(config)) return;
      const following = { queue: desk.queue, cursors: desk.store.cursors, clock, log: desk.log };
      followers = Promise.all([
        ...hosts.names().map((name) => followEvents(following, hosts.host(name), stopping.signal)),
        ...(clusters === undefined ? [] : clusters.names().map((name) => followPods(following, clusters.cluster(name), stopping.signal))),
      ]);
      followers.catch((error: unknown) => desk.log.error({ because: messageOf(error), error }, "the watch of events has ended"));
    },
    async stop() {
      stopping.abort();
      await followers.catch(() => undefined);
    },
  };
}

const NO_STEPS: readonly { readonly id: string; readonly title: string }[] = [];
/** What an incident starts with where no runbook fits: it is told of all the same. */
const WITHOUT_STEPS: Readonly<Record<TargetKind, WatchRunbook>> = {
  redis: { id: "redis-memory", problem: "redis-memory", steps: NO_STEPS },
  docker: { id: "container-memory", problem: "container-memory", steps: NO_STEPS },
  workload: { id: "workload-memory", problem: "workload-memory", steps: NO_STEPS },
  node: { id: "node-memory", problem: "node-memory", steps: NO_STEPS },
};

function clusterIn(clusters: WatchedClusters | undefined, connection: string): ReturnType<WatchedClusters["cluster"]> {
  if (clusters !== undefined) return clusters.cluster(connection);
  throw new OomphError("bad-input", `cluster ${JSON.stringify(connection)} is not configured any more`);
}

/** What is added by itself, and what an earlier configuration may have left scheduled. */
export function schedulesOf(config: Config): readonly Schedule[] {
  const { watch, jobs } = config;
  const isOn = isWatching(config);
  return [
    { id: "sweep", job: "sweep", payload: {}, when: { everyMs: jobs.sweepMs } },
    { id: "watch", job: "watch", payload: {}, when: isOn ? { everyMs: watch.everyMs } : "never" },
    { id: "weekly", job: "report", payload: { period: "week" }, when: isOn && watch.weekly ? { cron: "0 7 * * 1" } : "never" },
    { id: "monthly", job: "report", payload: { period: "month" }, when: isOn && watch.monthly ? { cron: "0 7 1 * *" } : "never" },
  ];
}

/** What this process has to work on. */
export function jobsOf(config: Config): readonly JobName[] {
  const escalates = config.github?.repository !== undefined || config.mail !== undefined;
  return [
    "receive",
    "investigate",
    "act",
    "deliver",
    "sweep",
    ...(hasWebhooks(config.webhooks) ? (["alert"] as const) : []),
    ...(escalates ? (["escalate"] as const) : []),
    ...(isWatching(config) ? (["watch", "watch-event", "report"] as const) : []),
  ];
}

function isWatching({ watch, docker, kubernetes }: Pick<Config, "watch" | "docker" | "kubernetes">): boolean {
  return watch.enabled && docker.hosts.length + kubernetes.clusters.length > 0;
}
