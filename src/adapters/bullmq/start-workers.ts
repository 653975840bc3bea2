import { setImmediate } from "node:timers/promises";

import { DelayedError, UnrecoverableError, Worker, type Job } from "bullmq";

import { messageOf, OomphError } from "../../domain/errors.ts";
import type { JobHandlers, JobName, JobOutcome, JobPayloads, JobWorkers } from "../../ports/job-queue.ts";
import type { Log } from "../../ports/log.ts";
import type { Metrics } from "../../ports/metrics.ts";
import type { QueueConnection } from "./connection.ts";
import { JOB_OPTIONS, openQueue, type Carried } from "./create-job-queue.ts";

export type WorkerDeps = {
  readonly handlers: JobHandlers;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "jobFailed">;
  /** Kinds of job that this process works on; each costs a connection. */
  readonly jobs: readonly JobName[];
  readonly schedules: readonly Schedule[];
};

/** A job that is added by itself. `never` takes away what an earlier configuration has scheduled. */
export type Schedule = {
  readonly [Name in JobName]: {
    /** Stable: the same id is the same schedule, whoever sets it. */
    readonly id: string;
    readonly job: Name;
    readonly payload: JobPayloads[Name];
    readonly when: { readonly everyMs: number } | { /** UTC */ readonly cron: string } | "never";
  };
}[JobName];

/** How many of a kind run at once in this process. */
const CONCURRENCY: Readonly<Record<JobName, number>> = {
  receive: 8,
  alert: 4,
  investigate: 4,
  act: 2,
  deliver: 8,
  escalate: 2,
  watch: 1,
  "watch-event": 4,
  report: 1,
  sweep: 1,
};
// How long handlers have to stop once their signal is aborted.
const LAST_WORDS_MS = 5_000;
// A job may be started as often as it takes: what must happen once is guarded by the store, not by the queue.
const MAX_STALLED_COUNT = 1_000;
const LONGEST_WAIT_MS = 15_000;
const HAND_BACK: JobOutcome = { kind: "later", delayMs: 500 };

/** Starts working on the jobs that it is told. A Redis that is away is waited for. */
export function startWorkers(connection: QueueConnection, deps: WorkerDeps): JobWorkers {
  const stopping = new AbortController();
  const aborting = new AbortController();
  const signals = { stopping: stopping.signal, signal: aborting.signal, inTurn: turns() };
  const start = <Name extends JobName>(name: Name): Worker => startWorker(connection, { ...deps, ...signals, name });
  const workers = deps.jobs.map((name) => start(name));
  for (const schedule of deps.schedules) keepScheduled(connection, schedule);
  return {
    async drain(withinMs) {
      stopping.abort();
      const closed = Promise.all(workers.map((worker) => worker.close()));
      if (await settlesWithin(closed, withinMs)) return;
      aborting.abort(new OomphError("conflict", "Oomph is stopping", { retryable: true }));
      if (!(await settlesWithin(closed, LAST_WORDS_MS))) deps.log.warn({}, "some jobs did not stop in time, they run again elsewhere");
    },
  };
}

/**
 * One job begins in a turn of the event loop: many are handed over at once, and what came in meanwhile, such as a command to
 * be acknowledged, goes between them.
 */
function turns(): () => Promise<void> {
  let last = Promise.resolve();
  return () => {
    last = last.then(() => setImmediate());
    return last;
  };
}

type Signals = {
  inTurn(): Promise<void>;
  /** Aborted when no job may begin any more. */
  readonly stopping: AbortSignal;
  /** Aborted when those that run must stop. */
  readonly signal: AbortSignal;
};
type WorkerSetting<Name extends JobName> = WorkerDeps & Signals & { readonly name: Name };

function startWorker<Name extends JobName>(
  { client, settings }: QueueConnection,
  { name, handlers, log, metrics, ...signals }: WorkerSetting<Name>,
): Worker {
  const worker = new Worker<Carried<Name>>(name, (job, token) => runJob(handlers[name], job, { token, log, ...signals }), {
    connection: client,
    prefix: settings.prefix,
    concurrency: CONCURRENCY[name],
    lockDuration: settings.stalledAfterMs,
    lockRenewTime: settings.stalledAfterMs / 3, // a renewal may come late, or be lost, without the job being thought dead
    stalledInterval: settings.stalledAfterMs / 2,
    maxStalledCount: MAX_STALLED_COUNT,
  });
  worker.on("error", (error) => log.debug({ job: name, because: messageOf(error) }, "a worker met an error of its Redis"));
  worker.on("stalled", (id) => log.warn({ job: name, id }, "a job's worker was not heard of, it runs again"));
  worker.on("failed", (job, error) => {
    metrics.jobFailed(name);
    log.error({ job: name, id: job?.id, attempt: job?.attemptsMade, because: messageOf(error), error }, "a job failed");
  });
  return worker;
}

type Running = Signals & Pick<WorkerDeps, "log"> & { readonly token: string | undefined };

async function runJob<Name extends JobName>(
  handler: JobHandlers[Name],
  job: Job<Carried<Name>>,
  { token, signal, stopping, log, inTurn }: Running,
): Promise<void> {
  await inTurn();
  try {
    // BullMQ may still fetch one while it is being closed: another process does it.
    const past = { lost: job.stalledCounter, tries: job.attemptsStarted - 1 };
    const outcome = stopping.aborted ? HAND_BACK : await handler(job.data.payload, signal, past);
    if (outcome.kind === "done") return;
    await job.moveToDelayed(Date.now() + outcome.delayMs, token);
  } catch (error) {
    // What is scheduled comes by itself again.
    if (isStoreAway(error) && job.repeatJobKey === undefined) throw await waitForStore(job, { token, log, error });
    if (error instanceof OomphError && error.code === "bad-input") throw new UnrecoverableError(error.message);
    throw error;
  }
  throw new DelayedError();
}

function isStoreAway(error: unknown): boolean {
  return error instanceof OomphError && error.code === "store-unavailable";
}

type Waiting = Pick<Running, "token" | "log"> & { readonly error: unknown };

/** A store that is away or busy comes back: no number of tries may lose what was taken. Doubles from try to try, half of it left to chance. */
async function waitForStore(job: Job, { token, log, error }: Waiting): Promise<DelayedError> {
  const { name, id, attemptsStarted: tries } = job;
  const fullMs = Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** Math.min(tries - 1, 10));
  if (tries === 1) log.warn({ job: name, id, because: messageOf(error) }, "a job waits for the store");
  await job.moveToDelayed(Date.now() + fullMs * (0.5 + Math.random() / 2), token);
  return new DelayedError();
}

/** Set again after each reconnection: a Redis that came back empty has forgotten it. */
function keepScheduled(connection: QueueConnection, { id, job, payload, when }: Schedule): void {
  const queue = openQueue(connection.client, connection.settings.prefix, job);
  connection.onReady(async () => {
    if (when === "never") {
      await queue.removeJobScheduler(id);
      return;
    }
    const repeat = "cron" in when ? { pattern: when.cron, tz: "UTC" } : { every: when.everyMs };
    await queue.upsertJobScheduler(id, repeat, { name: job, data: { payload, nonce: "" }, opts: JOB_OPTIONS[job] });
  });
}

async function settlesWithin(work: Promise<unknown>, withinMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, withinMs, false);
  });
  const settled = work.then(() => true);
  try {
    return await Promise.race([settled, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
