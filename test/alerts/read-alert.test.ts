import { describe, expect, it } from "vitest";
import { createJudge } from "../../src/alerts/judge.ts";
import { readAlert } from "../../src/alerts/read-alert.ts";

const judge = createJudge();
const read = (text: string) => readAlert({ text }, judge).alerts[0];

describe("posts about the memory of a Redis", () => {
  it.each([
    ["the server's refusal", "OOM command not allowed when used memory > 'maxmemory'."],
    [
      "inside a log line",
      "2025-10-24T10:00:00Z ERROR gateway: dedup failed: OOM command not allowed when used memory > 'maxmemory'. script: 5c8b, on @user_script:3.",
    ],
    ["redis-py, which drops the word OOM", "redis.exceptions.OutOfMemoryError: command not allowed when used memory > 'maxmemory'."],
    ["a script's refusal", "-OOM allow-oom flag is not set on the script, can not run it when used memory > 'maxmemory'"],
    ["Redis' own log", "1:M 12 May 2026 # Can't save in background: fork: Cannot allocate memory"],
    ["a name in one word", "[FIRING:1] RedisOutOfConfiguredMaxmemory (sessions critical)"],
    ["system memory", "[FIRING:1] RedisOutOfSystemMemory"],
    ["a custom name", "Firing: RedisMemoryHigh over 90% for 5 min"],
    ["OOM in a name", "RedisOOM on sessions"],
    ["a Valkey", "ValkeyMemoryUsageHigh"],
    ["a sentence", "Redis sessions.internal:6379: memory usage is at 97%"],
    ["a sentence, the other way round", "High memory usage on Redis sessions"],
    ["ElastiCache in its own capitals", "ElastiCacheEvictions"],
    ["the same in a title", "[FIRING:1] ElastiCacheMem (shop-001 critical)"],
    ["the same in an alarm's name", "ElastiCacheMemoryHigh"],
    ["CloudWatch", "ALARM: elasticache DatabaseMemoryUsagePercentage >= 90"],
  ])("knows %s", (_what, text) => {
    expect(read(text)).toMatchObject({ memory: "yes", class: "redis_memory", subject: { about: "redis" }, status: "firing" });
  });

  it.each([
    ["talk", "who is on call tonight? lunch at 12:30"],
    ["another trouble of a Redis", "[FIRING:1] RedisDown (10.0.0.5:6379 critical)"],
    ["too many connections", "RedisTooManyConnections on sessions"],
    ["the exporter's own memory", "[FIRING:1] RedisExporterMemoryHigh"],
    ["nothing", ""],
  ])("leaves %s alone", (_what, text) => {
    expect(read(text)).toMatchObject({ memory: "no", class: "other" });
  });

  it("takes the container of a Redis that was killed for a container", () => {
    const text = "KubePodCrashLooping: container redis in pod redis-0 was OOMKilled, out of memory";
    expect(read(text)).toMatchObject({ class: "oom_killed", subject: { about: "workload", pod: "redis-0", container: "redis" } });
  });

  it("tells resolved from firing; one that still fires wins", () => {
    const status = (text: string) => read(text)?.status;
    expect(status("[RESOLVED] RedisMemoryHigh (sessions)")).toBe("resolved");
    expect(status("*Status: resolved*\nRedisMemoryHigh")).toBe("resolved");
    expect(status("OK: RedisMemoryHigh sessions")).toBe("resolved");
    expect(status("[FIRING:1] RedisMemoryHigh\n[RESOLVED] RedisMemoryHigh")).toBe("firing");
    expect(status("RedisMemoryHigh: last resolved yesterday")).toBe("firing");
  });
});

describe("the name of a Redis", () => {
  const called = (text: string) => read(text)?.subject.called;

  it("is told from who wrote a log line, from a Redis' programs, and from the words around it", () => {
    expect(called("Redis `billing` evicts keys, used memory 99%")).toBe("billing");
    expect(called("OOM command not allowed when used memory > 'maxmemory'. on gateway-7")).toBeUndefined();
    expect(called("redis-server: used memory above maxmemory")).toBeUndefined();
    expect(called("redis-cli: OOM command not allowed when used memory > 'maxmemory'.")).toBeUndefined();
  });

  it("may stand in a webhook's label `name`", () => {
    const alert = (name: string) =>
      judge(
        { name: "RedisMemoryHigh", status: "firing", severity: null, labels: { alertname: "RedisMemoryHigh", name }, text: "" },
        "alertmanager",
      );
    expect(alert("billing").subject).toMatchObject({ about: "redis", names: ["billing"], called: "billing" });
    expect(alert("RedisMemoryHigh").subject).toEqual({ about: "redis", names: [], hosts: [] });
  });
});

it("keeps its words in a line, summary and description apart", () => {
  const text = "web-1 uses 95%\n\n  Container app is over 80 % of its limit.\n";
  const facts = { name: "MemoryHigh", status: "firing", severity: null, labels: {}, text } as const;
  expect(judge(facts, "alertmanager").words).toBe("web-1 uses 95% · Container app is over 80 % of its limit.");
});

describe("names in an alert", () => {
  const names = (text: string) => read(text)?.subject.names;

  it("come from labels, the likelier first, without the exporters", () => {
    expect(names('RedisMemoryHigh host=node-7 instance="10.0.0.5:6379" service=redis-exporter severity=critical')).toEqual([
      "10.0.0.5:6379",
      "node-7",
    ]);
    expect(names("RedisMemoryHigh\n*Instance:* `redis-sessions-0.redis.prod.svc:6379`")).toEqual(["redis-sessions-0.redis.prod.svc:6379"]);
  });

  it("come from the values in Alertmanager's default title", () => {
    expect(names("[FIRING:1] RedisOutOfConfiguredMaxmemory (sessions redis-exporter critical prod)")).toEqual(["sessions", "prod"]);
  });

  it("come from addresses, without a password", () => {
    expect(names("redis://:hunter2@cache-1.internal:6380 OOM command not allowed when used memory > 'maxmemory'")).toEqual([
      "cache-1.internal:6380",
    ]);
    expect(names("redis/sessions: OOM command not allowed when used memory")).toEqual(["sessions"]);
  });

  it("are none where none is named", () => {
    expect(names("OOM command not allowed when used memory > 'maxmemory'.")).toEqual([]);
  });

  it("say who sent it", () => {
    expect(read("[FIRING:1] RedisMemoryHigh")).toMatchObject({ source: "alertmanager" });
    expect(read("Grafana: RedisMemoryHigh")).toMatchObject({ source: "grafana" });
    expect(read("OOM command not allowed when used memory")).toMatchObject({ source: "text" });
  });
});

it("reads hostile text of 100 kB without losing its way", () => {
  for (const piece of [
    "<!channel>",
    "redis-",
    "instance=",
    "a.",
    "1.1.1.",
    "redis://a@",
    "[firing",
    "\u202e ",
    "redis memory usage ",
    "(((((",
  ]) {
    const reading = read(`OOM command not allowed when used memory > 'maxmemory' ${piece.repeat(100_000 / piece.length)}`);
    expect(reading?.memory).toBe("yes");
    expect(reading?.subject.names.length).toBeLessThanOrEqual(20);
  }
});
