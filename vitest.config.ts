import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./scripts/test/longest-first.ts";

// Most of the tests that take long wait for servers most of the time: five workers keep two cores busy, and
// more than eight make everything wait for everything.
const WORKERS = Math.min(8, Math.round(availableParallelism() * 2.5));
const LEAVES_NOTHING = "./test/support/leaves-nothing.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // The files that a worker runs share its process and what they have imported. Loading that anew for each takes more than
    // half of what they use of the processor. What belongs to the process is left as it was: LEAVES_NOTHING.
    isolate: false,
    setupFiles: [LEAVES_NOTHING],
    pool: "forks",
    maxWorkers: WORKERS,
    sequence: { sequencer: LongestFirst },
    // For machines that are many times slower than the one on which a test was written.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000, interval: 20 } },
    teardownTimeout: 60_000,
    passWithNoTests: false,
    // Continuous integration runs on shared machines: one more try, and `npm test` names what needed it.
    retry: process.env["CI"] === undefined ? 0 : 1,
    unstubEnvs: true,
  },
});
