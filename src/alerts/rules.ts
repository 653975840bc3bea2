/*
 * What makes a post an alert about the memory of a Redis, as data. Everything is compared in lower case with single
 * spaces. Sources: src/oom.c and server.c of Redis, the clients' error texts, redis_exporter's and CloudWatch's names.
 */

/** Any of these, anywhere, is enough. */
export const PHRASES = [
  // The server's own refusal; clients put their exception's name in front and some drop the word OOM.
  "command not allowed when used memory",
  // Scripts and functions: "-OOM allow-oom flag is not set on the script, can not run it when used memory > 'maxmemory'"
  "allow-oom flag is not set on the",
  // Redis' own log.
  "out of memory allocating",
  "can't save in background: fork: cannot allocate memory",
  "redisoutofmemory",
  // CloudWatch, ElastiCache and MemoryDB.
  "databasememoryusagepercentage",
  "databasecapacityusagepercentage",
] as const;

/** A name in one word (`RedisMemoryHigh`, `redis_out_of_memory`) with one of each is enough. */
export const NAME_OF_SERVER = ["redis", "valkey", "elasticache"] as const;
export const NAME_OF_TROUBLE = ["memory", "evict"] as const;
/** Only as a part of its own: RedisTooManyConnections is about something else. */
export const PART_OF_TROUBLE = "oom";

/** The same in a sentence: the server, and within so many characters on the same line the trouble. */
export const SENTENCE_REACH = 80;
export const TROUBLE_IN_WORDS = [
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
  "refuses writes",
  "rejects writes",
] as const;

/** With one of these a sentence is about a container or pod that happens to run a Redis. */
export const ABOUT_CONTAINERS = [
  "oomkilled",
  "oom killed",
  "oom-killed",
  "container",
  "kubepod",
  "crashloop",
  "working set",
  "invoked oom-killer",
] as const;

/** A word with one of these names who reports, not who suffers. */
export const REPORTERS = ["exporter", "kube-state-metrics", "prometheus", "alertmanager", "grafana", "datadog", "cloudwatch"] as const;

/** Words in an alert's title that name nothing. */
export const NO_NAMES = [
  "firing",
  "resolved",
  "critical",
  "warning",
  "info",
  "error",
  "page",
  "none",
  "high",
  "low",
  "redis",
  "valkey",
  "memory",
  "monitoring",
  "for",
  "is",
  "on",
  "in",
  "at",
  "the",
] as const;

/** Labels that may name the target, the likelier first. */
export const LABELS = [
  "redis_name",
  "redis_instance",
  "redis_addr",
  "redis_host",
  "instance",
  "addr",
  "address",
  "hostname",
  "host",
  "server",
  "cacheclusterid",
  "replicationgroupid",
  "cluster",
  "statefulset",
  "service",
  "database",
  "redis",
] as const;

/** Who sends, by how their posts look; the first that fits. */
export const SENDERS = [
  { source: "grafana", looks: ["grafana"] },
  { source: "cloudwatch", looks: ["cloudwatch", "databasememoryusagepercentage", "databasecapacityusagepercentage"] },
  { source: "datadog", looks: ["datadog"] },
  { source: "alertmanager", looks: ["[firing", "[resolved", "alertname"] },
] as const;

/** What resolved posts say; `STILL_FIRING` wins. */
export const RESOLVED = [
  "[resolved",
  "status: resolved",
  "status=resolved",
  'status":"resolved',
  "state: ok",
  "alarm to ok",
  "-> ok",
  "→ ok",
] as const;
export const STILL_FIRING = ["[firing", "status: firing", "status=firing", 'status":"firing', "ok -> alarm", "ok → alarm"] as const;
/** How a resolved post may begin. */
export const RESOLVED_BEGINNINGS = ["ok:", "resolved:", "resolved ", "recovered:", "✅ resolved", "[recovered]", "[ok]"] as const;
