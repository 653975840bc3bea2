import { REDIS_REFUSAL_RULE, type AlertRule } from "../../domain/alert-rule.ts";
import { DISK_ABROAD, MEMORY, MEMORY_ABROAD, TROUBLE, TROUBLE_ABROAD } from "./words.ts";

/*
 * Sources: src/oom.c and server.c of Redis, the clients' error texts, redis_exporter's and CloudWatch's names.
 */
const REDIS = { memory: "yes", class: "redis_memory", about: "redis" } as const;
const A_REDIS = ["redis", "valkey", "elasticache", "redis-*", "redis/*"];
// With one of these it is about a container or pod that happens to run a Redis.
const OF_WHAT_RUNS_IT = [
  {
    phrases: [
      "oomkilled",
      "oom killed",
      "oom-killed",
      "container*",
      "kubepod*",
      "crashloop*",
      "working set",
      "invoked oom-killer",
      "pod",
      "disk*",
      "queue is full",
      "pool is full",
    ],
  },
  { parts: [["*exporter*"]] },
  { labels: { pod: ["*"] } },
];

export const REDIS_REFUSAL: AlertRule = {
  id: REDIS_REFUSAL_RULE,
  says: "What a full Redis says itself, to its clients or in its log",
  when: [
    {
      phrases: [
        // Clients put their exception's name in front and some drop the word OOM.
        "command not allowed when used memory",
        // "-OOM allow-oom flag is not set on the script, can not run it when used memory > 'maxmemory'"
        "allow-oom flag is not set on the",
        "out of memory allocating",
        "can't save in background: fork: cannot allocate memory",
        "*redisoutofmemory*",
      ],
    },
  ],
  verdict: REDIS,
};

/** What only the exporter of a Redis is scraped as, and where only a Redis listens. */
const LABELS_OF_A_REDIS = [
  ...["job", "service"].map((label) => ({ [label]: ["*redis*exporter*", "redis", "*valkey*exporter*", "valkey"] })),
  ...["instance", "addr", "address", "target"].map((label) => ({ [label]: ["redis://*", "rediss://*", "*:6379"] })),
];

/** Asked before what grows and leaks: how a Redis is called says whose memory it is. */
export const REDIS_GROWTH: readonly AlertRule[] = [
  {
    id: "redis-growth",
    says: "A Redis whose memory grows: RedisMemoryGrowth, RedisMemoryLeak",
    when: [
      {
        parts: [
          ["*redis*", "*valkey*", "*elasticache*"],
          ["*memory*", "mem"],
          ["grow*", "increas*", "trend*", "leak*"],
        ],
      },
    ],
    unless: [{ parts: [["*exporter*", "container*", "pod*", "kube*", "metric*"]] }],
    verdict: REDIS,
  },
  {
    id: "redis-labels",
    says: "Memory that grows or is short of what is scraped as a Redis, or listens where a Redis does: job redis-exporter, instance redis://...",
    when: LABELS_OF_A_REDIS.flatMap((labels) => [
      { labels, parts: [MEMORY, [...TROUBLE, "grow*", "increas*", "trend*", "leak*"]] },
      { labels, parts: [MEMORY], phrases: ["used_memory*", "maxmemory"] },
    ]),
    unless: [{ labels: { pod: ["*"] } }, { parts: [["*exporter*", "container*", "pod*", "kube*", "metric*", "host", "node", "system"]] }],
    verdict: REDIS,
  },
  {
    id: "redis-growth-words",
    says: "The same in a sentence: Redis sessions: memory is growing",
    when: [
      {
        sentence: {
          of: [...A_REDIS, "*-redis"],
          near: ["memory growth", "memory growing", "memory is growing", "memory has grown", "memory keeps growing"],
        },
      },
    ],
    unless: OF_WHAT_RUNS_IT,
    verdict: REDIS,
  },
];

