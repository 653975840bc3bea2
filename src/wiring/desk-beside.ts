import type { Action } from "../actions/action.ts";
import { connectQueue } from "../adapters/bullmq/connection.ts";
import { createJobQueue } from "../adapters/bullmq/create-job-queue.ts";
import { ownRunId } from "../adapters/bullmq/own-redis.ts";
import { runningWorkers } from "../adapters/bullmq/running-workers.ts";
import { QUEUE_DEFAULTS } from "../adapters/bullmq/settings.ts";
import { createChat } from "../adapters/slack/slack.ts";
import type { ServiceConfig } from "../config.ts";
import type { Desk } from "../incidents/desk.ts";
import type { Chat } from "../ports/chat.ts";
import type { Log } from "../ports/log.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Store } from "../ports/store.ts";
import type { Runbook } from "../runbooks/runbook.ts";
import { createDesk } from "./desk.ts";
import { examinedParts } from "./examined.ts";
import { outsideParts } from "./outside.ts";

export type DeskBeside = {
  readonly desk: Desk;
  readonly chat: Pick<Chat, "permalink">;
  readonly runbooks: readonly Runbook[];
  readonly actions: readonly Action[];
  /** How many processes carry out what is approved; undefined: the queue's Redis does not say. Throws `queue-unavailable`. */
  processes(): Promise<number | undefined>;
  /** The store too. */
  close(): Promise<void>;
};

const ignore = (): void => undefined;
const SILENT: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
// The process counts: what is asked for here ends there.
const UNCOUNTED: Metrics = {
  received: ignore,
  duplicateDropped: ignore,
  investigated: ignore,
  requestEnded: ignore,
  delivered: ignore,
  jobFailed: ignore,
  left: ignore,
};

/**
 * A desk beside the running process: on the same store and queue, by the same rules. It works on no jobs, so that what is
 * asked for here is told, decided and carried out there.
 */
export async function openDeskBeside(
  config: ServiceConfig,
  { store, log }: { readonly store: Store; readonly log: Log },
): Promise<DeskBeside> {
  // A queue that is away is said by whoever asks it something.
  const connection = connectQueue({ ...QUEUE_DEFAULTS, url: config.queue.url, stalledAfterMs: config.jobs.takeoverMs }, SILENT);
  const queue = createJobQueue(connection, UNCOUNTED);
  const { actions, runbooks, targets, close } = await examinedParts(config, {
    log,
    store,
    ownRedis: async () => [await ownRunId(connection)],
  });
  const chat = createChat(config.slack.settings, SILENT);
  const escalation = outsideParts(config).rules;
  return {
    desk: createDesk(config, { store, queue, log, metrics: UNCOUNTED, chat, actions, targets, escalation }),
    chat,
    runbooks,
    actions,
    processes: () => runningWorkers(connection, "act"),
    async close() {
      await queue.close();
      connection.close();
      await close();
      await store.close();
    },
  };
}
