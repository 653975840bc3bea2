import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./scripts/test/longest-first.ts";

// Most of the tests that take long wait for servers most of the time: twice as many workers as cores keep the cores busy, and
// more than eight make everything wait for everything.
const WORKERS = Math.min(8, availableParallelism() * 2);

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
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
