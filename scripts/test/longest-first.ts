import { statSync } from "node:fs";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// Whole stories with real processes, then single parts of them. A file that takes a minute and is begun last makes all wait.
const LONG = [
  "test/e2e/",
  "test/actions/docker/",
  "test/contract/",
  "test/jobs/",
  "test/runbooks/container-memory/",
  "test/adapters/docker/",
];

/** The order in which test files begin, the same on every machine: those that take long, then all others, the largest first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((left, right) => rankOf(left) - rankOf(right) || sizeOf(right) - sizeOf(left));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONG.findIndex((folder) => moduleId.includes(`/${folder}`));
  return rank < 0 ? LONG.length : rank;
}

function sizeOf({ moduleId }: TestSpecification): number {
  return statSync(moduleId).size;
}
