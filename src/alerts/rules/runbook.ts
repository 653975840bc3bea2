import type { AlertRule } from "../../domain/alert-rule.ts";

/** The seven types of the memory-leak runbook, as they are usually spelt; growth and leaks before mere usage. */
export const RUNBOOK: readonly AlertRule[] = [
  {
    id: "metrics-auth",
    says: "MetricsAuthenticationFailure: metrics cannot be scraped for want of the right credentials",
    when: [
      { name: ["*Metrics*Auth*Fail*", "*Metrics*Auth*Err*", "*Metrics*Unauthori*", "*Scrape*Unauthori*", "*Scrape*Auth*Fail*"] },
      {
        sentence: {
          of: ["metrics", "scrape", "scraping"],
          near: ["authentication failure*", "authentication failed", "401 unauthorized", "status 401", "invalid credentials"],
        },
      },
    ],
    verdict: { memory: "yes", class: "metrics_auth" },
  },
  {
    id: "metrics-missing",
    says: "MemoryMetricsMissing: no metrics of its memory for some minutes",
    when: [
      { name: ["*Mem*Metric*Missing*", "*Mem*Metric*Absent*", "*Missing*Mem*Metric*", "*No*Memory*Metric*", "*Absent*Memory*Metric*"] },
      {
        phrases: [
          "memory metrics missing",
          "memory metrics are missing",
          "no memory metrics",
          "memory metrics have been missing",
          "memory metrics absent",
        ],
      },
    ],
    verdict: { memory: "yes", class: "metrics_missing" },
  },
  {
    id: "object-growth",
    says: "HighPythonObjectGrowth: more new objects an hour than allowed",
    when: [
      {
        name: ["*Object*Growth*", "*Object*Growing*", "*ObjectLeak*", "*ObjectCountHigh*", "*HighObjectCount*", "*NewPythonObjects*"],
      },
      { phrases: ["object growth", "python object growth"] },
      { sentence: { of: ["python object", "python objects"], near: ["an hour", "per hour"] } },
    ],
    unless: [{ phrases: ["s3 object*", "bucket*", "api objects", "etcd"] }],
    verdict: { memory: "yes", class: "object_growth" },
  },
  {
    id: "gc-pressure",
    says: "ExcessiveGarbageCollection: more collections a second, or longer ones, than allowed",
    when: [
      { name: ["*Garbage*Collect*", "*GarbageCollector*"] },
      {
        parts: [
          ["gc"],
          [
            "excessive",
            "high",
            "pressure",
            "overhead",
            "frequen*",
            "long",
            "time",
            "rate",
            "pause*",
            "slow",
            "too",
            "collections",
            "duration",
            "thrash*",
          ],
        ],
      },
      { phrases: ["excessive garbage collection", "gc overhead limit exceeded", "garbage collection pressure", "gc pressure"] },
    ],
    unless: [
      { phrases: ["image garbage collection", "imagegc*", "container gc", "outofmemoryerror", "registry garbage*", "etcd"] },
      { name: ["*Image*", "*Registry*", "*Etcd*"] },
    ],
    verdict: { memory: "yes", class: "gc_pressure" },
  },
  {
    id: "memory-leak",
    says: "MemoryLeakEventsDetected: more growth events an hour than allowed, or a leak that somebody suspects",
    when: [
      { name: ["*Mem*Leak*", "*Leak*Memory*", "*HeapLeak*", "*MemoryGrowthEvent*"] },
      { phrases: ["memory leak events", "memory growth events"] },
    ],
    verdict: { memory: "yes", class: "memory_leak" },
  },
  {
    id: "memory-growth",
    says: "HighMemoryGrowthRate, CriticalMemoryGrowthRate: more MB an hour than allowed",
    when: [
      {
        name: [
          "*Mem*Growth*",
          "*Mem*Growing*",
          "*Growing*Memory*",
          "*Mem*Increas*",
          "*Mem*Trend*",
          "*Rss*Growth*",
          "*Heap*Growth*",
          "*Heap*Growing*",
        ],
      },
      {
        phrases: [
          "memory growth rate",
          "memory growing",
          "memory is growing",
          "memory has grown",
          "memory keeps growing",
          "memory growth of",
          "memory usage is growing",
          "memory increasing",
        ],
      },
    ],
    verdict: { memory: "yes", class: "memory_growth" },
  },
  {
    id: "memory-usage",
    says: "HighMemoryUsage, CriticalMemoryUsage, RdevAPIHighMemory: more memory than a threshold, or than a share of the limit",
    when: [{ name: ["HighMemoryUsage", "HighMemoryUsage*Warning", "HighMemoryUsage*Critical", "CriticalMemoryUsage", "*APIHighMemory"] }],
    verdict: { memory: "yes", class: "memory_high" },
  },
];

/** The same in words, asked after the names of all others: many alerts mention a possible leak. */
export const LEAK_WORDS: AlertRule = {
  id: "leak-words",
  says: "A leak of memory in words",
  when: [{ phrases: ["memory leak*", "leaking memory", "leaks memory", "leak of memory"] }],
  verdict: { memory: "yes", class: "memory_leak", nobody: "unsure" },
};
