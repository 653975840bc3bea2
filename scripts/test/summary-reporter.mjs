import { writeFileSync } from "node:fs";

/**
 * A vitest reporter that writes counts, what failed with the first line of its error, the reason of each skipped test, and
 * what passed only on a second try with why the first one failed, as JSON to the file in OOMPH_TEST_SUMMARY.
 */
export default class SummaryReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state) => tests.filter((test) => test.result().state === state);
    // A file that could not be loaded, or whose hook failed, has failed even when no test of it has.
    const brokenFiles = modules.filter((module) => module.state() === "failed" && !hasFailedTest(module));
    const summary = {
      passed: inState("passed").length,
      failed: [
        ...inState("failed").map((test) => ({ name: nameOf(test), why: firstLine(test.result().errors) })),
        ...brokenFiles.map((module) => ({ name: module.relativeModuleId, why: firstLine(module.errors()) })),
        ...unhandledErrors.map((error) => ({ name: "outside of any test", why: firstLine([error]) })),
      ],
      skipped: [...inState("skipped"), ...inState("pending")].map((test) => ({
        name: nameOf(test),
        why: test.result().note ?? "no reason given",
      })),
      triedAgain: tests
        .filter((test) => test.diagnostic()?.flaky === true)
        .map((test) => ({ name: nameOf(test), why: (test.result().errors ?? []).map(({ message }) => message).join("\n") })),
    };
    const file = process.env["OOMPH_TEST_SUMMARY"];
    if (file !== undefined) writeFileSync(file, JSON.stringify(summary));
  }
}

function nameOf(test) {
  return `${test.module.relativeModuleId} > ${test.fullName}`;
}

function firstLine(errors) {
  return String(errors?.[0]?.message ?? "no error was given").split("\n", 1)[0];
}

function hasFailedTest(module) {
  return [...module.children.allTests()].some((test) => test.result().state === "failed");
}
