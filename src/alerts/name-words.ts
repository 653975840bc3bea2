/*
 * Words with which names are found in alerts, or told from other words. Compared in lower case.
 */

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
  "limit",
  "redis",
  "valkey",
  "memory",
  "used",
  "monitoring",
  "for",
  "is",
  "on",
  "in",
  "at",
  "of",
  "over",
  "above",
  "below",
  "than",
  "with",
  "the",
] as const;

/** Labels that may name a Redis, the likelier first. */
export const REDIS_LABELS = [
  "redis_name",
  "bdb_name", // Redis Enterprise's exporter
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

/** Labels that may name the container, the likelier first. */
export const CONTAINER_LABELS = [
  "container_name",
  "container_label_com_docker_compose_service",
  "com_docker_compose_service",
  "compose_service",
  "docker_container",
  "container_id",
  "container",
  "name",
  "id",
] as const;

/** Words that stand where a name could, and name nothing. */
export const NO_CONTAINERS = [
  "was",
  "is",
  "has",
  "oom",
  "oomkilled",
  "killed",
  "uses",
  "using",
  "usage",
  "used",
  "restarted",
  "name",
  "id",
  "limit",
  "exceeded",
  "exceeds",
  "with",
  "out",
  "of",
  "a",
  "an",
  "this",
  "that",
  "your",
  "docker",
  "container",
  "containers",
  "firing",
  "resolved",
  "critical",
  "warning",
  "info",
  "error",
  "none",
  "high",
  "memory",
  "for",
  "on",
  "in",
  "at",
  "the",
] as const;
