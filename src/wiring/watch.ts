import type { Schedule } from "../adapters/bullmq/start-workers.ts";
import { systemClock as clock } from "../adapters/system/system-clock.ts";
import type { Config } from "../config/build.ts";
import { messageOf } from "../domain/errors.ts";
import { PRESSURE_SETTINGS } from "../domain/trend/pressure.ts";
import type { Desk } from "../incidents/desk.ts";
import type { WatchHandlers } from "../jobs/workers.ts";
import { watchReport } from "../messages/watch-report.ts";
import type { ContainerHosts } from "../ports/containers.ts";
import type { JobName } from "../ports/job-queue.ts";
import type { Runbook } from "../runbooks/runbook.ts";
import { followEvents } from "../watch/follow-events.ts";
import { onContainerEvent } from "../watch/on-event.ts";
import { poll } from "../watch/poll.ts";
import { postReport } from "../watch/report.ts";
import type { WatchDeps } from "../watch/watch-deps.ts";
import { watchedBy } from "./watched-by.ts";

export type Watch = WatchHandlers & {
  /** Follows the events of every host until stopped. */
  start(): void;
  stop(): Promise<void>;
};

type WatchParts = {
  readonly desk: Desk;
  readonly hosts: ContainerHosts;
  readonly runbooks: readonly Runbook[];
  /** Slack channel id of the threads that it opens, unless the configuration names another. */
  readonly channel: string;
};

/** The watch as it is configured. */
export function createWatch({ watch, docker }: Config, { desk, hosts, runbooks, channel }: WatchParts): Watch {
  const deps: WatchDeps = {
    desk,
    hosts,
    runbook: runbooks.find(({ targetKind }) => targetKind === "docker") ?? { id: "container-memory", steps: [] },
    channel: watch.channel ?? channel,
    keepMs: watch.keepMs,
    pressure: {
      ...PRESSURE_SETTINGS,
      warningAt: watch.warningPercent / 100,
      criticalAt: watch.criticalPercent / 100,
      hold: watch.holdReadings,
    },
    isWatched: watchedBy(docker),
  };
  const stopping = new AbortController();
  let followers: Promise<unknown> = Promise.resolve();
  return {
    async look(signal) {
      const beganAtMs = clock.nowMs();
      const round = await poll(deps, signal);
      desk.log.info({ ...round, tookMs: clock.nowMs() - beganAtMs }, "looked at every watched container");
    },
    onEvent: (connection, event) => onContainerEvent(deps, connection, event),
    report: (period) => postReport(deps, period, watchReport),
    start() {
      if (!isWatching({ watch, docker })) return;
      const following = { queue: desk.queue, cursors: desk.store.cursors, clock, log: desk.log };
      followers = Promise.all(hosts.names().map((name) => followEvents(following, hosts.host(name), stopping.signal)));
      followers.catch((error: unknown) => desk.log.error({ because: messageOf(error), error }, "the watch of events has ended"));
    },
    async stop() {
      stopping.abort();
      await followers.catch(() => undefined);
    },
  };
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
    ...(config.webhooks.wazuhSecret === undefined ? [] : (["alert"] as const)),
    ...(escalates ? (["escalate"] as const) : []),
    ...(isWatching(config) ? (["watch", "watch-event", "report"] as const) : []),
  ];
}

function isWatching({ watch, docker }: Pick<Config, "watch" | "docker">): boolean {
  return watch.enabled && docker.hosts.length > 0;
}
