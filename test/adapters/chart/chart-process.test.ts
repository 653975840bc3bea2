import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ReceivedChart } from "../../../src/adapters/chart/schema.ts";

// The process as it is shipped.
const PROGRAM = fileURLToPath(new URL("../../../dist/chart-process.js", import.meta.url));
const CHART = { title: "docker/kong", subtitle: "It stays.", readings: [{ atMs: 0, usageBytes: 1 }], marks: [] };

function drawn(input: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM], { input, env: {} });
  return { status, kind: stdout.subarray(1, 4).toString("latin1"), complaint: stderr.toString() };
}

test("a chart on standard input becomes a PNG on standard output, without any environment", () => {
  expect(drawn(JSON.stringify(CHART))).toMatchObject({ status: 0, kind: "PNG" });
});

test.each([
  ["no chart", JSON.stringify({ ...CHART, readings: [] }), /expected a chart/],
  ["no JSON", "PNG please", /JSON/],
])("%s is complained about, and nothing is drawn", (_what, input, complaint) => {
  expect(drawn(input)).toEqual({ status: 1, kind: "", complaint: expect.stringMatching(complaint) });
});

test("what it is given is checked: numbers are numbers, marks are known ones", () => {
  expect(ReceivedChart.safeParse(CHART).success).toBe(true);
  expect(ReceivedChart.safeParse({ ...CHART, marks: [{ atMs: 0, kind: "party", label: "" }] }).success).toBe(false);
});
