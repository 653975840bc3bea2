import { expect, test } from "vitest";
import { autoscalersOf, scaledByRequest } from "../../../src/actions/kubernetes/autoscaling.ts";

const MIB = 2 ** 20;
const AROUND = { budgets: [], quotas: [], limitRanges: [] };
const autoscaler = { name: "web", minReplicas: 2, maxReplicas: 6, currentReplicas: 3, metrics: ["memory"], memoryPercentOfRequest: 80 };
const scaled = (before: number, after: number, more: object = {}) =>
  scaledByRequest({ ...AROUND, autoscalers: [{ ...autoscaler, ...more }] }, { before: before * MIB, after: after * MIB }).join(" ");

test("another request moves an autoscaler that counts memory in percent of it, and it is said which way", () => {
  expect(scaled(256, 512)).toBe(
    "The autoscaler web keeps memory at 80% of what pods request: what is 80% now will be 40%, so that it takes pods away (between 2 and 6).",
  );
  expect(scaled(256, 128)).toMatch(/will be 160%, so that it makes more pods/);
  expect(scaled(256, 0)).toMatch(/it goes by memory no more/);
  expect(scaled(0, 256)).toMatch(/begins to go by memory/);
});

test("the same request, or an autoscaler that goes by something else or by bytes, is nothing to warn of", () => {
  expect(scaled(256, 256)).toBe("");
  const { memoryPercentOfRequest: _percent, ...byBytes } = autoscaler;
  expect(scaledByRequest({ ...AROUND, autoscalers: [byBytes] }, { before: MIB, after: 2 * MIB })).toEqual([]);
});

test("pods that begin anew are told of where memory is what counts", () => {
  const words = (metrics: readonly string[], anew: boolean) =>
    autoscalersOf({ ...AROUND, autoscalers: [{ ...autoscaler, metrics }] }, { anew }).join(" ");
  expect(words(["memory"], true)).toBe(
    "The autoscaler web keeps it between 2 and 6 replicas by memory: new pods use less at first, so that it may take some away",
  );
  expect(words(["cpu"], true)).toBe("The autoscaler web keeps it between 2 and 6 replicas by cpu");
  expect(words(["memory"], false)).not.toMatch(/new pods/);
});
