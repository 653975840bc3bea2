import { expect, it } from "vitest";
import { createJudge } from "../../src/alerts/judge.ts";
import { readAlert } from "../../src/alerts/read-alert.ts";
import { fitsAny, patternsOf } from "../../src/alerts/patterns.ts";

const judge = createJudge();

// What a post of each sender begins with, and what can be repeated in it.
const BEGINNINGS = [
  "[FIRING:1] HighMemoryUsage (",
  "**Firing**\n[FIRING:1] X\n",
  "Triggered: [",
  "WAZUH Alert\n",
  "*Kind:* pod\n",
  "CloudWatch Alarm | x | eu-west-1 |",
  "New Relic\n",
  "PagerDuty\n#1 ",
  "Sentry\n",
  "",
];
const PIECES = [
  "*Alert:* x\n",
  "Labels:\n - a = b\n",
  "labels={a=b, ",
  "a.b:",
  "pod/",
  "namespace ",
  "container restarted memory ",
  "oomkilled",
  "- ",
  "`*_",
  "2026-06-11T14:22:20",
  '="',
  "redis-",
  "<!channel>",
  "\u202e\u200b",
  "((((",
  "a-1/b-2/",
  "on a-",
  "heroku[a.1 ",
  "a-1 keeps getting ",
  "redis a is a ",
];

it.each(PIECES.map((piece, index) => [piece, BEGINNINGS[index % BEGINNINGS.length] ?? ""]))(
  "reads 100 kB of %j behind %j, and comes to an end",
  (piece, beginning) => {
    const { alerts } = readAlert({ text: `${beginning}${piece.repeat(100_000 / piece.length)}` }, judge);
    expect(alerts.length).toBeLessThanOrEqual(200);
    for (const { subject } of alerts) expect(subject.names.length + subject.hosts.length).toBeLessThanOrEqual(23);
  },
);

it.each([
  ["high*", "highmemory", true],
  ["*memory*", "highmemoryusage", true],
  ["a*b*c", "a__b__c", true],
  ["a*b*c", "a__c__b", false],
  ["ab*ba", "aba", false],
  ["*", "", true],
  ["memory", "memorys", false],
])("pattern %s and %s", (pattern, text, fits) => {
  expect(fitsAny(text, patternsOf([pattern]))).toBe(fits);
});

it("a pattern of many stars takes no longer than its text is long", () => {
  expect(fitsAny("a".repeat(100_000), patternsOf([`${"a*".repeat(100)}b`]))).toBe(false);
});
