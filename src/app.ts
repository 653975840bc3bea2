import { connectQueue } from "./adapters/bullmq/connection.ts";
import { createJobQueue } from "./adapters/bullmq/create-job-queue.ts";
import { createPacer } from "./adapters/bullmq/create-pacer.ts";
import { ownRunId } from "./adapters/bullmq/own-redis.ts";
import { QUEUE_DEFAULTS } from "./adapters/bullmq/settings.ts";
import { startWorkers } from "./adapters/bullmq/start-workers.ts";
import type { MetricsSource } from "./adapters/metrics/create-metrics.ts";
import { checkToken, createChat } from "./adapters/slack/slack.ts";
import { openStore } from "./adapters/sql/open-store.ts";
import { createJudge } from "./alerts/judge.ts";
import { createAlertReader } from "./alerts/read-alert.ts";
import { createReceive } from "./commands/receive.ts";
import type { ServiceConfig } from "./config.ts";
import { createStormKeeper } from "./jobs/keep-storms.ts";
import { createHandlers } from "./jobs/workers.ts";
import type { Log } from "./ports/log.ts";
import { createDesk } from "./wiring/desk.ts";
import { examinedParts } from "./wiring/examined.ts";
import { createFirstLook } from "./wiring/first-look.ts";
import { outsideParts } from "./wiring/outside.ts";
import { startIntake } from "./wiring/intake.ts";
import { createPage, logQueueWarnings } from "./wiring/readiness.ts";
import { storeSettings } from "./wiring/store.ts";
import { TIMES } from "./wiring/times.ts";
import { createWatch, jobsOf, schedulesOf } from "./wiring/watch.ts";

export type Oomph = { readonly url: string; stop(): Promise<void> };

/** `fail` ends the process: something that it cannot do without has ended. */
export type Around = { readonly log: Log; readonly metrics: MetricsSource; readonly fail: (error: unknown) => void };

/** Wires the stages in their order and starts them: in, one incident, queue, find out, tell, act. */
export async function startOomph(config: ServiceConfig, { log, metrics, fail }: Around): Promise<Oomph> {
  const { slack: chatConfig, jobs } = config;
  const store = await openStore(storeSettings(config.store));
  const connection = connectQueue({ ...QUEUE_DEFAULTS, url: config.queue.url, stalledAfterMs: jobs.takeoverMs }, log);
  const queue = createJobQueue(connection, metrics);
  logQueueWarnings(connection, log);

  const outside = outsideParts(config);
  const examined = await examinedParts(config, { log, store, ownRedis: async () => [await ownRunId(connection)] });
  const { actions, runbooks, targets, hosts, clusters, memory } = examined;
  const chat = createChat(chatConfig.settings, log);
  const desk = createDesk(config, { store, queue, log, metrics, chat, actions, targets, escalation: outside.rules });
  const { alertChannels, incidentChannel } = chatConfig;
  const judge = createJudge(config.alerts.rules);
  const readAlert = createAlertReader(judge);
  const receiver = createReceive({ desk, chat, runbooks, alertChannels, incidentChannel, readAlert, hosts, clusters, memory });
  const watch = createWatch(config, { ...examined, desk, channel: incidentChannel });
  const handlers = createHandlers({
    desk,
    chat,
    watch,
    ...TIMES.jobs,
    ...outside,
    ...examined.forJobs,
    receive: receiver.handle,
    onAlerts: receiver.onAlerts,
    pacer: createPacer(connection),
    fallbackChannel: chatConfig.fallbackChannel,
    leaseTimes: { ttlMs: jobs.leaseMs, renewEveryMs: Math.min(jobs.leaseMs / 3, TIMES.leaseLookMs) },
    random: Math.random,
  });
  const firstLook = createFirstLook(config, examined.glance, log);
  const page = createPage({ store, queue, connection, firstLook, metrics });
  const intake = await startIntake(config, { connection, chat, metrics, page, atOnce: receiver.atOnce, onLost: fail });
  const workers = startWorkers(connection, { handlers, log, metrics, jobs: jobsOf(config), schedules: schedulesOf(config) });
  await checkToken(chat, log);
  await intake.takeFromSlack();
  const unasked = [watch, createStormKeeper(desk), firstLook];
  for (const part of unasked) part.start();
  const atLast = [() => workers.drain(jobs.drainMs), intake.close, queue.close, connection.close, examined.close, store.close];
  const inOrder = [...unasked.toReversed().map(({ stop }) => stop), intake.stopTaking, ...atLast];
  return { url: intake.url, stop: async () => stopAll(inOrder) };
}

async function stopAll(parts: readonly (() => unknown)[]): Promise<void> {
  for (const stop of parts) await stop();
}
