import { Worker } from "node:worker_threads";
import { createBirpc } from "birpc";
import { giveWay, threadsOfProcess } from "../adapters/system/thread-priority.ts";
import { standardOutput } from "../adapters/log/create-log.ts";
import type { QueueConnection } from "../adapters/bullmq/connection.ts";
import type { ServiceConfig } from "../config.ts";
import { secretsOf } from "../config/secrets.ts";
import { messageOf, OomphError } from "../domain/errors.ts";
import type { Chat } from "../ports/chat.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { IntakeCalls, IntakeSettings, WorkCalls } from "./intake-calls.ts";

// Where rolldown.config.mjs puts it: beside whatever part of dist/ this line ends up in.
const INTAKE_PROGRAM = new URL("./intake-thread.js", import.meta.url);

export type Intake = Omit<IntakeCalls, "listen"> & { readonly url: string };

export type IntakeParts = Pick<WorkCalls, "atOnce" | "page"> & {
  readonly chat: Pick<Chat, "respond" | "whisper">;
  readonly metrics: Pick<Metrics, "received" | "duplicateDropped">;
  readonly logged: WorkCalls["logged"];
  readonly program: URL;
  readonly settings: IntakeSettings;
  /** Threads of this process that let it go first. */
  readonly others: readonly number[];
  /** Told when the thread ends that should not: nothing comes in any more. */
  readonly onLost: (error: OomphError) => void;
};

type Around = Omit<IntakeParts, "logged" | "program" | "settings" | "others"> & { readonly connection: Pick<QueueConnection, "settings"> };

/**
 * Starts the thread in which everything comes in, and lets it go before all others of this process: whatever the work does, an
 * acknowledgement does not wait for it (docs/adr/0018-what-comes-in-has-a-thread-of-its-own.md).
 */
export async function startIntake(config: ServiceConfig, { connection, ...parts }: Around): Promise<Intake> {
  const { http, webhooks, slack, alerts, log } = config;
  const settings = {
    http,
    webhooks,
    queue: connection.settings,
    slack: slack.settings,
    alertChannels: slack.alertChannels,
    rules: alerts.rules,
    log: { level: log.level, secrets: secretsOf(config) },
  };
  const logged = (line: string): void => standardOutput().write(line);
  return startIntakeThread({ ...parts, logged, settings, program: INTAKE_PROGRAM, others: await threadsOfProcess() });
}

/** Throws when it cannot listen. */
export async function startIntakeThread(parts: IntakeParts): Promise<Intake> {
  const { program, settings, others, onLost } = parts;
  const worker = new Worker(program, { workerData: settings, resourceLimits: LIMITS });
  const intake = createBirpc<IntakeCalls, WorkCalls>(workOf(parts), {
    post: (message) => worker.postMessage(message),
    on: (listener) => worker.on("message", listener),
    bind: "functions",
    timeout: -1, // who stops it waits as long as it takes
  });
  let isClosing = false;
  worker.once("error", (cause) => onLost(lost(`has failed: ${messageOf(cause)}`, cause)));
  worker.once("exit", (code) => {
    if (!isClosing) onLost(lost(`has ended with code ${code}`));
  });
  const url = await intake.listen();
  giveWay(others);
  return {
    url,
    takeFromSlack: () => intake.takeFromSlack(),
    stopTaking: () => intake.stopTaking(),
    async close() {
      isClosing = true;
      await intake.close();
      await worker.terminate();
    },
  };
}

function lost(how: string, cause?: unknown): OomphError {
  return new OomphError("internal", `the thread in which everything comes in ${how}`, { cause });
}

function workOf({ chat, metrics, atOnce, page, logged }: IntakeParts): WorkCalls {
  const { received, duplicateDropped } = metrics;
  return {
    received,
    duplicateDropped,
    logged,
    respond: inWords(chat.respond),
    whisper: inWords(chat.whisper),
    atOnce: inWords(atOnce),
    page: inWords(page),
  };
}

/** Of what is thrown only the words cross the threads: an error may hold what cannot be copied. */
function inWords<Given extends readonly unknown[], Answer>(
  call: (...given: Given) => Promise<Answer>,
): (...given: Given) => Promise<Answer> {
  return async (...given) => {
    try {
      return await call(...given);
    } catch (error) {
      // oxlint-disable-next-line preserve-caught-error -- see above
      throw new Error(messageOf(error));
    }
  };
}

// As bin/oomph-service gives the work: bodies of up to 4 MiB are read here, some of them at once.
const LIMITS = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 12 };
