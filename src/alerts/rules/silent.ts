import type { AlertRule } from "../../domain/alert-rule.ts";
import { MEMORY, MEMORY_TROUBLE } from "./words.ts";

const NO = { memory: "no" } as const;

/** What speaks of memory and is not about memory running out. Asked before all others. */
export const SILENT: readonly AlertRule[] = [
  {
    id: "exporter-own",
    says: "The memory of an exporter, where no pod of it is named: it reports on others",
    when: [{ parts: [["*exporter*", "cadvisor"], MEMORY] }],
    unless: [{ labels: { pod: ["*exporter*"] } }],
    verdict: NO,
  },
  {
    id: "gpu",
    says: "The memory of a graphics card",
    when: [
      { parts: [["gpu", "gpus", "vram", "cuda", "dcgm", "nvidia", "framebuffer", "xid"]] },
      {
        phrases: [
          "gpu memory",
          "vram",
          "cuda out of memory",
          "cuda error",
          "cuda.outofmemory*",
          "framebuffer memory",
          "torch.outofmemory*",
          "hbm",
        ],
      },
      { metric: ["dcgm*", "nvidia*", "*gpu*"] },
    ],
    verdict: NO,
  },
  {
    id: "browser",
    says: "The memory of somebody's browser or own computer",
    when: [
      { labels: { browser: ["*"] } },
      { labels: { "browser.name": ["*"] } },
      { phrases: ["quotaexceedederror", "aw, snap"] },
      { source: ["text"], phrases: ["laptop", "macbook*", "my mac", "my pc", "my computer"] },
    ],
    verdict: NO,
  },
  {
    id: "memory-hardware",
    says: "Memory modules with errors",
    when: [
      { parts: [["edac", "ecc", "dimm", "mce"]] },
      {
        phrases: [
          "edac",
          "ecc error*",
          "ecc memory",
          "memory module*",
          "dimm*",
          "correctable memory error*",
          "uncorrectable memory error*",
          "memory scrubbing",
        ],
      },
    ],
    verdict: NO,
  },
  {
    id: "memory-promised",
    says: "Requests, quotas and limits of memory that are promised or missing, which nobody has used up",
    when: [
      {
        name: [
          "*MemoryOvercommit*",
          "*MemoryQuota*",
          "KubeQuota*",
          "*LimitsMissing*",
          "*MissingMemory*Limit*",
          "*MissingMemoryRequest*",
          "*NoMemoryLimit*",
          "*MemoryLimitNotSet*",
          "*MemoryLimitMissing*",
          "*WithoutMemoryLimit*",
          "*MemoryRequestHigh",
          "*MemoryRequestTooHigh",
          "FailedScheduling",
        ],
      },
      { labels: { reason: ["FailedScheduling"] } },
      { metric: ["*memory_reserved_capacity*"] },
      {
        phrases: [
          "overcommitted memory resource requests",
          "no memory limit set",
          "without memory limit*",
          "memory limit is not set",
          "nodes are available: *",
        ],
      },
    ],
    verdict: NO,
  },
  {
    id: "memory-unused",
    says: "More memory given than is needed",
    when: [
      {
        name: [
          "*Underutili*",
          "*UnderUsed*",
          "*LowMemoryUtili*",
          "*LowMemoryUsage*",
          "*MemoryUtili*Low",
          "*MemoryUsageLow",
          "*MemoryOverprovisioned*",
          "*Overprovisioned*Memory*",
          "*MemoryWast*",
        ],
      },
      {
        phrases: [
          "memory is underutili*",
          "under-utili*",
          "underutili*",
          "memory utilization is low",
          "memory usage is low",
          "low memory utilization",
          "low memory usage",
          "over-provisioned",
          "overprovisioned",
        ],
      },
    ],
    verdict: NO,
  },
  {
    id: "load",
    says: "How busy a machine is, whose list of processes names their memory as well",
    when: [
      {
        source: ["text"],
        sentence: { of: ["load average", "cpu load", "load avg"], near: ["alert", "alarm", "critical", "warning", "problem"] },
      },
    ],
    unless: [{ phrases: [...MEMORY_TROUBLE, "swap", "oom*"] }],
    verdict: NO,
  },
  {
    id: "memory-things",
    says: "Things that are called memory: cards, sticks, foam",
    when: [{ phrases: ["memory lane", "memory card*", "memory stick*", "memory foam"] }],
    unless: [{ phrases: ["oomkill*", "oom-kill*", "oom killed"] }],
    verdict: NO,
  },
  {
    id: "money",
    says: "What is to be paid, for memory or for what is called after it",
    when: [
      {
        phrases: ["aws budgets", "actual cost", "forecasted cost", "monthly cost*", "cost anomaly*", "your invoice", "your budget"],
      },
    ],
    unless: [{ phrases: ["oomkill*", "oom-kill*", "oom killed", "out of memory"] }],
    verdict: NO,
  },
  {
    id: "in-memory",
    says: "What is kept in memory, or named after it, and is not short of it",
    when: [
      {
        name: [
          "*InMemory*",
          "*Memcache*Down*",
          "*MemoryStore*Down*",
          "*MemoryDB*Down*",
          "*MemoryDB*Lag*",
          "*MemoryMapped*",
          "*MemoryBandwidth*",
          "*MemoryClock*",
          "*MemoryTemp*",
          "*MemoryLatency*",
          "*OomScore*",
        ],
      },
      {
        phrases: ["in memory of", "in-memory table*", "loving memory", "memory temperature", "memory bandwidth"],
      },
    ],
    unless: [{ phrases: ["out of memory", "oomkill*", "oom-kill*", "high memory", "memory usage", "oom command*", "memory limit"] }],
    verdict: NO,
  },
  {
    id: "short-of-other-things",
    says: "A node or a pod that is short of something else: disk, process ids",
    when: [
      {
        phrases: [
          "low on resource: ephemeral-storage",
          "low on resource: nodefs",
          "low on resource: imagefs",
          "low on resource: pids",
          "ephemeral local storage usage exceeds",
        ],
      },
      { labels: { condition: ["DiskPressure", "PIDPressure", "NetworkUnavailable", "Ready"] } },
      { name: ["*DiskPressure*", "*PIDPressure*"] },
    ],
    unless: [{ phrases: ["oomkilled", "out of memory", "memorypressure", "low on resource: memory"] }],
    verdict: NO,
  },
];
