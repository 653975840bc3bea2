/*
 * What makes a post an alert about the memory of a container, as data. Everything is compared in lower case with single
 * spaces. Sources: cAdvisor's labels, the Docker rules that circulate for Prometheus, Docker's own words.
 */

/** A name in one word (`ContainerMemoryHigh`, `docker_oom`) with one of each is enough. */
export const NAME_OF_CONTAINER = ["container", "docker"] as const;
export const NAME_OF_TROUBLE = ["memory", "oomkill"] as const;
/** Only as a part of its own. */
export const PART_OF_TROUBLE = "oom";

/** The same in a sentence: the container, and within so many characters on the same line the trouble. */
export const SENTENCE_REACH = 120;
export const TROUBLE_IN_WORDS = [
  "oomkilled",
  "oom killed",
  "oom-killed",
  "oom kill",
  "out of memory",
  "memory usage",
  "memory limit",
  "high memory",
  "memory is high",
  "memory high",
  "of its memory",
  "of memory limit",
  "want of memory",
  "container oom",
] as const;

/** With one of these it is about Kubernetes: a pod is not a container that Docker knows by this name. */
export const KUBERNETES = /\b(?:pods?|namespace|kube[\w-]*|k8s|statefulset|deployment|daemonset|replicaset|crashloop\w*)\b/;

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

/** Labels that name the machine. */
export const HOST_LABELS = ["hostname", "host", "node", "nodename", "server", "instance"] as const;

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
