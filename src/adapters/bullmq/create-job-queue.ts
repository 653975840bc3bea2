import { randomUUID } from "node:crypto";

import { Queue, type JobsOptions } from "bullmq";
import type { Redis } from "ioredis";

import type { AddOutcome, AddOptions, JobName, JobPayloads, JobQueue } from "../../ports/job-queue.ts";
import type { Metrics } from "../../ports/metrics.ts";
import type { AskingConnection } from "./connection.ts";

/** What a job carries in Redis. The nonce tells a job that was added from one that was there before. */
export type Carried<Name extends JobName> = { readonly payload: JobPayloads[Name]; readonly nonce: string };

const AN_HOUR_SECONDS = 3_600;
const RETRIES = { attempts: 8, backoff: { type: "exponential", delay: 500, jitter: 0.5 } } as const;
// Gone when ended, so that the id can be used again.
const FORGOTTEN = { ...RETRIES, removeOnComplete: true, removeOnFail: true } as const;
// Kept, so that the same event sent again within the hour is dropped.
const REMEMBERED = { ...RETRIES, removeOnComplete: { age: AN_HOUR_SECONDS }, removeOnFail: { age: AN_HOUR_SECONDS } } as const;

// What a webhook's sender repeats, or somebody who overheard it: kept for a day, as far as there is room.
const LONG_REMEMBERED = {
  ...RETRIES,
  removeOnComplete: { age: 24 * AN_HOUR_SECONDS, count: 10_000 },
  removeOnFail: { age: 24 * AN_HOUR_SECONDS, count: 10_000 },
} as const;

/** How each kind of job is retried and forgotten. */
export const JOB_OPTIONS: Readonly<Record<JobName, JobsOptions>> = {
  receive: REMEMBERED,
  alert: LONG_REMEMBERED,
  investigate: FORGOTTEN,
  act: FORGOTTEN,
  deliver: FORGOTTEN,
  escalate: FORGOTTEN,
  watch: FORGOTTEN,
  "watch-event": REMEMBERED,
  report: FORGOTTEN,
  sweep: FORGOTTEN,
};

/** A queue per kind of job, in BullMQ. */
export function createJobQueue(
  connection: AskingConnection,
  metrics: Pick<Metrics, "duplicateDropped">,
): JobQueue & { close(): Promise<void> } {
  const queues = new Map<JobName, Queue>();

  async function queueOf(name: JobName): Promise<Queue> {
    const made = queues.get(name) ?? openQueue(connection.asking, connection.settings.prefix, name);
    queues.set(name, made);
    try {
      await made.waitUntilReady();
      return made;
    } catch (error) {
      queues.delete(name); // Redis was lost while it was being opened, and it stays broken: the next one is new
      throw error;
    }
  }

  async function add<Name extends JobName>(name: Name, payload: JobPayloads[Name], options: AddOptions): Promise<AddOutcome> {
    const carried: Carried<Name> = { payload, nonce: randomUUID() };
    return connection.ask(async (_client, isWanted) => {
      const queue = await queueOf(name);
      // Redis was lost meanwhile, and its coming back has taken longer than the caller waited: nobody hears this.
      if (!isWanted()) return "added";
      const jobId = options.sameWithinMs === undefined ? options.id : `${options.id}_${carried.nonce}`;
      const { id = jobId } = await queue.add(name, carried, optionsOf(name, jobId, options));
      if (name !== "receive" && name !== "alert") return "added";
      const outcome = outcomeOf(queue, { id, nonce: carried.nonce, kind: kindOf(name, payload) });
      return name === "alert" ? outcome : "added";
    });
  }

  /** Never rejects: when it cannot be had, nothing is lost. */
  async function outcomeOf(
    queue: Queue,
    { id, nonce, kind }: { readonly id: string; readonly nonce: string; readonly kind: string },
  ): Promise<AddOutcome> {
    const stored = await isStored(connection, queue.toKey(id), nonce).catch(() => true);
    if (!stored) metrics.duplicateDropped(kind);
    return stored ? "added" : "known";
  }

  return {
    add,
    async ping() {
      await connection.ask((client) => client.ping());
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

/** One BullMQ queue; its errors are said by the connection. */
export function openQueue(client: Redis, prefix: string, name: JobName): Queue {
  const queue = new Queue(name, { connection: client, prefix });
  queue.on("error", () => undefined);
  return queue;
}

function optionsOf(name: JobName, jobId: string, { id, sameWithinMs, delayMs, priority }: AddOptions): JobsOptions {
  return {
    ...JOB_OPTIONS[name],
    jobId,
    ...(sameWithinMs === undefined ? {} : { deduplication: { id, ttl: sameWithinMs } }),
    ...(delayMs === undefined ? {} : { delay: delayMs }),
    ...(priority === undefined ? {} : { priority }),
  };
}

/** BullMQ answers a duplicate id with our own data while Redis keeps the first: only looking tells. */
async function isStored({ asking }: AskingConnection, key: string, nonce: string): Promise<boolean> {
  const stored = await asking.hget(key, "data");
  return stored === null || stored.includes(nonce);
}

function kindOf(name: JobName, payload: JobPayloads[JobName]): string {
  return "inbound" in payload ? payload.inbound.kind : name;
}
