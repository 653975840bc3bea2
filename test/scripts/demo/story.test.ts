import { expect, test } from "vitest";
import { countMilestones } from "../../../scripts/demo/story.ts";

test("milestones count from the beginning, and one that lies before it, or before the last one, is no milestone", () => {
  let nowMs = 1_000;
  const { milestones, reached } = countMilestones(1_000, () => nowMs);
  expect(() => reached("the thread", 400)).toThrow('Expected "the thread" after 0 ms or later, it came after -600 ms.');
  reached("the thread", 1_300);
  nowMs = 2_500;
  reached("the verdict");
  expect(() => reached("the kill", 1_200)).toThrow("after 1500 ms or later, it came after 200 ms");
  expect(milestones).toEqual([
    { what: "the thread", afterMs: 300 },
    { what: "the verdict", afterMs: 1_500 },
  ]);
});
