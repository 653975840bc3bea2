import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import { connectQueue, type QueueConnection } from "../../../src/adapters/bullmq/connection.ts";
import { createJobQueue } from "../../../src/adapters/bullmq/create-job-queue.ts";
import { ownRunId, readOwnRedis } from "../../../src/adapters/bullmq/own-redis.ts";
import { startWorkers } from "../../../src/adapters/bullmq/start-workers.ts";
import { createLog } from "../../../src/adapters/log/create-log.ts";
import { OomphError } from "../../../src/domain/errors.ts";
import type { Inbound } from "../../../src/ports/inbound.ts";
import type { JobHandlers, JobOutcome, JobQueue, JobWorkers } from "../../../src/ports/job-queue.ts";
import { OWN_ADDRESS } from "../../support/own-address.ts";
import { PATIENCE } from "../../support/patience.ts";
import { sweeping } from "../../support/work.ts";

const EVERY = ["receive", "alert", "investigate", "act", "deliver", "escalate", "watch", "watch-event", "report", "sweep"] as const;
const DONE: JobOutcome = { kind: "done" };
const COMMAND: Inbound = {
  kind: "command",
  id: "Ev1",
  userId: "U1",
  channel: "C1",
  text: "help",
  responseUrl: "http://127.0.0.1/r",
  receivedAtMs: 1,
};

