import { expect, test } from "vitest";
import { storm } from "../../scripts/bench/storm.ts";

// The benchmark's own story, small: what it measures on a quiet machine must hold on any, but for how long it takes.
test("200 alerts of 20 containers by webhooks and posts into two processes, one killed in the middle: all counted, nothing twice, no outcome lost", async () => {
  const figures = await storm({ alerts: 200, fingerprints: 20, seconds: 4, criticals: 2, outcomes: 1, idleSeconds: 1 });
  expect(figures).toMatchObject({ accounted: 200, incidents: 20, duplicatedThreads: 0, lostOutcomes: 0, storms: 1 });
});
