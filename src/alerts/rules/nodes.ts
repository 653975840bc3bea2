import type { AlertRule } from "../../domain/alert-rule.ts";
import { MEMORY, MEMORY_TROUBLE } from "./words.ts";

const NODE = { memory: "yes", class: "node_memory_high", about: "node" } as const;
const A_POD = [
  { labels: { pod: ["*"], container: ["*"] } },
  { parts: [["pod*", "container*", "docker", "jvm", "heap", "nodejs", "js", "process", "redis", "valkey", "elasticache"]] },
];

/** A machine has little memory left. */
export const NODES: readonly AlertRule[] = [
  {
    id: "swap-short",
    says: "A machine that swaps all the time, or whose swap is full or said to be critical: its memory is short",
    when: [
      {
        parts: [
          ["swap*", "*swap"],
          ["thrash*", "crit*", "exhaust*"],
        ],
      },
      { parts: [["swap*", "*swap"]], labels: { severity: ["crit*", "page", "disaster", "emergency", "fatal"] } },
    ],
    unless: [...A_POD, { name: ["*Swapp*Image*"] }],
    verdict: NODE,
  },
  {
    id: "swap-short-words",
    says: "The same in words: swap is full, swap 100% used",
    when: [
      {
        phrases: ["swap is full", "swap full", "swap exhausted", "swap is exhausted", "swap space exhausted", "swap thrash*", "swap 100%"],
      },
    ],
    unless: A_POD,
    verdict: { ...NODE, nobody: "no" },
  },
  {
    id: "swap",
    says: "A machine's swap fills: it may be short of memory, and swap may just be small",
    when: [
      { parts: [["swap*", "*swap"], ["*"]] },
      { sentence: { of: ["swap"], near: ["usage", "is filling*", "almost full", "used", "%", "warning"] } },
      { metric: ["*swap*"] },
    ],
    unless: [{ name: ["*Swapp*Image*"] }, { phrases: ["out of memory", "oomkilled"] }],
    verdict: { memory: "unsure", class: "node_memory_high", about: "node", nobody: "no" },
  },
  {
    id: "node-pressure",
    says: "A node of Kubernetes under memory pressure: NodeMemoryPressure, KubernetesMemoryPressure, condition MemoryPressure",
    when: [
      { name: ["*MemoryPressure*"] },
      { labels: { condition: ["MemoryPressure"] } },
      { phrases: ["memorypressure", "has memory pressure", "nodehasinsufficientmemory", "attempting to reclaim memory"] },
    ],
    unless: [
      { labels: { container: ["*"] } },
      { labels: { pod: ["*"] } },
      { parts: [["container*", "pod*", "cgroup*"]] },
      { phrases: ["nodehassufficientmemory"] },
    ],
    verdict: NODE,
  },
  {
    id: "node-name",
    says: "Alerts named after a machine and its memory: HostOutOfMemory, HostMemoryUnderMemoryPressure, NodeMemoryHigh, NodeMemoryMajorPagesFaults, InstanceMemoryLow",
    when: [
      {
        parts: [
          ["host", "node", "nodes", "instance", "server", "machine", "vm", "system", "os", "linux", "windows", "ec2", "worker"],
          MEMORY,
        ],
      },
    ],
    // `OSError` is thrown by a program.
    unless: [
      ...A_POD,
      ...["deployment", "statefulset", "daemonset"].map((owner) => ({ labels: { [owner]: ["*"] } })),
      { phrases: ["*outofmemoryexception*", "*outofmemoryerror*"] },
      { labels: { exception: ["*"] } },
    ],
    verdict: NODE,
  },
  {
    id: "node-check",
    says: "A monitor's check of a machine that is called no more than memory: Nagios, Icinga, Checkmk, VictorOps",
    when: [
      { source: ["generic"], name: ["Memory", "Mem", "RAM", "Physical Memory", "Memory Usage", "Memory Used"], labels: { host: ["*"] } },
    ],
    unless: A_POD,
    verdict: NODE,
  },
  {
    id: "node-metric",
    says: "Measures of a machine's memory: node_memory_*, mem_used_percent (CloudWatch's agent), system.mem.* (Datadog)",
    when: [
      {
        metric: [
          "node_memory_*",
          "mem_used*",
          "mem_available*",
          "mem_free*",
          "system.mem.*",
          "node_memory_utilization",
          "node_memory_working_set*",
          "Memory % Committed*",
          "Memory Available*",
          "windows_memory_*",
          "windows_os_physical_memory*",
          "memoryUsedPercent",
          "host.memory*",
          "system.ram*",
        ],
      },
      { metric: ["MemoryUtilization", "MemoryUsed", "MemoryAvailable"], labels: { InstanceId: ["*"] } },
      // New Relic's infrastructure agent, Netdata.
      { phrases: ["memory used % >", "memory % >", "memoryusedpercent", "system.ram"] },
    ],
    unless: [{ parts: [["container*", "pod*"]] }, { phrases: ["container memory", "pod memory", "of limit"] }],
    verdict: NODE,
  },
];

export const NODE_WORDS: AlertRule = {
  id: "node-words",
  says: "A machine and its memory in a sentence; memory that is available or free, which is a machine's",
  when: [
    {
      parts: [
        ["memory", "mem", "ram"],
        ["avail*", "free"],
      ],
    },
    { phrases: ["available memory", "memory available", "free memory"] },
    {
      sentence: {
        of: ["node", "host", "server", "machine", "vm", "system", "worker node", "ec2"],
        near: MEMORY_TROUBLE.filter(
          (phrase) =>
            phrase !== "memory limit" && phrase !== "of its memory" && phrase !== "of memory limit" && phrase !== "of the memory limit",
        ),
      },
    },
  ],
  unless: [
    ...A_POD,
    { labels: { pod: ["*"] } },
    { labels: { container: ["*"] } },
    {
      phrases: [
        "pod",
        "pods",
        "container*",
        "deployment",
        "node.js",
        "nodejs",
        "heap",
        "docker",
        "process",
        "database",
        "rds",
        "memory limit",
        "redis",
        "ecs",
      ],
    },
    // Programs that have nodes of their own.
    {
      parts: [
        [
          "rabbitmq*",
          "rabbit",
          "elasticsearch",
          "opensearch",
          "cassandra",
          "scylla*",
          "kafka",
          "mongo*",
          "couchbase",
          "clickhouse",
          "etcd",
          "consul",
        ],
      ],
    },
  ],
  verdict: { ...NODE, nobody: "unsure" },
};
