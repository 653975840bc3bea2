import { expect, test } from "vitest";
import { diagnoseContainerMemory } from "../../../src/runbooks/container-memory/diagnose-container-memory.ts";
import { events, evidenceOf, host, NOW_MS, state, stats, stopped, type Scene } from "./scenes.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

test("what is not known is not known of the time that was looked at", () => {
  const quiet = { host: host(), events: events(), stats: stats({ used: 100 * 2 ** 20 }) };
  expect(reasons({ ...quiet, state: state() })).toContain("no oom event in the last 24 h");
  expect(reasons({ ...quiet, state: state({ lookBackMs: 2 * HOUR_MS }) })).toContain("no oom event in the last 2 h");
  expect(reasons({ ...quiet, state: state({ lookBackMs: 7 * DAY_MS }) })).toContain(
    "no oom event in the last 7 d, as far as Docker remembers",
  );
});

test("an end of two days ago is looked into when somebody asks for three", () => {
  const finishedAtMs = NOW_MS - 2 * DAY_MS;
  const verdict = (more: Parameters<typeof stopped>[1]) =>
    diagnoseContainerMemory(evidenceOf({ host: host(), events: events(), state: stopped(137, { finishedAtMs, ...more }) }), []).finding
      .verdict;
  expect(verdict({})).not.toBe("plain-sigkill");
  expect(verdict({ lookBackMs: 3 * DAY_MS })).toBe("plain-sigkill");
});

function reasons(scene: Scene): readonly string[] {
  return diagnoseContainerMemory(evidenceOf(scene), []).finding.for.map(({ says }) => says);
}
