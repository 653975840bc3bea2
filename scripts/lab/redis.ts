/** Real Redis servers for tests, the demo and the bench: alone, behind Sentinel, as a Cluster, and filled. */
export { fill, fillUntilRefused } from "./redis-fill.ts";
export { startRedis, type RedisLab, type RedisLabOptions } from "./redis-server.ts";
export { startCluster, startSentinel, type ClusterLab, type SentinelLab } from "./redis-topologies.ts";
