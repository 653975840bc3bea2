import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { startRedis, type RedisLab } from "../../scripts/lab/redis.ts";
import { openQueue } from "../../src/adapters/bullmq/create-job-queue.ts";
import { startWorkers, type Schedule } from "../../src/adapters/bullmq/start-workers.ts";
import type { Config } from "../../src/config/build.ts";
import { targetKey } from "../../src/domain/target.ts";
import { NO_PRESSURE } from "../../src/domain/trend/pressure.ts";
import { readPayload } from "../../src/jobs/schema.ts";
import { watchReport } from "../../src/messages/watch-report.ts";
import type { JobHandlers, JobOutcome, JobWorkers } from "../../src/ports/job-queue.ts";
import { postReport } from "../../src/watch/report.ts";
import { schedulesOf } from "../../src/wiring/watch.ts";
import { CHANNEL, startDesk, type TestDesk } from "../support/desk.ts";
import { PATIENCE } from "../support/patience.ts";
import { container } from "./rig.ts";

const DAY_MS = 86_400_000;
const MIB = 2 ** 20;
const nothing = async (): Promise<JobOutcome> => ({ kind: "done" });

// Through the scheduler of the queue itself, which alone decides when a report is made.
let redis: RedisLab;
let test: TestDesk;
let workers: JobWorkers | undefined;

beforeAll(async () => {
  redis = await startRedis({ policy: "noeviction" });
});
beforeEach(async () => {
  test = await startDesk({ redisUrl: redis.url });
});
afterEach(async () => {
  await workers?.drain(2_000);
  workers = undefined;
  await test.stop();
  await redis.client.flushall();
});
afterAll(() => redis.stop());

/** The schedules as the configuration asks for them; all else of it is not looked at. */
function schedules(watch: { readonly weekly: boolean; readonly monthly: boolean }): readonly Schedule[] {
  const config = {
    watch: { enabled: true, everyMs: 300_000, ...watch },
    docker: { hosts: [{}] },
    kubernetes: { clusters: [] },
    jobs: { sweepMs: 60_000 },
  };
  return schedulesOf(config as unknown as Config).filter(({ job }) => job === "report");
}

function work(all: readonly Schedule[]): void {
  const handlers: JobHandlers = {
    receive: nothing,
    alert: nothing,
    investigate: nothing,
    act: nothing,
    deliver: nothing,
    escalate: nothing,
    watch: nothing,
    "watch-event": nothing,
    sweep: nothing,
    async report(payload) {
      await postReport({ desk: test.desk, channel: CHANNEL }, readPayload("report", payload).period, watchReport);
      return { kind: "done" };
    },
  };
  const { log, metrics } = test.desk;
  workers = startWorkers(test.connection, { handlers, log, metrics, jobs: ["report"], schedules: all });
}

const scheduled = async (id: string) => openQueue(test.connection.client, test.connection.settings.prefix, "report").getJobScheduler(id);

it("the week's report comes on Monday and the month's on its first day, at seven UTC; what is switched off is taken away", async () => {
  work(schedules({ weekly: true, monthly: true }));
  await vi.waitFor(async () => expect(await scheduled("monthly")).toBeDefined(), PATIENCE);
  await vi.waitFor(async () => expect(await scheduled("weekly")).toBeDefined(), PATIENCE);
  const [weekly, monthly] = [new Date((await scheduled("weekly"))?.next ?? 0), new Date((await scheduled("monthly"))?.next ?? 0)];
  expect(weekly.toISOString()).toMatch(/T07:00:00\.000Z$/);
  expect(weekly.getUTCDay()).toBe(1);
  expect(weekly.getTime() - Date.now()).toBeLessThanOrEqual(7 * DAY_MS);
  expect(monthly.toISOString()).toMatch(/-01T07:00:00\.000Z$/);
  await workers?.drain(2_000);

  work(schedules({ weekly: false, monthly: true }));
  await vi.waitFor(async () => expect(await scheduled("weekly")).toBeUndefined(), PATIENCE);
  expect((await scheduled("monthly"))?.next).toBe(monthly.getTime());
});

it("each is posted when its time comes, once, though the time comes again and again", async () => {
  const nowMs = test.desk.clock.nowMs();
  const target = container("web");
  const readings = Array.from({ length: 480 }, (_, index) => ({
    targetKey: targetKey(target),
    reading: { atMs: nowMs - 10 * DAY_MS + index * 1_800_000, usageBytes: 300 * MIB, limitBytes: 1024 * MIB },
  }));
  await test.desk.store.readings.add(readings);
  await test.desk.store.watched.put([{ target, seenAtMs: nowMs, pressure: NO_PRESSURE, marks: [] }]);
  // As they are, but that the time comes every second.
  work(schedules({ weekly: true, monthly: true }).map((one) => ({ ...one, when: { cron: "* * * * * *" } })));
  const queue = openQueue(test.connection.client, test.connection.settings.prefix, "report");
  await vi.waitFor(async () => {
    const [weekly, monthly] = [await scheduled("weekly"), await scheduled("monthly")];
    expect(Math.min(weekly?.iterationCount ?? 0, monthly?.iterationCount ?? 0)).toBeGreaterThan(3);
  }, PATIENCE);
  const posted = async () => (await test.desk.store.outbox.due(nowMs + DAY_MS, 100)).filter(({ slot }) => slot.startsWith("report/"));
  await vi.waitFor(async () => expect(await posted()).toHaveLength(2), PATIENCE);
  expect((await posted()).map(({ slot }) => slot).toSorted()).toEqual([
    expect.stringMatching(/^report\/month\//),
    expect.stringMatching(/^report\/week\//),
  ]);
  expect(await queue.getFailedCount()).toBe(0);
});
