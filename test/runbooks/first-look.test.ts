import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { fillUntilRefused, startRedis, type RedisLab } from "../../scripts/lab/redis.ts";
import { createKeyValueServers } from "../../src/adapters/redis/key-value-servers.ts";
import { randomIds } from "../../src/adapters/system/random-ids.ts";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { LogFields } from "../../src/ports/log.ts";
import { firstLook, type FirstLook, type FirstLookDeps } from "../../src/runbooks/first-look.ts";
import type { Step } from "../../src/runbooks/runbook.ts";
import { redisMemoryRunbook } from "../../src/runbooks/redis-memory/index.ts";
import type { RedisSession } from "../../src/runbooks/redis-memory/session.ts";
import { settingsFor } from "../adapters/redis/lab.ts";
import { PATIENCE } from "../support/patience.ts";

const WITHOUT_CONFIG = "watcher on >made-up ~* +@all -config";
const ALL = "looked once at every configured Redis";

let calm: RedisLab;
let full: RedisLab;
let started: FirstLook | undefined;

beforeAll(async () => {
  calm = await startRedis({ users: [WITHOUT_CONFIG] });
  full = await startRedis({ maxmemory: "4mb", policy: "noeviction" });
  await fillUntilRefused(full, { valueBytes: 1000 });
});
afterEach(() => started?.stop());
afterAll(() => Promise.all([calm?.stop(), full?.stop()]));

type Line = { readonly message: string; readonly fields: LogFields };

type Changes = Partial<FirstLookDeps<RedisSession>> & { readonly steps?: readonly Step<RedisSession>[] };

function start(at: Readonly<Record<string, { port: number; username?: string }>>, { steps, ...more }: Changes = {}) {
  const lines: Line[] = [];
  const note = (fields: LogFields, message: string): void => void lines.push({ message, fields });
  const log = { debug: note, info: note, warn: note, error: note };
  const connections = Object.entries(at).map(([name, { port, username }]) => ({
    ...settingsFor({ kind: "single", host: "127.0.0.1", port }, username === undefined ? {} : { username, password: "made-up" }),
    name,
  }));
  const servers = createKeyValueServers(connections, { log });
  const runbook = redisMemoryRunbook({ servers, clock: systemClock, censusBudgetMs: 50, growthIntervalMs: 20 });
  const look = firstLook({
    runbook: steps === undefined ? runbook : { ...runbook, steps },
    targets: connections.map(({ name }) => ({ kind: "redis", name })),
    clock: systemClock,
    ids: randomIds,
    log,
    beforeMs: 0,
    againMs: 3_600_000,
    ...more,
  });
  started = look;
  look.start();
  const told = (target: string): Line | undefined => lines.find(({ fields }) => fields["target"] === target);
  const toldAll = (): Promise<void> => vi.waitFor(() => expect(lines.map(({ message }) => message)).toContain(ALL), PATIENCE);
  return { look, lines, told, toldAll };
}

test("says of each connection whether it can be looked at, and why not, one after the other", async () => {
  const { look, lines, told, toldAll } = start({
    calm,
    away: { port: 1 },
    limited: { port: calm.port, username: "watcher" },
    unknown: { port: calm.port, username: "ghost" },
    full,
  });
  await toldAll();
  expect(told("redis/calm")).toMatchObject({ message: "a configured target can be looked at", fields: { verdict: "healthy" } });
  expect(told("redis/away")).toMatchObject({
    message: "a configured target cannot be looked at",
    fields: { because: expect.stringContaining("nothing listens there") as string },
  });
  expect(told("redis/limited")).toMatchObject({
    message: "a configured target can be looked at in part only",
    fields: { because: expect.stringContaining("ACL SETUSER watcher +config|get") as string },
  });
  expect(told("redis/full")).toMatchObject({
    message: "a configured target can be looked at, and is not healthy: investigate it",
    fields: { verdict: "full-under-noeviction" },
  });
  expect(lines.map(({ fields }) => fields["target"] ?? fields["targets"])).toEqual([
    "redis/calm",
    "redis/away",
    "redis/limited",
    "redis/unknown",
    "redis/full",
    5,
  ]);
  // Read by whoever reaches the port: no addresses, no users.
  expect(look.warnings()).toEqual([
    "redis/away cannot be looked at (unreachable)",
    "redis/limited can be looked at in part only (no-rights)",
    "redis/unknown cannot be looked at (wrong-credentials)",
  ]);
});

test("leaves the keys, and what is set, as they are", async () => {
  const before = await Promise.all([full.client.dbsize(), full.client.config("GET", "*"), full.client.info("persistence")]);
  const { toldAll } = start({ full });
  await toldAll();
  const after = await Promise.all([full.client.dbsize(), full.client.config("GET", "*"), full.client.info("persistence")]);
  const changes = (info: string): string | undefined => /rdb_changes_since_last_save:(\d+)/.exec(info)?.[1];
  expect([after[0], after[1], changes(after[2])]).toEqual([before[0], before[1], changes(before[2])]);
});

test("what could not be looked at is tried again, and only then, until it can be", async () => {
  const { look, lines, toldAll } = start({ calm, limited: { port: calm.port, username: "watcher" } }, { againMs: 10 });
  await toldAll();
  expect(look.warnings()).toHaveLength(1);
  await calm.client.call("ACL", "SETUSER", "watcher", "+config");
  await vi.waitFor(() => expect(look.warnings()).toEqual([]), PATIENCE);
  await calm.client.call("ACL", "SETUSER", "watcher", "-config");
  expect(lines.filter(({ fields }) => fields["target"] === "redis/calm")).toHaveLength(1);
  // However often it was tried, it is said once that it cannot be, and once that it can.
  expect(lines.filter(({ fields }) => fields["target"] === "redis/limited").map(({ message }) => message)).toEqual([
    "a configured target can be looked at in part only",
    "a configured target can be looked at",
  ]);
});

test("a wait and a look end when it is stopped, and nothing is said any more", async () => {
  const waiting = start({ calm }, { beforeMs: 3_600_000 });
  waiting.look.stop();
  let signal: AbortSignal | undefined;
  const endless: Step<RedisSession> = {
    id: "endless",
    title: "Endless",
    timeoutMs: 3_600_000,
    collect: (_session, given) => {
      signal = given;
      return new Promise(() => undefined);
    },
  };
  const looking = start({ calm }, { steps: [endless] });
  await vi.waitFor(() => expect(signal).toBeDefined(), PATIENCE);
  expect(await calm.client.client("LIST")).toContain("name=oomph");
  looking.look.stop();
  expect(signal?.aborted).toBe(true);
  await vi.waitFor(async () => expect(await calm.client.client("LIST")).not.toContain("name=oomph"), PATIENCE);
  expect([...waiting.lines, ...looking.lines]).toEqual([]);
});

test("nobody is looked at where nothing is configured", () => {
  const sleep = vi.fn<Clock["sleep"]>();
  start({}, { clock: { ...systemClock, sleep } });
  expect(sleep).not.toHaveBeenCalled();
});
