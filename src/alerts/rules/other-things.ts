import type { AlertRule } from "../../domain/alert-rule.ts";
import { MEMORY } from "./words.ts";

const NO = { memory: "no" } as const;

/** Alerts about something else that mention memory, and what is no alert at all. */
export const OTHER_THINGS: readonly AlertRule[] = [
  {
    id: "no-data",
    says: "A rule that has nothing to look at, or could not be asked: DatasourceNoData, DatasourceError, [No Data], INSUFFICIENT_DATA",
    when: [
      { name: ["DatasourceNoData", "DatasourceError"] },
      { labels: { alertname: ["DatasourceNoData", "DatasourceError"] } },
      { labels: { state: ["no_data", "no data", "nodata", "insufficient_data"] } },
      { labels: { alert_transition: ["no data*"] } },
    ],
    verdict: NO,
  },
  {
    id: "other-metric",
    says: "Something else is measured: processor, disk, network, latency, errors",
    when: [
      {
        metric: [
          "trace.*",
          "system.cpu*",
          "system.disk*",
          "system.load*",
          "system.net*",
          "system.io*",
          "*latency*",
          "*_duration_*",
          "CPUUtilization",
        ],
      },
    ],
    unless: [{ metric: ["*mem*", "*rss*", "*working_set*", "*oom*", "*heap*", "*gc*"] }],
    verdict: NO,
  },
  {
    id: "other-name",
    says: "It is called after something else (CPU, disk, latency, certificate), whatever else it says",
    when: [
      {
        parts: [
          [
            "cpu",
            "disk",
            "inode*",
            "filesystem*",
            "latency",
            "certificate",
            "cert",
            "ssl",
            "tls",
            "iowait",
            "5xx",
            "4xx",
            "apdex",
            "lag",
            "backup",
            "login",
            "brute",
          ],
        ],
      },
    ],
    unless: [
      // Plain words have no name.
      { source: ["text"] },
      { parts: [[...MEMORY, "oom*", "*oom", "heap*", "swap*", "evict*", "restart*", "crash*", "leak*", "gc", "garbage"]] },
      { phrases: ["oomkilled", "oom-kill*", "oom killed", "out of memory", "outofmemory*", "high memory", "memory usage", "memory limit"] },
    ],
    verdict: NO,
  },
  {
    id: "work-on-memory",
    says: "Work on memory by people, and talk about it: pull requests, tickets, plans, reports",
    when: [
      {
        source: ["text"],
        phrases: [
          "any objections",
          "should we",
          "we should",
          "do we",
          "reminder:",
          "weekly report*",
          "monthly report*",
          "load test*",
          "limit raised to",
          "sprint goal*",
          "pr merged",
          "merged pr",
          "merged branch",
          "pr #",
          "mr !",
          "merge branch",
          "fix memory leak*",
          "fix a memory leak",
          "fix the memory leak",
          "fixes memory leak*",
          "fixes a memory leak",
          "cost report*",
          "pull request*",
          "merge request*",
          "was moved to",
          "moved this issue*",
          "status changed from",
          "commented on",
          "release notes",
          "changelog",
          "blog post*",
          "was merged",
          "postmortem",
          "post-mortem",
          "retrospective",
          "is fixed",
          "was fixed",
          "has been fixed",
          "is solved",
          "has been solved",
        ],
      },
      // A run of tests.
      { source: ["text"], sentence: { of: ["passed"], near: ["failed", "skipped", "tests"] } },
    ],
    unless: [{ phrases: ["[firing*", "[resolved*", "alertname", "fixed at"] }],
    verdict: NO,
  },
];
