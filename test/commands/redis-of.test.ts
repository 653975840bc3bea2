import { expect, it } from "vitest";
import { createJudge } from "../../src/alerts/judge.ts";
import { readAlert } from "../../src/alerts/read-alert.ts";
import { redisOf } from "../../src/commands/redis-of.ts";
import { formatTarget, type Target } from "../../src/domain/target.ts";

const SHOP: Target = { kind: "redis", name: "shop" };
const BILLING: Target = { kind: "redis", name: "billing" };
const judge = createJudge();

const meant = (text: string, targets: readonly Target[]) => {
  const [alert] = readAlert({ text }, judge).alerts;
  if (alert === undefined) throw new Error("expected an alert");
  const found = redisOf({ known: targets.map((target) => ({ target, aliases: [] })), missing: [] }, alert);
  return found.kind === "found" ? formatTarget(found.target) : found.kind;
};

it.each([
  ["a name of it", "[FIRING:1] RedisMemoryHigh (billing critical)", "redis/billing"],
  ["a word beside Redis", "Redis billing memory usage 97%", "redis/billing"],
  ["no guess", "[FIRING:1] RedisMemoryHigh (critical)", "several"],
])("of two a Redis is meant by %s", (_by, text, expected) => {
  expect(meant(text, [SHOP, BILLING])).toBe(expected);
});

it.each([
  ["is meant where nothing is named", "[FIRING:1] RedisMemoryHigh (critical)", "redis/shop"],
  ["is not meant where another is named", "[FIRING:1] RedisMemoryHigh (sessions critical)", "several"],
  ["is not meant where a pod is named", "[FIRING:1] RedisMemoryHigh\npod: cache-7c9f8d6b5c-x2x4b", "several"],
])("the only one %s", (_what, text, expected) => {
  expect(meant(text, [SHOP])).toBe(expected);
});

it("nothing else than a Redis is meant", () => {
  expect(meant("[FIRING:1] RedisMemoryHigh (shop critical)", [{ kind: "docker", connection: "local", name: "shop" }])).toBe("none");
});

const OOM = "OOM command not allowed when used memory > 'maxmemory'";
it.each([
  `Redis::CommandError: ${OOM}. (host: redis-billing.internal:6379)`,
  `Redis::CommandError: ${OOM}. (redis://:s3cret-made-up@billing:6379/0)`,
  `Redis::CommandError: ${OOM}. (host: billing)`,
  `ReplyError: ${OOM} { address: '10.0.0.9', port: 6379 }`,
  `redis.exceptions.ResponseError: ${OOM} on billing:6380`,
  `Error 111 connecting to billing:6379. Connection refused. Before it: ${OOM}`,
  `connect ECONNREFUSED 10.0.0.9:6379, then ${OOM}`,
  `dial tcp 10.0.0.9:6379: i/o timeout; ${OOM}`,
  `RedisCommandExecutionException: ${OOM} [/10.1.2.3:45678 -> billing/10.0.0.9:6379]`,
  `JedisDataException: ${OOM} HostAndPort{host='billing', port=6379}`,
  `redis-billing.internal:6379> SET a b\n(error) ${OOM}.`,
  `level=error msg="${OOM}" host=billing`,
  `Redis::CommandError ${OOM} (redis-billing.internal)`,
  `${OOM} on redis-billing.internal`,
  `${OOM} from billing-cache`,
  `RedisError on billing.x1.0001.euw1.cache.amazonaws.com: ${OOM}`,
  `Redis sessions: ${OOM}`,
  "CRITICAL - Redis billing: used memory 99% of maxmemory",
  "KRITISCH: Speicher voll auf redis-prod-3, Redis nimmt keine Schreibzugriffe mehr an",
  "KRITISCH: Redis cache-4: Speicher voll",
  "CRITICO: Redis cache-4 rechaza escrituras, memoria agotada",
  "Redis no longer accepts writes on cache-4",
])("the only one is not meant where the address is another's: %s", (text) => {
  expect(meant(text, [SHOP])).toBe("several");
});

it.each([
  `worker-3 sidekiq[123]: Redis::CommandError: ${OOM}.`,
  `127.0.0.1:6379> SET a b\n(error) ${OOM}.`,
  `Redis error: ${OOM}`,
  `${OOM} (redis-server.log)`,
  `${OOM} at /app/vendor/redis.rb:1234`,
  "KRITISCH: Redis-Speicherauslastung bei 97 %",
  "Redis: mémoire saturée, refuse les écritures",
  `ERROR host=web-7 ${OOM}\n    at Parser.returnError (/app/lib/parser.js:1193:14)`,
])("the only one is meant where who wrote the line is named, and no Redis: %s", (text) => {
  expect(meant(text, [SHOP])).toBe("redis/shop");
});

it("another port of the same address is another Redis", () => {
  const [alert] = readAlert({ text: `ReplyError: ${OOM} { address: '10.0.0.9', port: 6380 }` }, judge).alerts;
  if (alert === undefined) throw new Error("expected an alert");
  const known = [{ target: SHOP, aliases: ["10.0.0.9", "10.0.0.9:6379"] }];
  expect(redisOf({ known, missing: [] }, alert)).toMatchObject({ kind: "several", because: expect.stringContaining("10.0.0.9:6380") });
});
