import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Queue } from "bullmq";

import { startRedis, type RedisLab } from "../../scripts/lab/redis.ts";
import type { Action } from "../../src/actions/action.ts";
import { connectQueue, type QueueConnection } from "../../src/adapters/bullmq/connection.ts";
import { createJobQueue } from "../../src/adapters/bullmq/create-job-queue.ts";
import { createLog } from "../../src/adapters/log/create-log.ts";
import { createMetrics } from "../../src/adapters/metrics/create-metrics.ts";
import { openStore } from "../../src/adapters/sql/open-store.ts";
import type { StoreSettings } from "../../src/adapters/sql/settings.ts";
import { randomIds } from "../../src/adapters/system/random-ids.ts";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import type { AccessRules, PolicyRule } from "../../src/domain/access.ts";
import type { AuditKind } from "../../src/domain/audit.ts";
import type { Incident } from "../../src/domain/incident.ts";
import { targetsOf } from "./targets.ts";
import type { RedisTarget } from "../../src/domain/target.ts";
import type { Desk } from "../../src/incidents/desk.ts";
import { createPeople } from "../../src/incidents/people.ts";
import { requestAction, type ActionWish } from "../../src/incidents/request-action.ts";
import { createNarrator } from "../../src/jobs/narrate.ts";
import type { JobName } from "../../src/ports/job-queue.ts";
import type { News } from "../../src/ports/narrator.ts";
import { putEmptyDatabase } from "./empty-database.ts";
import { createLever, leverAction, type Lever, type LeverFaults } from "./lever.ts";
import { openOrJoin } from "./open-or-join.ts";

export const REQUESTER = "U0REQUESTER";
export const APPROVER = "U0APPROVER";
export const SECOND_APPROVER = "U0SECOND";
export const GROUP_APPROVER = "U0INGROUP";
export const APPROVER_GROUP = "S0APPROVERS";
export const ADMIN = "U0ADMIN";
export const STRANGER = "U0STRANGER";
export const CHANNEL = "C0ALERTS";
export const SHOP: RedisTarget = { kind: "redis", name: "shop" };

/** A desk as the application makes it, on a real store and a real queue, with time that can be moved on. */
export type TestDesk = {
  readonly desk: Desk;
  /** Throws where the desk was started on another's Redis. */
  redis(): RedisLab;
  readonly connection: QueueConnection;
  readonly lever: Lever;
  readonly faults: LeverFaults;
  readonly action: Action;
  /** In the order in which it was told. */
  readonly news: News[];
  /** Who is in the group now; an error: the chat does not say. */
  groups: { members: readonly string[] | Error };
  readonly storeSettings: StoreSettings;
  /** A desk on the same store and queue with other rules, as after a change of the configuration. */
  withRules(change: Partial<AccessRules>): Desk;
  moveOn(ms: number): void;
  jobs(name: JobName): Promise<readonly { readonly id: string; readonly payload: unknown }[]>;
  auditKinds(): Promise<readonly AuditKind[]>;
  incident(): Promise<Incident>;
  /** A pending request of the requester's for the lever. */
  request(wish?: Partial<ActionWish>): Promise<string>;
  stop(): Promise<void>;
};

export const POLICY: PolicyRule = {
  name: "levers",
  actions: ["test.*"],
  targets: ["redis/*"],
  requesters: "everyone",
  approvers: [APPROVER, SECOND_APPROVER, APPROVER_GROUP],
  approvalsNeeded: 1,
  breakGlass: false,
  expiresAfterMs: 15 * 60_000,
};

export function rulesWith(policy: Partial<PolicyRule> = {}): AccessRules {
  return { investigators: "everyone", requesters: "everyone", admins: [ADMIN], policies: [{ ...POLICY, ...policy }] };
}

export type DeskOptions = {
  readonly rules?: AccessRules;
  readonly store?: StoreSettings;
  /** A Redis that runs already; absent: one of its own. */
  readonly redisUrl?: string;
  /** Where a lever stands already. */
  readonly leverDirectory?: string;
};

/** How a worker in a test is timed: dead ones are noticed within a second or two. */
export const TEST_STALLED_AFTER_MS = 1_000;

