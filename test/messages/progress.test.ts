import { expect, it } from "vitest";
import { INCIDENT, STEPS, TARGET } from "../../scripts/docs/example-facts.ts";
import { progressMessage } from "../../src/messages/progress.ts";
import { rootMessage } from "../../src/messages/root.ts";
import { seen } from "../support/seen.ts";

it("progress has a line per step, with how long it took and why it failed", () => {
  const lines = seen(progressMessage({ target: TARGET, steps: STEPS }));
  expect(lines).toHaveLength(STEPS.length + 1);
  expect(lines[1]).toBe("✅ Memory and policy (INFO) · done in 4 ms");
  expect(lines[2]).toMatch(/^❌ Settings \(CONFIG GET\) · failed after 2 ms: expected the right/);
  expect(lines.slice(-2)).toEqual(["⏳ Keys per database (sampled by SCAN) …", "▫️ Growth between two readings"]);
  expect(progressMessage({ target: TARGET, steps: STEPS }).text).toBe("Looking at: redis/sessions, 5 of 7 steps done");
});

it("progress says what was skipped, and why, and counts it", () => {
  const skipped = { step: "docker.health", title: "Health", state: { kind: "skipped", because: "no check is configured" } } as const;
  const lines = seen(progressMessage({ target: TARGET, steps: [...STEPS.slice(0, 1), skipped] }));
  expect(lines[0]).toBe("*Looked at: `redis/sessions`*");
  expect(lines.at(-1)).toBe("➖ Health · skipped: no check is configured");
});

it("progress says when all has been looked at", () => {
  expect(seen(progressMessage({ target: TARGET, steps: STEPS.slice(0, 2) }))[0]).toBe("*Looked at: `redis/sessions`*");
});

it("the root says what it is about, how it stands and who opened it", () => {
  const lines = seen(rootMessage({ incident: { ...INCIDENT, openedBy: { kind: "cli", login: "`root`" } }, says: "Redis is <full>" }));
  expect(lines.slice(0, 2)).toEqual(["🟠 *Redis memory: `redis/sessions`*", "Redis is &lt;full&gt;"]);
  expect(lines[2]).toBe("[Snooze 1 h]");
  expect(lines[3]).toMatch(/^Diagnosed · opened by `ˋrootˋ` on the command line <!date/);
  expect(rootMessage({ incident: INCIDENT }).text).toBe("Redis memory: redis/sessions, diagnosed.");
});
