import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    // Real servers share the machine with the tests: more workers than this make everything wait for everything.
    maxWorkers: 2,
    // For machines that are many times slower than the one on which a test was written.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000, interval: 20 } },
    teardownTimeout: 20_000,
    passWithNoTests: false,
    // Continuous integration runs on shared machines: one more try, and `npm test` names what needed it.
    retry: process.env["CI"] === undefined ? 0 : 1,
    unstubEnvs: true,
  },
});
