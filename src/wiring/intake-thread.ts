/** The thread in which everything comes in: see intake.ts. It loads no more than it needs, for memory's sake. */
import { parentPort, workerData } from "node:worker_threads";
import { createBirpc } from "birpc";
import { connectAsking } from "../adapters/bullmq/connection.ts";
import { createJobQueue } from "../adapters/bullmq/create-job-queue.ts";
import { PAGE_PATHS, pageFrom } from "../adapters/http/pages.ts";
import { createHttpServer } from "../adapters/http/server.ts";
import { createLog } from "../adapters/log/create-log.ts";
import { hearConsole } from "../adapters/log/hear-console.ts";
import { createSlack } from "../adapters/slack/slack.ts";
import { systemClock as clock } from "../adapters/system/system-clock.ts";
import { createJudge } from "../alerts/judge.ts";
import { createAlertReader } from "../alerts/read-alert.ts";
import { createTakeOn } from "../commands/take-on.ts";
import type { IntakeCalls, IntakeSettings, WorkCalls } from "./intake-calls.ts";
import { TIMES } from "./times.ts";
import { webhooksOf } from "./webhooks.ts";

if (parentPort === null) throw new TypeError("expected to be started as a thread");
const port = parentPort;
const settings: IntakeSettings = workerData;

const work = createBirpc<WorkCalls, IntakeCalls>(
  { listen, takeFromSlack: () => slack.start(), stopTaking: () => slack.stop(), close },
  { post: (message) => port.postMessage(message), on: (listener) => port.on("message", listener), bind: "functions" },
);

const log = createLog({ ...settings.log, destination: { write: (line) => void work.logged.asEvent(line) } });
hearConsole(log);
const metrics = {
  received: (kind: string): void => void work.received.asEvent(kind),
  duplicateDropped: (kind: string): void => void work.duplicateDropped.asEvent(kind),
};
const connection = connectAsking(settings.queue);
const queue = createJobQueue(connection, metrics);
const judge = createJudge(settings.rules);
const { alertChannels } = settings;
const takeOn = createTakeOn({ queue, log, metrics, readAlert: createAlertReader(judge), alertChannels, atOnce: work.atOnce });
const chat = { respond: work.respond, whisper: work.whisper };
const slack = createSlack({ settings: settings.slack, receive: takeOn, chat, clock, log });
const webhooks = webhooksOf(settings, { queue, clock, metrics, log }, judge);
let server: Awaited<ReturnType<typeof createHttpServer>> | undefined;

async function listen(): Promise<string> {
  const pages = PAGE_PATHS.map((path) => [path, () => pageFrom(() => work.page(path, slack.connection()), TIMES.pageMs)] as const);
  server = await createHttpServer({
    ...settings.http,
    pages: Object.fromEntries(pages),
    mounts: { ...webhooks, "/slack/events": slack.requestHandler },
  });
  return server.url;
}

async function close(): Promise<void> {
  await server?.close();
  await queue.close();
  connection.close();
}
