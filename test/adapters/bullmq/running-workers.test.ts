import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import { connectQueue } from "../../../src/adapters/bullmq/connection.ts";
import { runningWorkers } from "../../../src/adapters/bullmq/running-workers.ts";
import { startWorkers } from "../../../src/adapters/bullmq/start-workers.ts";
import { createLog } from "../../../src/adapters/log/create-log.ts";
import type { JobHandlers, JobOutcome } from "../../../src/ports/job-queue.ts";
import { PATIENCE } from "../../support/patience.ts";

const log = createLog({ level: "error", secrets: [], destination: { write: () => undefined } });
const done = async (): Promise<JobOutcome> => ({ kind: "done" });
const handlers: JobHandlers = {
  receive: done,
  alert: done,
  investigate: done,
  act: done,
  deliver: done,
  escalate: done,
  watch: done,
  "watch-event": done,
  report: done,
  sweep: done,
};

describe("processes that work on a queue", () => {
  let redis: RedisLab;
  const open = (url: string, prefix = "test") => connectQueue({ url, prefix, answerWithinMs: 2_000, stalledAfterMs: 1_000 }, log);

  beforeAll(async () => {
    redis = await startRedis({ policy: "noeviction" });
  });
  afterAll(() => redis.stop());

  it("are counted by kind of job and prefix, and no more once they have ended", async () => {
    const [working, asking, other] = [open(redis.url), open(redis.url), open(redis.url, "other")];
    expect(await runningWorkers(asking, "act")).toBe(0);
    const workers = startWorkers(working, { handlers, log, metrics: { jobFailed: () => undefined }, jobs: ["act"], schedules: [] });
    await vi.waitFor(async () => expect(await runningWorkers(asking, "act")).toBe(1), PATIENCE);
    expect([await runningWorkers(asking, "sweep"), await runningWorkers(other, "act")]).toEqual([0, 0]);
    await workers.drain(2_000);
    await vi.waitFor(async () => expect(await runningWorkers(asking, "act")).toBe(0), PATIENCE);
    for (const connection of [working, asking, other]) connection.close();
  });

  it("cannot be told where the rights do not allow a look, and a Redis that is away is an error", async () => {
    await redis.client.call("ACL", "SETUSER", "blind", "on", ">made-up", "~*", "&*", "+@all", "-client|list");
    const blind = open(redis.url.replace("redis://", "redis://blind:made-up@"));
    expect(await runningWorkers(blind, "act")).toBeUndefined();
    blind.close();
    const away = open("redis://127.0.0.1:1");
    await expect(runningWorkers(away, "act")).rejects.toMatchObject({ code: "queue-unavailable" });
    away.close();
  });
});
