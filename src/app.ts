import { createPlanner } from "./actions/index.ts";
import { connectQueue } from "./adapters/bullmq/connection.ts";
import { createJobQueue } from "./adapters/bullmq/create-job-queue.ts";
import { createPacer } from "./adapters/bullmq/create-pacer.ts";
import { ownRunId } from "./adapters/bullmq/own-redis.ts";
import { QUEUE_DEFAULTS } from "./adapters/bullmq/settings.ts";
import { startWorkers } from "./adapters/bullmq/start-workers.ts";
import { createHttpServer } from "./adapters/http/server.ts";
import type { MetricsSource } from "./adapters/metrics/create-metrics.ts";
import { createSlack } from "./adapters/slack/slack.ts";
import { openStore } from "./adapters/sql/open-store.ts";
import { randomIds as ids } from "./adapters/system/random-ids.ts";
import { systemClock as clock } from "./adapters/system/system-clock.ts";
import { readAlert } from "./alerts/read-alert.ts";
import { createReceive } from "./commands/receive.ts";
import type { ServiceConfig } from "./config.ts";
import type { Desk } from "./incidents/desk.ts";
import { createPeople } from "./incidents/people.ts";
import { createNarrator } from "./jobs/narrate.ts";
import { createHandlers } from "./jobs/workers.ts";
import type { Log } from "./ports/log.ts";
import { logQueueWarnings, queueWarnings, readinessChecks, redisParts, redisTargets, storeSettings, TIMES } from "./wiring.ts";

export type Oomph = { readonly url: string; stop(): Promise<void> };

/** Wires the stages in their order and starts them: in, one incident, queue, find out, tell, act. */
export async function startOomph(
  config: ServiceConfig,
  { log, metrics }: { readonly log: Log; readonly metrics: MetricsSource },
): Promise<Oomph> {
  const { slack: chatConfig, access: rules, jobs } = config;
  const store = await openStore(storeSettings(config.store));
  const connection = connectQueue({ ...QUEUE_DEFAULTS, url: config.queue.url }, log);
  const queue = createJobQueue(connection, metrics);
  logQueueWarnings(connection, log);

  const { servers, runbooks, actions } = redisParts(config, { log, ownRedis: async () => [await ownRunId(connection)] });

  const slack = createSlack({ settings: chatConfig.settings, receive: (inbound) => receiver.now(inbound), clock, log });
  const { chat } = slack;
  const people = createPeople({ rules, clock, groupMembers: chat.groupMembers, ttlMs: TIMES.groupsMs });
  const narrator = createNarrator({ ids, clock, actions });
  const planner = createPlanner(actions);
  const targets = redisTargets(servers);
  const desk: Desk = { store, queue, clock, ids, log, metrics, narrator, planner, targets, rules, person: people.person };
  const receiver = createReceive({ desk, chat, runbooks, alertChannels: chatConfig.alertChannels, readAlert });

  const handlers = createHandlers({
    desk,
    chat,
    pacer: createPacer(connection),
    receive: receiver.handle,
    actionOf: (id) => actions.find((action) => action.id === id),
    runbookOf: (id) => runbooks.find((runbook) => runbook.id === id),
    fallbackChannel: chatConfig.fallbackChannel,
    leaseTimes: { ttlMs: jobs.leaseMs, renewEveryMs: Math.min(jobs.leaseMs / 3, TIMES.leaseLookMs) },
    random: Math.random,
    ...TIMES.jobs,
  });
  const server = await createHttpServer({
    ...config.http,
    metrics,
    checks: readinessChecks({ store, queue, slack }),
    warnings: () => queueWarnings(connection),
    mounts: { "/slack/events": slack.requestHandler },
  });
  const workers = startWorkers(connection, { handlers, log, metrics, sweepEveryMs: jobs.sweepMs });
  await slack.start();

  async function stop(): Promise<void> {
    await slack.stop();
    await workers.drain(jobs.drainMs);
    await server.close();
    await queue.close();
    connection.close();
    await store.close();
  }
  return { url: server.url, stop };
}