export const REDIS_RULES: readonly AlertRule[] = [
  {
    id: "redis-metric",
    says: "CloudWatch's measures of ElastiCache and MemoryDB, and a Redis' own: used_memory",
    when: [
      {
        metric: [
          "DatabaseMemoryUsagePercentage",
          "DatabaseMemoryUsageCountedForEvictPercentage",
          "DatabaseCapacityUsagePercentage",
          "BytesUsedForCache",
          "redis_memory*",
          "redis_evicted*",
          "redis.mem.*",
          "redis.keys.evicted",
        ],
      },
      { metric: ["FreeableMemory", "SwapUsage", "Evictions"], labels: { CacheClusterId: ["*"] } },
      { metric: ["FreeableMemory", "Evictions"], labels: { ReplicationGroupId: ["*"] } },
      { sentence: { of: ["used_memory*"], near: ["maxmemory", "redis", "valkey"] } },
      { phrases: ["*databasememoryusagepercentage*", "*databasecapacityusagepercentage*", "*databasememoryusagecountedforevict*"] },
    ],
    verdict: REDIS,
  },
  {
    id: "redis-name",
    says: "Alerts named after a Redis and its memory: RedisOutOfConfiguredMaxmemory, RedisMemoryHigh, RedisEvictions, RedisOOM",
    when: [
      {
        parts: [
          ["*redis*", "*valkey*", "*elasticache*"],
          ["*memory*", "*evict*", "oom", "mem"],
        ],
      },
    ],
    unless: [{ parts: [["*exporter*"]] }, { parts: [["*kill*"]] }],
    verdict: REDIS,
  },
];

export const REDIS_WORDS: AlertRule = {
  id: "redis-words",
  says: "A Redis and its trouble with memory in a sentence",
  when: [
    {
      sentence: {
        of: A_REDIS,
        near: [
          "out of memory",
          "memory usage",
          "memory is full",
          "memory is high",
          "memory high",
          "high memory",
          "used memory",
          "maxmemory",
          "memory limit",
          "memory fragmentation",
          "is full",
          "nearly full",
          "almost full",
          "refuses writes",
          "rejects writes",
          "refusing writes",
          "rejecting writes",
          "accepts no writes",
          "accepts no more writes",
          "no longer accepts writes",
          "not accepting writes",
          "stopped accepting writes",
          "writes fail",
          "evicting keys",
          "evicted keys",
          "key evictions",
        ],
      },
    },
  ],
  unless: OF_WHAT_RUNS_IT,
  verdict: REDIS,
};

/** What a full Redis does in other languages: it refuses writes; and "Speicher", which of a Redis is no disk. */
const FULL_ABROAD = [
  "keine schreib*",
  "lehnt schreib*",
  "verweigert schreib*",
  "weist schreib*",
  "schreibzugriffe ab",
  "speicher voll",
  "speicher ist voll",
  "speicher fast voll",
  "speicher ist fast voll",
  "speicher knapp",
  "speicher erschöpft",
  "refuse les écritures",
  "rejette les écritures",
  "n'accepte plus d'écriture*",
  "n'accepte plus les écritures",
  "mémoire pleine",
  "rechaza escrituras",
  "rechaza las escrituras",
  "no acepta escrituras",
  "no acepta más escrituras",
  "memoria llena",
  "recusa escritas",
  "rejeita escritas",
  "não aceita escritas",
  "não aceita mais escritas",
  "memória cheia",
  "rifiuta le scritture",
  "rifiuta scritture",
  "non accetta scritture",
  "non accetta più scritture",
  "memoria piena",
  "weigert schrijf*",
  "geheugen vol",
  "odrzuca zapisy",
  "nie przyjmuje zapis*",
  "pamięć pełna",
  "отклоняет запис*",
  "не принимает запис*",
  "память заполнена",
  "*書き込みを拒否*",
  "*書き込み拒否*",
  "*拒绝写入*",
  "*쓰기를 거부*",
  "*쓰기 거부*",
  "*内存已满*",
];

export const REDIS_WORDS_ABROAD: AlertRule = {
  id: "redis-words-abroad",
  says: "The same in another language: Speicher voll auf redis-7, Redis nimmt keine Schreibzugriffe mehr an",
  when: [{ sentence: { of: A_REDIS, near: FULL_ABROAD } }, { sentence: { of: A_REDIS, near: MEMORY_ABROAD }, phrases: TROUBLE_ABROAD }],
  unless: [...OF_WHAT_RUNS_IT, { phrases: DISK_ABROAD }],
  verdict: REDIS,
};
