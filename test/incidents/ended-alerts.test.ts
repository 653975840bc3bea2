import { expect, it } from "vitest";
import { identityOf } from "../../src/domain/alert-identity.ts";
import { isOverAlready } from "../../src/incidents/ended-alerts.ts";
import { fingerprintOf } from "../../src/incidents/opening.ts";

const ENDED_AT_MS = 1_000_000;
const AHEAD_MS = ENDED_AT_MS + 365 * 86_400_000;
const target = { kind: "redis", name: "sessions" } as const;
const alert = {
  source: "alertmanager",
  name: "RedisMemoryHigh",
  subject: { about: "redis", names: ["sessions"], hosts: [] },
  labels: {},
} as const;

// Of a sender whose clock is a year ahead.
it.each([
  ["the word that it fires, late", AHEAD_MS, true],
  ["one that began before the end", ENDED_AT_MS - 1, true],
  ["one that began after it by the right clock", ENDED_AT_MS + 1, false],
])("an alert that ended before it began holds back %s: %#", (_, startsAtMs, isOver) => {
  const ended = { fingerprint: fingerprintOf(target, "redis-memory"), alert: identityOf(alert), atMs: ENDED_AT_MS, startsAtMs: AHEAD_MS };
  const firing = { target, problem: "redis-memory", alert: { ...alert, startsAtMs }, heardAtMs: ENDED_AT_MS + 2 } as const;
  expect(isOverAlready(firing, [ended])).toBe(isOver);
});
