// `npm test`: set-up, then everything that can be checked without running (formatting, lint, types, boundaries, dead code),
// then the tests. All of it is carried out even when something fails; `--static` leaves out the tests; other arguments go
// to vitest. Ends with what failed, what was skipped and why, which real systems took part, and one line of counts.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { realSystems, systemProblems } from "./test/real-systems.mjs";

const root = resolve(import.meta.dirname, "..");
const args = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "oomph-test-"));
const ledgerFile = join(scratch, "systems.jsonl");
const summaryFile = join(scratch, "summary.json");

const CHECKS = [
  ["formatting (mend with: npm run format)", "node_modules/oxfmt/bin/oxfmt", "--check"],
  ["lint", "node_modules/oxlint/bin/oxlint"],
  ["types", "node_modules/typescript/bin/tsc", "-p", "."],
  ["boundaries", "scripts/test/boundaries.mjs"],
  ["dead code", "node_modules/knip/bin/knip.js", "--no-progress"],
];

// Of a first try that failed: whole, as what a channel said instead stands in it.
const MOST_SAID = 4_000;

const counts = { passed: 0, failed: 0, skipped: 0 };
try {
  if (node("set-up", ["scripts/setup.mjs"])) {
    for (const [name, ...command] of CHECKS) count(node(name, command));
    if (!args.includes("--static")) runTests();
  } else {
    counts.failed += 1;
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;

function runTests() {
  const ended = node("tests", [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--reporter=default",
    "--reporter=./scripts/test/summary-reporter.mjs",
    ...args,
  ]);
  const summary = readSummary();
  counts.passed += summary.passed;
  counts.failed += summary.failed.length;
  counts.skipped += summary.skipped.length;
  if (!ended && summary.failed.length === 0) counts.failed += 1; // vitest itself broke
  for (const { name, why } of summary.failed) console.log(`failed: ${name}: ${why}`);
  for (const { name, why } of summary.skipped) console.log(`skipped: ${name}: ${why}`);
  for (const { name, why } of summary.triedAgain)
    console.log(`passed only on a second try, which is a defect to mend: ${name}: ${why.slice(0, MOST_SAID)}`);

  const systems = realSystems(ledgerFile);
  console.log(`real systems: ${systems.map(({ says }) => says).join(", ")}`);
  for (const problem of systemProblems(systems, process.env["OOMPH_TEST_REQUIRE"])) {
    console.log(`required: ${problem}`);
    counts.failed += 1;
  }
}

function readSummary() {
  try {
    return JSON.parse(readFileSync(summaryFile, "utf8"));
  } catch {
    const failed = [{ name: "vitest", why: "it ended before it could write what it found" }];
    return { passed: 0, failed, skipped: [], triedAgain: [] };
  }
}

function count(passed) {
  counts[passed ? "passed" : "failed"] += 1;
}

/** Runs a program in Node, its words as they come. */
function node(name, command) {
  const startedAtMs = performance.now();
  const { status, signal } = spawnSync(process.execPath, command, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, OOMPH_TEST_LEDGER: ledgerFile, OOMPH_TEST_SUMMARY: summaryFile },
  });
  const tookSeconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${name} (${tookSeconds} s${signal === null ? "" : `, ended by ${signal}`})`);
  return status === 0;
}
