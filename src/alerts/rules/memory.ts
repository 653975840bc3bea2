import type { AlertRule } from "../../domain/alert-rule.ts";
import { ALARM, DISK_ABROAD, IN_ONE_WORD, MEMORY, MEMORY_ABROAD, MEMORY_TROUBLE, TROUBLE, TROUBLE_ABROAD } from "./words.ts";

// All but plain words.
const SENDERS = [
  "alertmanager",
  "grafana",
  "wazuh",
  "cloudwatch",
  "datadog",
  "pagerduty",
  "sentry",
  "newrelic",
  "robusta",
  "botkube",
  "kube-eventer",
  "generic",
] as const;
const HIGH = { memory: "yes", class: "memory_high" } as const;

/** A container, pod or process uses much. */
export const USAGE: readonly AlertRule[] = [
  {
    id: "memory-metric",
    says: "Measures of the memory of containers, services and databases: container_memory_*, MemoryUtilization (ECS), pod_memory_utilization (Container Insights), FreeableMemory (RDS)",
    when: [
      {
        metric: [
          "container_memory*",
          "pod_memory*",
          "MemoryUtilization",
          "MemoryUtilized",
          "service_memory*",
          "task_memory*",
          "FreeableMemory",
          "memory_utilization*",
          "kubernetes.memory.*",
          "container.memory.*",
          "docker.mem.*",
          "ecs.fargate.mem*",
          "aws.ecs.*memory*",
          "aws.rds.freeable*",
          "*memory*usage*",
          "*memory*utili*",
          "*memory*percent*",
          "*working_set*",
          "max_memory_used*",
          "*memory*used*",
        ],
      },
    ],
    verdict: HIGH,
  },
  {
    id: "memory-name",
    says: "Alerts named after memory that is used or short: HighMemoryUsage, CriticalMemoryUsage, RdevAPIHighMemory, PodMemoryUsageHigh, ContainerMemoryUsage",
    when: [{ parts: [MEMORY, TROUBLE] }, { name: [...IN_ONE_WORD, "*WorkingSet*"] }],
    verdict: HIGH,
  },
  {
    id: "memory-title",
    says: "An alert that is called memory, and whose text says that it is short",
    when: [
      { parts: [["memory", "mem", "ram"]], phrases: MEMORY_TROUBLE },
      { parts: [["memory", "mem", "ram"]], sentence: { of: ["memory", "mem", "ram"], near: ["%", "percent"] } },
    ],
    verdict: HIGH,
  },
  {
    id: "alarm-title",
    says: "An alarm of CloudWatch's that is called memory, and does not say what it measures",
    when: [{ parts: [MEMORY], source: ["cloudwatch"], phrases: ["threshold crossed"] }],
    unless: [{ metric: ["*"] }],
    verdict: HIGH,
  },
];

/** The same in sentences: of a sender surely, of plain words only where they name somebody and sound like an alarm. */
export const USAGE_WORDS: readonly AlertRule[] = [
  {
    id: "container-words",
    says: "A container and its trouble with memory in a sentence, or in a name in one word",
    when: [
      {
        sentence: {
          of: ["container", "docker"],
          near: [
            "oomkilled",
            "memory usage",
            "memory limit",
            "high memory",
            "memory is high",
            "memory high",
            "of its memory",
            "of memory limit",
            "want of memory",
            "container oom",
          ],
        },
      },
      {
        parts: [
          ["*container*", "*docker*"],
          ["*memory*", "*oomkill*", "oom"],
        ],
      },
    ],
    unless: [{ parts: [["*exporter*"]] }],
    verdict: { ...HIGH, nobody: "unsure" },
  },
  {
    id: "memory-sentence",
    says: "Memory that is short, in a sender's own sentence",
    when: [
      {
        phrases: MEMORY_TROUBLE,
        source: SENDERS,
      },
    ],
    verdict: { ...HIGH, nobody: "unsure" },
  },
  {
    id: "memory-of",
    says: "The memory of somebody who is named, in a sender's own sentence: Memory of borealis is high",
    when: [
      {
        sentence: {
          of: ["memory of", "memory on", "ram of", "ram on"],
          near: ["high", "low", "full", "above", "over", "below", "exceed*", "%"],
        },
        source: SENDERS,
      },
    ],
    verdict: { ...HIGH, nobody: "unsure" },
  },
  {
    id: "memory-abroad",
    says: "Memory that is short, in another language: German, French, Spanish, Portuguese, Italian, Dutch, Polish, Czech, Russian, Ukrainian, Swedish, Danish, Finnish, Turkish, Japanese, Chinese, Korean",
    when: [
      { sentence: { of: MEMORY_ABROAD, near: TROUBLE_ABROAD } },
      // What is called so in English too, without a share.
      { sentence: { of: ["ram"], near: ["voll", "knapp", "belegt", "ausgelastet", "saturée", "agotada", "esgotada", "esaurita"] } },
    ],
    unless: [{ phrases: DISK_ABROAD }],
    verdict: { ...HIGH, nobody: "unsure" },
  },
  {
    id: "memory-line",
    says: "Plain words with a share or a size of memory that sound like an alarm",
    when: [
      {
        sentence: {
          of: ["memory", "mem", "ram", "rss", "heap"],
          near: ["%", "percent", "*mib", "*gib", "*mb", "*gb", "*mi", "*gi", "limit"],
        },
        phrases: ALARM,
      },
      { sentence: { of: ["freeablememory", "freeable memory"], near: ["below", "low", "less than", "under", "<"] } },
      {
        phrases: [
          // Heroku's R14: a dyno above its quota.
          "memory quota exceeded",
          "high memory usage",
          "memory usage is high",
          "memory pressure",
          "low memory",
          "high memory utilization",
          "lack of available memory",
          "lack of free memory",
          "insufficient memory",
          "insufficient free memory",
          "memory utilization is too high",
          "eating memory",
          "eats memory",
          "eating up memory",
          "hogging memory",
          "memory usage is too high",
        ],
      },
    ],
    verdict: { ...HIGH, nobody: "unsure" },
  },
  {
    id: "memory-share",
    says: "A share of somebody's memory that is in use, and nothing that sounds like an alarm",
    when: [{ sentence: { of: ["of its memory"], near: ["%", "percent"] } }],
    unless: [{ phrases: ["weekly*", "monthly*", "daily*", "report*", "average*"] }],
    verdict: { memory: "unsure", class: "memory_high", nobody: "no" },
  },
];