describe("the job queue on BullMQ", () => {
  let redis: RedisLab;
  let connection: QueueConnection;
  let queue: JobQueue & { close(): Promise<void> };
  let workers: JobWorkers | undefined;
  let duplicates: string[];
  let failures: string[];
  let lines: string[];

  beforeEach(async () => {
    redis = await startRedis({ policy: "noeviction" });
    open(redis.url);
  });
  afterEach(async () => {
    await workers?.drain(2_000);
    workers = undefined;
    connection.close();
    await redis.stop();
  });

  function open(url: string): void {
    duplicates = [];
    failures = [];
    lines = [];
    const log = createLog({ level: "debug", secrets: [], destination: { write: (line) => void lines.push(line) } });
    connection = connectQueue({ url, prefix: "test", answerWithinMs: 2_000, stalledAfterMs: 1_000 }, log);
    queue = createJobQueue(connection, { duplicateDropped: (kind) => duplicates.push(kind) });
  }

  function work(handlers: Partial<JobHandlers>): void {
    const none = async (): Promise<JobOutcome> => DONE;
    const log = createLog({ level: "debug", secrets: [], destination: { write: (line) => void lines.push(line) } });
    const all = {
      receive: none,
      alert: none,
      investigate: none,
      act: none,
      deliver: none,
      escalate: none,
      watch: none,
      "watch-event": none,
      report: none,
      sweep: none,
      ...handlers,
    };
    workers = startWorkers(connection, {
      handlers: all,
      log,
      metrics: { jobFailed: (job) => failures.push(job) },
      jobs: EVERY,
      schedules: [sweeping(200)],
    });
  }

  it("gives a job with its payload to the handler of its kind", async () => {
    const seen: string[] = [];
    work({ act: async ({ requestId }) => (seen.push(requestId), DONE) });
    await queue.add("act", { requestId: "req_1" }, { id: "req_1" });
    await vi.waitFor(() => expect(seen).toEqual(["req_1"]), PATIENCE);
  });

  it("drops an id while its first job waits, and takes it again once that is done", async () => {
    await queue.add("act", { requestId: "req_1" }, { id: "req_1" });
    await queue.add("act", { requestId: "req_1" }, { id: "req_1" });
    let runs = 0;
    work({ act: async () => ((runs += 1), DONE) });
    await vi.waitFor(() => expect(runs).toBe(1), PATIENCE);
    await vi.waitFor(async () => {
      await queue.add("act", { requestId: "req_1" }, { id: "req_1" });
      expect(runs).toBeGreaterThan(1);
    }, PATIENCE);
  });

  it("remembers what came in from the chat after it is done, and counts the duplicate", async () => {
    let runs = 0;
    work({ receive: async () => ((runs += 1), DONE) });
    await queue.add("receive", { inbound: COMMAND }, { id: "Ev1" });
    await vi.waitFor(() => expect(runs).toBe(1), PATIENCE);
    await queue.add("receive", { inbound: COMMAND }, { id: "Ev1" });
    await vi.waitFor(() => expect(duplicates).toEqual(["command"]), PATIENCE);
    await queue.add("receive", { inbound: { ...COMMAND, id: "Ev2" } }, { id: "Ev2" });
    await vi.waitFor(() => expect(runs).toBe(2), PATIENCE);
    expect(duplicates).toHaveLength(1);
  });

  it("drops what has the same id so long after the first, by whichever process, and takes it anew then", async () => {
    const heard: string[] = [];
    work({ alert: async ({ sent: { id } }) => (heard.push(id), DONE) });
    const other = createJobQueue(connection, { duplicateDropped: (kind) => duplicates.push(kind) });
    const sent = (id: string) => ({ sent: { id, receivedAtMs: 1, alerts: [] } });
    expect(await queue.add("alert", sent("first"), { id: "same", sameWithinMs: 3_600_000 })).toBe("added");
    await vi.waitFor(() => expect(heard).toEqual(["first"]), PATIENCE);
    expect(await queue.add("alert", sent("again"), { id: "same", sameWithinMs: 3_600_000 })).toBe("known");
    expect(await other.add("alert", sent("elsewhere"), { id: "same", sameWithinMs: 3_600_000 })).toBe("known");
    expect(duplicates).toEqual(["alert", "alert"]);
    await queue.add("alert", sent("other"), { id: "another", sameWithinMs: 1 });
    // A millisecond later it is another message.
    await vi.waitFor(async () => {
      await queue.add("alert", sent("later"), { id: "another", sameWithinMs: 1 });
      expect(heard).toContain("later");
    }, PATIENCE);
    expect(heard.slice(0, 2)).toEqual(["first", "other"]);
    await other.close();
  });

  it("runs a job again that says later, with no failure counted", async () => {
    let runs = 0;
    work({ deliver: async () => ((runs += 1) < 3 ? { kind: "later", delayMs: 5 } : DONE) });
    await queue.add("deliver", { deliveryId: "dlv_1" }, { id: "dlv_1" });
    await vi.waitFor(() => expect(runs).toBe(3), PATIENCE);
    expect(failures).toEqual([]);
  });

  it("runs a job again whose worker was lost, and says how often that was", async () => {
    let begun = false;
    work({
      act: () => {
        begun = true;
        return new Promise(() => undefined);
      },
    });
    await queue.add("act", { requestId: "req_1" }, { id: "req_1" });
    await vi.waitFor(() => expect(begun).toBe(true), PATIENCE);
    connection.close(); // as if its process had ended
    open(redis.url);
    const lost: number[] = [];
    work({ act: async (_payload, _signal, past) => (lost.push(past.lost), DONE) });
    await vi.waitFor(() => expect(lost).toEqual([1]), PATIENCE);
  });

  it("lets a job wait for a store that is away, which uses up none of its tries", async () => {
    const tries: number[] = [];
    work({
      receive: async (_payload, _signal, past) => {
        tries.push(past.tries);
        if (tries.length < 3) throw new OomphError("store-unavailable", "locked", { retryable: true });
        return DONE;
      },
    });
    await queue.add("receive", { inbound: COMMAND }, { id: "Ev1" });
    await vi.waitFor(() => expect(tries).toEqual([0, 1, 2]), PATIENCE);
    expect(failures).toEqual([]);
  });

  it("retries what throws, but not a payload that nobody understands", async () => {
    let runs = 0;
    let bad = 0;
    work({
      act: async () => {
        runs += 1;
        if (runs === 1) throw new OomphError("conflict", "stopping", { retryable: true });
        return DONE;
      },
      deliver: async () => {
        bad += 1;
        throw new OomphError("bad-input", "expected a delivery id");
      },
    });
    await queue.add("act", { requestId: "req_1" }, { id: "req_1" });
    await queue.add("deliver", { deliveryId: "" }, { id: "dlv_1" });
    await vi.waitFor(() => expect([runs, failures.toSorted()]).toEqual([2, ["act", "deliver"]]), PATIENCE);
    expect(bad).toBe(1);
  });

  it("takes the more urgent first", async () => {
    const order: string[] = [];
    await queue.add("sweep", {}, { id: "hold" });
    await queue.add("act", { requestId: "progress" }, { id: "progress", priority: 3 });
    await queue.add("act", { requestId: "decision" }, { id: "decision", priority: 1 });
    work({ act: async ({ requestId }) => (order.push(requestId), DONE) });
    await vi.waitFor(() => expect(order).toHaveLength(2), PATIENCE);
    expect(order).toEqual(["decision", "progress"]);
  });

  it("sweeps by itself, also after a Redis that came back empty", async () => {
    let sweeps = 0;
    work({ sweep: async () => ((sweeps += 1), DONE) });
    await vi.waitFor(() => expect(sweeps).toBeGreaterThan(1), PATIENCE);
    await redis.kill();
    await redis.restart();
    const before = sweeps;
    await vi.waitFor(() => expect(sweeps).toBeGreaterThan(before + 1), PATIENCE);
  });

  it("says within its time that Redis is away, and adds nothing afterwards", async () => {
    await queue.ping();
    await redis.kill();
    await expect(queue.add("act", { requestId: "req_1" }, { id: "req_1" })).rejects.toMatchObject({
      code: "queue-unavailable",
      retryable: true,
    });
    await expect(queue.ping()).rejects.toMatchObject({ code: "queue-unavailable" });
    await redis.restart();
    let runs = 0;
    work({ act: async () => ((runs += 1), DONE) });
    await vi.waitFor(() => queue.add("act", { requestId: "req_2" }, { id: "req_2" }), PATIENCE);
    await vi.waitFor(() => expect(runs).toBe(1), PATIENCE);
  });

  it("does not do later what it has said to have failed, when a Redis that hung goes on", async () => {
    await queue.ping();
    process.kill(redis.pid, "SIGSTOP");
    await expect(queue.add("act", { requestId: "failed" }, { id: "failed" })).rejects.toMatchObject({ code: "queue-unavailable" });
    process.kill(redis.pid, "SIGCONT");
    await vi.waitFor(() => queue.add("act", { requestId: "later" }, { id: "later" }), PATIENCE);
    const seen: string[] = [];
    work({ act: async ({ requestId }) => (seen.push(requestId), DONE) });
    await vi.waitFor(() => expect(seen).toContain("later"), PATIENCE);
    expect(seen).toEqual(["later"]);
  });

  it("waits for a Redis that is down at the start, says so once, and works when it comes", async () => {
    const { url } = redis;
    connection.close();
    await redis.kill();
    open(url);
    let runs = 0;
    work({ act: async () => ((runs += 1), DONE) });
    await expect(queue.ping()).rejects.toMatchObject({ code: "queue-unavailable" });
    await redis.restart();
    await vi.waitFor(() => queue.add("act", { requestId: "req_1" }, { id: "req_1" }), PATIENCE);
    await vi.waitFor(() => expect(runs).toBe(1), PATIENCE);
    expect(lines.filter((line) => line.includes("cannot be reached"))).toHaveLength(1);
    expect(lines.filter((line) => line.includes("is back"))).toHaveLength(1);
  });

  it.skipIf(OWN_ADDRESS === undefined)("says what a Redis in protected mode says", async () => {
    const shy = await startRedis({ lines: [`bind 127.0.0.1 ${OWN_ADDRESS}`, "protected-mode yes"] });
    connection.close();
    open(`redis://${OWN_ADDRESS}:${shy.port}`);
    await vi.waitFor(() => expect(lines.join("\n")).toContain("It says: DENIED Redis is running in protected mode"), PATIENCE);
    await shy.stop();
  });

  it("goes on with its jobs after Redis was lost in the middle", async () => {
    const seen = new Set<string>();
    work({ act: async ({ requestId }) => (seen.add(requestId), DONE) });
    await queue.add("act", { requestId: "before" }, { id: "before" });
    await vi.waitFor(() => expect(seen.has("before")).toBe(true), PATIENCE);
    await redis.restart();
    await vi.waitFor(() => queue.add("act", { requestId: "after" }, { id: "after" }), PATIENCE);
    await vi.waitFor(() => expect(seen.has("after")).toBe(true), PATIENCE);
  });

  it("lets running jobs finish when drained, and takes no new ones", async () => {
    let finish = (): void => undefined;
    const seen: string[] = [];
    work({
      act: async ({ requestId }) => {
        seen.push(requestId);
        await new Promise<void>((resolve) => (finish = resolve));
        seen.push(`${requestId} done`);
        return DONE;
      },
    });
    await queue.add("act", { requestId: "one" }, { id: "one" });
    await vi.waitFor(() => expect(seen).toEqual(["one"]), PATIENCE);
    const drained = workers?.drain(5_000);
    await queue.add("act", { requestId: "two" }, { id: "two" });
    finish();
    await drained;
    expect(seen).toEqual(["one", "one done"]);
  });

  it("aborts what does not finish in time", async () => {
    let aborted = false;
    let begun = false;
    work({
      act: (_payload, signal) =>
        new Promise((_resolve, reject) => {
          begun = true;
          signal.addEventListener("abort", () => {
            aborted = true;
            reject(new Error("stopped"));
          });
        }),
    });
    await queue.add("act", { requestId: "one" }, { id: "one" });
    await vi.waitFor(() => expect(begun).toBe(true), PATIENCE);
    await workers?.drain(50);
    expect(aborted).toBe(true);
  });

  it("knows the Redis that it runs on, and what is wrong with it", async () => {
    const info = await redis.client.info("server");
    expect(info).toContain(`run_id:${await ownRunId(connection)}`);
    expect((await readOwnRedis(connection)).warnings).toEqual([expect.stringContaining("appendonly")]);
    for (const [apartMs, says] of [
      [3_600_000, /clock is 3\d{3} s ahead of the queue's Redis/],
      [-3_600_000, /clock is 3\d{3} s behind the queue's Redis/],
    ] as const) {
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + apartMs });
      const { warnings } = await readOwnRedis(connection).finally(() => vi.useRealTimers());
      expect(warnings).toEqual([expect.stringContaining("appendonly"), expect.stringMatching(says)]);
    }
    await redis.client.config("SET", "maxmemory-policy", "allkeys-lru");
    await redis.client.config("SET", "appendonly", "yes");
    await vi.waitFor(
      async () => expect((await readOwnRedis(connection)).warnings).toEqual([expect.stringContaining("allkeys-lru")]),
      PATIENCE,
    );
  });
});