export async function startDesk(options: DeskOptions = {}): Promise<TestDesk> {
  const directory = mkdtempSync(join(tmpdir(), "oomph-desk-"));
  const path = join(directory, "oomph.db");
  if (options.store === undefined) await putEmptyDatabase(path);
  const storeSettings = options.store ?? { kind: "sqlite", path, busyTimeoutMs: 2_000 };
  const [redis, store] = await Promise.all([options.redisUrl === undefined ? startRedis() : undefined, openStore(storeSettings)]);
  const url = options.redisUrl ?? redis?.url ?? "";
  const log = createLog({ level: "error", secrets: [], destination: { write: () => undefined } });
  const metrics = createMetrics();
  const connection = connectQueue({ url, prefix: "test", answerWithinMs: 2_000, stalledAfterMs: TEST_STALLED_AFTER_MS }, log);
  const queue = createJobQueue(connection, metrics);
  const lever = createLever(options.leverDirectory);
  const faults: LeverFaults = {};
  const action = leverAction(lever, faults);
  let aheadMs = 0;
  const clock = { nowMs: () => Date.now() + aheadMs, sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms, signal) };
  const news: News[] = [];
  const narrate = createNarrator({ ids: randomIds, clock, actions: [action] });
  const groups: TestDesk["groups"] = { members: [GROUP_APPROVER] };

  const deskWith = (rules: AccessRules): Desk => ({
    ...createPeople({ rules, clock, ttlMs: 0, groupMembers: async () => membersOf(groups.members) }),
    store,
    queue,
    clock,
    ids: randomIds,
    log,
    metrics,
    rules,
    targets: targetsOf([SHOP]),
    planner: {
      actions: [action],
      plan: (_actionId, target, params) => action.plan(target, params),
      lacks: async (_actionId, target) => action.lacks?.(target),
    },
    narrator: async (tables, piece) => {
      news.push(piece);
      await narrate(tables, piece);
    },
  });
  const rules = options.rules ?? rulesWith();
  const desk = deskWith(rules);
  const incident = async (): Promise<Incident> => (await openOrJoin(store.incidents, candidate(clock.nowMs()), 0)).incident;

  return {
    desk,
    redis() {
      if (redis === undefined) throw new Error("this desk has no Redis of its own");
      return redis;
    },
    connection,
    lever,
    faults,
    action,
    news,
    groups,
    storeSettings,
    withRules: (change) => deskWith({ ...rules, ...change }),
    moveOn(ms) {
      aheadMs += ms;
    },
    async jobs(name) {
      const bull = new Queue<{ payload: unknown }>(name, { connection: connection.client, prefix: "test" });
      const jobs = await bull.getJobs(["waiting", "prioritized", "delayed"]);
      return jobs.map((job) => ({ id: job.id ?? "", payload: job.data.payload }));
    },
    auditKinds: async () => (await store.audit.list({ limit: 200 })).map((entry) => entry.kind).toReversed(),
    incident,
    async request(wish = {}) {
      const { id } = await incident();
      await store.incidents.transition(id, ["open"], "investigating", clock.nowMs());
      await store.incidents.transition(id, ["investigating"], "diagnosed", clock.nowMs());
      const made = await requestAction(desk, {
        incidentId: id,
        actionId: action.id,
        target: SHOP,
        params: { to: "on" },
        userId: REQUESTER,
        ...wish,
      });
      if (made.kind === "refused") throw new Error(made.because);
      return made.request.id;
    },
    async stop() {
      await queue.close();
      connection.close();
      await Promise.all([store.close(), redis?.stop()]);
      lever.remove();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function membersOf(members: readonly string[] | Error): Promise<readonly string[]> {
  if (members instanceof Error) throw members;
  return members;
}

function candidate(nowMs: number): Incident {
  return {
    id: randomIds.nextShort("inc"),
    fingerprint: "redis/shop redis-memory",
    target: SHOP,
    problem: "redis-memory",
    state: "open",
    channel: CHANNEL,
    openedBy: { kind: "user", id: REQUESTER },
    openedAtMs: nowMs,
    lastSeenAtMs: nowMs,
    timesSeen: 1,
  };
}
