import { expect, it } from "vitest";
import { thresholdIn } from "../../src/alerts/threshold-in.ts";

const of = (text: string, labels: Readonly<Record<string, string>> = {}, metric = "") => thresholdIn({ text, labels, metric });
const MIB = 2 ** 20;

it.each([
  ["Memory of web-1 is above 90% of its limit", { amount: 0.9, unit: "share" }],
  ["uses more than 500 MB", { amount: 500 * MIB, unit: "bytes" }],
  ["Threshold Crossed: 1 datapoint [92.3 (11/06/26 14:22:00)] was greater than the threshold (80.0).", { amount: 80, unit: "plain" }],
  ["growth exceeds 10MiB/hour", { amount: 10 * MIB, unit: "bytes" }],
  ["10.5 collections/s > 10", { amount: 10, unit: "plain" }],
] as const)("%s", (text, threshold) => {
  expect(of(text)).toEqual(threshold);
});

it("a label goes first, then words, then what was compared; what says nothing is none", () => {
  expect(of("above 90%", { threshold: "95%" })).toEqual({ amount: 0.95, unit: "share" });
  expect(of("high", {}, "container_memory_usage_bytes > 500000000")).toEqual({ amount: 5e8, unit: "plain" });
  expect(of("high", {}, "deriv(container_memory_working_set_bytes[1h]) * 3600 > 1e+07")).toEqual({ amount: 1e7, unit: "plain" });
  expect(of("high", { threshold: "much" })).toBeUndefined();
  expect(of(`above ${"9".repeat(100_000)}`)).toBeUndefined();
});

it("of the same size told twice, what was compared is exact: words leave open which megabytes", () => {
  expect(of("uses more than 1 GB of memory", {}, "working_set_bytes > 1e+09")).toEqual({ amount: 1e9, unit: "bytes" });
  expect(of("uses more than 500 MB of memory", {}, "working_set_bytes / 1e6 > 500")).toEqual({ amount: 500 * MIB, unit: "bytes" });
});
