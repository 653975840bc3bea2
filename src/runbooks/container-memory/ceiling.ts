import { isRunning } from "./figures.ts";
import type { Part, Picture } from "./picture.ts";

const HIGHEST = 0.97;

// How much surer each part of the evidence can make. What was not seen is taken off, whatever the rest says.
const WORTH: readonly (readonly [Part, number])[] = [
  ["state", 0.12],
  ["stats", 0.08],
  ["events", 0.05],
  ["census", 0.05],
  ["kernel", 0.04],
  ["logs", 0.04],
  ["history", 0.03],
  ["host", 0.02],
  ["environment", 0.02],
  ["cgroup", 0.01],
];

// A container that is known not to run has none of these: nothing was missed.
const OF_RUNNING_ONES: ReadonlySet<Part> = new Set<Part>(["stats", "census", "cgroup"]);

/** The highest confidence that the evidence at hand can carry. */
export function ceilingOf(picture: Picture): number {
  const stopped = picture.state !== undefined && !isRunning(picture);
  const missing = WORTH.filter(([part]) => picture[part] === undefined && !(stopped && OF_RUNNING_ONES.has(part)));
  return Math.round((HIGHEST - missing.reduce((sum, [, worth]) => sum + worth, 0)) * 100) / 100;
}
