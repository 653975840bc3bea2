import { describe, expect, test } from "vitest";
import { explain } from "../../src/cli/explain.ts";

const FULL_INFO = [
  "# Server",
  "redis_version:7.2.4",
  "uptime_in_seconds:3600",
  "",
  "# Clients",
  "connected_clients:14",
  "",
  "# Memory",
  "used_memory:268435456",
  "used_memory_human:256.00M",
  "used_memory_rss:281018368",
  "total_system_memory:16777216000",
  "maxmemory:268435456",
  "maxmemory_human:256.00M",
  "maxmemory_policy:noeviction",
  "mem_fragmentation_ratio:1.05",
  "mem_clients_normal:24000",
  "",
  "# Replication",
  "role:master",
  "connected_slaves:0",
  "",
  "# Errorstats",
  "errorstat_OOM:count=812",
  "",
  "# Keyspace",
  "db0:keys=50,expires=50,avg_ttl=1000",
  "db2:keys=48211,expires=11,avg_ttl=0,subexpiry=0",
].join("\r\n");

function read(text: string) {
  const { result } = explain(text);
  if (result.kind !== "redis_info") throw new Error(`expected a Redis, got: ${JSON.stringify(result)}`);
  return result;
}

describe("a pasted INFO", () => {
  test("of a full server", () => {
    const result = read(FULL_INFO);
    expect(result).toMatchObject({
      verdict: "full-under-noeviction",
      usedBytes: 268435456,
      maxmemoryBytes: 268435456,
      policy: "noeviction",
      keys: 48261,
      keysWithTtl: 61,
    });
    expect(result.confidence).toBeGreaterThan(0.8);
    expect(result.confidence).toBeLessThan(0.95);
    expect(result.for.join("\n")).toContain("812 commands refused with OOM");
    expect(result.against.join("\n")).toContain("no write was tried");
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  test.each([
    ["LF", FULL_INFO.replaceAll("\r\n", "\n")],
    [
      "a prompt and what follows",
      `$ kubectl exec -n shop redis-0 -- redis-cli INFO\r\nDefaulted container "redis"\r\n${FULL_INFO}\r\n127.0.0.1:6379> `,
    ],
    [
      "docker compose logs",
      FULL_INFO.split("\r\n")
        .map((line) => `redis-1  | ${line}`)
        .join("\n"),
    ],
    [
      "indentation and a quote mark",
      FULL_INFO.split("\r\n")
        .map((line) => `>   ${line}`)
        .join("\n"),
    ],
    [
      "a tool's table",
      FULL_INFO.split("\r\n")
        .map((line) => line.replace(/^(\w+):(.*)$/, (_all, name: string, value: string) => `  ${name.padEnd(36)} ${value}`))
        .join("\n"),
    ],
    [
      "a table of Markdown",
      FULL_INFO.split("\r\n")
        .map((line) => line.replace(/^(\w+):(.*)$/, "| `$1` | $2 |"))
        .join("\n"),
    ],
    ["one line with escapes", FULL_INFO.replaceAll("\r\n", String.raw`\r\n`)],
    [
      "JSON",
      JSON.stringify(
        Object.fromEntries(
          FULL_INFO.split("\r\n")
            .filter((line) => line.includes(":"))
            .map((line) => line.split(/:(.*)/).slice(0, 2)),
        ),
        null,
        2,
      ),
    ],
  ])("with %s reads the same", (_name, text) => {
    expect(read(text)).toEqual(read(FULL_INFO));
  });

  test("a figure that fell below zero is one that the server does not know", () => {
    const result = read("used_memory:18446744073709500000\nused_memory_human:16.00E\nmaxmemory:2147483648\nmaxmemory_policy:allkeys-lru\n");
    expect(result).toMatchObject({ verdict: "undetermined", usedBytes: null, maxmemoryBytes: 2 ** 31 });
  });

  test("of what is not told nothing is said", () => {
    const result = read("used_memory:105\nmaxmemory:100\nmaxmemory_policy:allkeys-lru\n");
    expect(result).toMatchObject({
      verdict: "evicting-under-pressure",
      against: expect.arrayContaining([expect.stringContaining("not told")]),
    });
    expect(result.for.join("\n")).not.toContain("evicted since");
  });

  test("and another pasted below it: the first counts, figures are not mixed", () => {
    expect(read(`${FULL_INFO}\r\n${FULL_INFO.replaceAll("268435456", "999")}`).usedBytes).toBe(268435456);
  });

  test.each([
    [
      "the figures of a human hand",
      "# used_memory_human: 256M\n# maxmemory_human: 256M   <- if these are equal, Redis is full\nmaxmemory_policy: noeviction",
      "full-under-noeviction",
    ],
    [
      "CONFIG GET beside it",
      `used_memory:268435456\n1) "maxmemory"\n2) "268435456"\n1) "maxmemory-policy"\n2) "volatile-lru"\ndb0:keys=9000,expires=0`,
      "full-without-ttl-under-volatile",
    ],
    [
      "Redis 3.2",
      "redis_version:3.2.12\nrole:master\nclient_longest_output_list:0\nused_memory:104857600\nused_memory_rss:110000000\nmaxmemory:104857600\nmaxmemory_policy:noeviction\nmem_fragmentation_ratio:1.05\ndb0:keys=100,expires=0,avg_ttl=0",
      "full-under-noeviction",
    ],
    [
      "Redis 5 with slow clients",
      "redis_version:5.0.7\nused_memory:104857600\nused_memory_overhead:90000000\nmaxmemory:104857600\nmaxmemory_policy:allkeys-lru\nmem_clients_normal:80000000\nconnected_clients:20\nevicted_keys:12345\ndb0:keys=100,expires=0,avg_ttl=0",
      "client-output-buffers",
    ],
    [
      "Valkey at ease",
      "redis_version:7.2.4\nserver_name:valkey\nvalkey_version:8.0.1\nrole:master\nused_memory:1048576\nmaxmemory:104857600\nmaxmemory_policy:noeviction",
      "healthy",
    ],
    [
      "an evicting cache",
      "used_memory:104857000\nmaxmemory:104857600\nmaxmemory_policy:allkeys-lfu\nevicted_keys:12345\nkeyspace_hits:100\nkeyspace_misses:1",
      "evicting-under-pressure",
    ],
    ["a server near its limit", "used_memory:98000000\nmaxmemory:104857600\nmaxmemory_policy:noeviction", "near-full"],
    [
      "a large backlog",
      "used_memory:104857600\nmaxmemory:104857600\nmaxmemory_policy:noeviction\nmem_replication_backlog:67108864\nrole:master",
      "replication-backlog",
    ],
    [
      "fragmentation",
      "used_memory:209715200\nused_memory_rss:734003200\nmaxmemory:1073741824\nmaxmemory_policy:allkeys-lru",
      "fragmentation",
    ],
    [
      "a high ratio on an empty server",
      "used_memory:1000000\nused_memory_rss:9000000\nmem_fragmentation_ratio:9.00\nmaxmemory:0\nmaxmemory_policy:noeviction\ntotal_system_memory:8000000000",
      "healthy",
    ],
    [
      "no limit and a host nearly full",
      "used_memory:7000000000\nused_memory_rss:7400000000\nmaxmemory:0\nmaxmemory_policy:noeviction\ntotal_system_memory:8000000000",
      "no-maxmemory-near-host-limit",
    ],
    ["a section without memory", "# Keyspace\ndb0:keys=10,expires=1,avg_ttl=4", "undetermined"],
  ])("%s", (_name, text, verdict) => {
    expect(read(text).verdict).toBe(verdict);
  });

  test("client buffers: nothing is advised that removes keys", () => {
    const text =
      "used_memory:104857600\nmaxmemory:104857600\nmaxmemory_policy:noeviction\nmem_clients_normal:80000000\nconnected_clients:20";
    expect(read(text).advice.join("\n")).not.toMatch(/flush|unlink|expire-keys/i);
  });
});

describe("the error text", () => {
  test.each([
    ["bare", "OOM command not allowed when used memory > 'maxmemory'."],
    ["Node", "ReplyError: OOM command not allowed when used memory > 'maxmemory'.\n    at parseError (parser.js:179:12)"],
    ["Python without OOM", "redis.exceptions.OutOfMemoryError: command not allowed when used memory > 'maxmemory'."],
    ["a script of Redis 7", "-OOM allow-oom flag is not set on the script, can not run it when used memory > 'maxmemory'"],
    [
      "a script of Redis 6",
      "ERR Error running script (call to f_1): @user_script:1: -OOM command not allowed when used memory > 'maxmemory'.",
    ],
    ["JSON", String.raw`{"level":"error","msg":"OOM command not allowed when used memory \u003e 'maxmemory'."}`],
    ["a web page", "<pre>OOM command not allowed when used memory &gt; &#39;maxmemory&#39;.</pre>"],
    ["chat", "OOM command not allowed when used memory &gt; ‘maxmemory’"],
    [
      "among other lines",
      `${"2025-10-24 13:00:01 GET /health 200\n".repeat(2000)}2025-10-24 13:03:00 ERROR dedup: OOM command not allowed when used memory > 'maxmemory'.\n503`,
    ],
  ])("%s", (_name, text) => {
    const result = read(text);
    expect(result).toMatchObject({
      verdict: "full-under-noeviction",
      usedBytes: null,
      maxmemoryBytes: null,
      policy: null,
      keys: null,
      keysWithTtl: null,
    });
    expect(result.confidence).toBeGreaterThan(0.5);
    expect(result.confidence).toBeLessThan(0.8);
    expect(result.against.join("\n")).toContain("policy is not known");
  });

  test("beside an INFO with room to spare the reading counts, and the error speaks against it", () => {
    const result = read(
      "OOM command not allowed when used memory > 'maxmemory'\nused_memory:1000000\nmaxmemory:104857600\nmaxmemory_policy:noeviction",
    );
    expect(result.verdict).toBe("healthy");
    expect(result.against.join("\n")).toContain("OOM command not allowed");
  });
});

test.each([
  ["nothing", "  \n"],
  ["another log", "java.lang.NullPointerException: cart"],
  ["YAML with a role", "role: master\nname: x"],
])("%s is not recognised, and what was expected is said", (_name, text) => {
  const explanation = explain(text);
  expect(explanation.result.kind).toBe("unknown");
  expect(explanation.text).toContain("redis-cli INFO");
});

test("for a terminal: what happened, how sure, why, what to do", () => {
  const text = explain(FULL_INFO).text;
  expect(text).toMatch(/^Redis is full and refuses writes/);
  expect(text).toContain("full-under-noeviction, confidence");
  expect(text).toContain("redis.set-eviction-policy --policy allkeys-lru");
  expect(text.indexOf("For:")).toBeLessThan(text.indexOf("Against:"));
});

test("for scripts: these keys and no others, so that a script may rely on them", () => {
  expect(Object.keys(read(FULL_INFO))).toEqual([
    "kind",
    "verdict",
    "confidence",
    "for",
    "against",
    "usedBytes",
    "maxmemoryBytes",
    "policy",
    "keys",
    "keysWithTtl",
    "advice",
  ]);
});
