import { createPacer } from "../../src/adapters/bullmq/create-pacer.ts";
import { startWorkers, type Schedule } from "../../src/adapters/bullmq/start-workers.ts";
import { DELIVERY_TIMES } from "../../src/jobs/deliver.ts";
import { ESCALATION_TIMES, type EscalateDeps } from "../../src/jobs/escalation-deps.ts";
import { createHandlers } from "../../src/jobs/workers.ts";
import type { Chat } from "../../src/ports/chat.ts";
import type { JobWorkers } from "../../src/ports/job-queue.ts";
import type { TestDesk } from "./desk.ts";

/** Looks for what a crash left behind, every so often. */
export function sweeping(everyMs: number): Schedule {
  return { id: "sweep", job: "sweep", payload: {}, when: { everyMs } };
}

/** Starts the real workers on a desk, timed so that what a crash left behind is found within seconds. */
export function startWork(test: TestDesk, chat: Chat, outside: Pick<EscalateDeps, "codeHost" | "mailer"> = {}): JobWorkers {
  const { desk, connection, action } = test;
  const handlers = createHandlers({
    desk,
    chat,
    ...outside,
    pacer: createPacer(connection),
    times: DELIVERY_TIMES,
    escalationTimes: ESCALATION_TIMES,
    random: Math.random,
    runbookOf: () => undefined,
    progressEveryMs: 50,
    actProgressEveryMs: 50,
    actionOf: (id) => (id === action.id ? action : undefined),
    leaseTimes: { ttlMs: 3_000, renewEveryMs: 300 },
    patience: { attempts: 2, everyMs: 50 },
    investigationGraceMs: 1_000,
    receive: async () => undefined,
    onAlerts: async () => undefined,
    watch: { look: async () => undefined, onEvent: async () => undefined, report: async () => undefined },
  });
  return startWorkers(connection, {
    handlers,
    log: desk.log,
    metrics: desk.metrics,
    jobs: ["receive", "investigate", "act", "deliver", "escalate", "sweep"],
    schedules: [sweeping(500)],
  });
}
