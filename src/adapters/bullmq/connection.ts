import { Redis } from "ioredis";

import { messageOf, OomphError } from "../../domain/errors.ts";
import type { Log } from "../../ports/log.ts";
import { unaskedWords } from "../connection/unasked-words.ts";
import type { QueueSettings } from "./settings.ts";

/** A connection to the queue's Redis for questions; it comes back by itself for as long as it is not closed. */
export type AskingConnection = {
  /** For those who want an answer now: what was under way when Redis was lost fails, and is not said again. */
  readonly asking: Redis;
  readonly settings: QueueSettings;
  /**
   * Asks something of this Redis. Throws OomphError `queue-unavailable` when it is away or has not answered in time;
   * what Redis had heard by then may have been done. A question of several steps asks `isWanted` before the one that
   * changes something: once the caller has been told that it failed, it must not be done any more.
   */
  ask<Answer>(question: Question<Answer>): Promise<Answer>;
  close(): void;
};

/** What workers need beside it. */
export type QueueConnection = AskingConnection & {
  /** What it is told waits until Redis is there, and is said again after a loss. */
  readonly client: Redis;
  /** Runs `work` now, if connected, and whenever the connection has come back. */
  onReady(work: () => Promise<void>): void;
};

type Question<Answer> = (client: Redis, isWanted: () => boolean) => Promise<Answer>;

const LONGEST_PAUSE_MS = 2_000;

/** Connects in the background: a Redis that is down is waited for, and said once per outage. */
export function connectQueue(settings: QueueSettings, log: Log): QueueConnection {
  const client = new Redis(settings.url, { ...optionsOf(settings), maxRetriesPerRequest: null });
  sayWhenAway(client, log);
  const asking = connectAsking(settings);
  return {
    ...asking,
    client,
    onReady(work) {
      const run = (): void => {
        work().catch((error: unknown) =>
          log.warn({ because: messageOf(error) }, "work on the queue's Redis failed, it is done again after the next reconnection"),
        );
      };
      client.on("ready", run);
      if (client.status === "ready") run();
    },
    close() {
      client.disconnect();
      asking.close();
    },
  };
}

/** Connects in the background. Says nothing of a Redis that is down: who works on it does. */
export function connectAsking(settings: QueueSettings): AskingConnection {
  const asking = new Redis(settings.url, { ...optionsOf(settings), maxRetriesPerRequest: 0 });
  asking.on("error", () => undefined);
  const untilReady = readiness(asking);
  return {
    asking,
    settings,
    ask: (question) => ask({ client: asking, untilReady, withinMs: settings.answerWithinMs }, question),
    close: () => asking.disconnect(),
  };
}

function optionsOf({ tlsCa }: QueueSettings) {
  return {
    retryStrategy: (attempt: number) => Math.min(attempt * 100, LONGEST_PAUSE_MS),
    connectionName: "oomph-queue",
    disableClientInfo: true,
    ...(tlsCa === undefined ? {} : { tls: { ca: tlsCa } }),
  };
}

function sayWhenAway(client: Redis, log: Log): void {
  let away = false;
  let said = Promise.resolve();
  client.on("error", (error) => {
    if (away) return;
    away = true;
    said = sayAway(error, client, log);
  });
  client.on("ready", () => {
    if (away) void said.then(() => log.info({}, "the queue's Redis is back"));
    away = false;
  });
}

/** A Redis that turns clients away, being in protected mode or full of them, says so and closes: all that is seen is a broken pipe. */
async function sayAway(error: unknown, { options: { host = "localhost", port = 6379, tls } }: Redis, log: Log): Promise<void> {
  const words = tls === undefined ? await unaskedWords({ host, port }) : undefined;
  const [sentence = ""] = words?.split(". ") ?? [];
  const because = words === undefined ? messageOf(error) : `${messageOf(error)}. It says: ${sentence.replace(/^-/, "")}`;
  log.error({ because }, "the queue's Redis cannot be reached, waiting for it");
}

/** One wait for all who ask while Redis is away. */
function readiness(client: Redis): () => Promise<unknown> {
  let waiting: Promise<unknown> | undefined;
  return () => {
    if (client.status === "ready") return Promise.resolve();
    waiting ??= new Promise((resolve) => client.once("ready", resolve)).finally(() => {
      waiting = undefined;
    });
    return waiting;
  };
}

type Asked = { readonly client: Redis; readonly untilReady: () => Promise<unknown>; readonly withinMs: number };

async function ask<Answer>({ client, untilReady, withinMs }: Asked, question: Question<Answer>): Promise<Answer> {
  let wanted = true;
  const deadline = startDeadline(withinMs);
  try {
    // Nothing is asked before it is ready: it would wait in line and be done long after the caller was told that it failed.
    await Promise.race([untilReady(), deadline.passed]);
    return await Promise.race([question(client, () => wanted), deadline.passed]);
  } catch (cause) {
    if (cause instanceof OomphError) throw cause;
    throw away(messageOf(cause), cause);
  } finally {
    wanted = false;
    deadline.clear();
  }
}

/** A timer that is cleared costs next to nothing; an AbortSignal for each question would cost an exception each. */
function startDeadline(withinMs: number): { readonly passed: Promise<never>; clear(): void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(away(`no answer within ${withinMs} ms`)), withinMs);
  });
  return { passed, clear: () => clearTimeout(timer) };
}

function away(why: string, cause?: unknown): OomphError {
  return new OomphError(
    "queue-unavailable",
    `expected the queue's Redis to answer, got: ${why}. Check that it runs and that REDIS_URL is right`,
    { retryable: true, cause },
  );
}
