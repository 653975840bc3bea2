import { expect, test } from "vitest";
import { createJudge } from "../../src/alerts/judge.ts";
import { readAlert } from "../../src/alerts/read-alert.ts";
import { saidIn, statusOf } from "../../src/alerts/said.ts";

test.each([
  [":large_green_circle: RESOLVED HighMemoryUsage astro/dust-map-0", "resolved"],
  [":white_circle: *resolved* - memory of web", "firing"],
  ["Monit alert: Resource limit succeeded Service porto-mail", "resolved"],
  ["#901: Memory of borealis high\nAlert closed by integration", "resolved"],
  [":red_circle: HighMemoryUsage, last resolved yesterday", "firing"],
])("%s: %s", (text, status) => {
  expect(statusOf(saidIn(text))).toBe(status);
});

test("Azure's severity stands in front of its alerts, and its word that they are over", () => {
  const read = (text: string) => readAlert({ text }, createJudge()).alerts[0];
  const rest = "Azure Monitor Alert Available memory low on vm-aveiro-1";
  expect(read(`Fired:Sev2 ${rest}`)).toMatchObject({ severity: "warning", status: "firing" });
  expect(read(`Resolved:Sev1 ${rest}`)).toMatchObject({ severity: "critical", status: "resolved" });
});

test("fields in small letters, several on a line", () => {
  const text = ":rotating_light: *FIRING* | cluster: `andromeda` | alert: `KubePodOOMKilled` | namespace: `astro` | pod: `dust-map-0`";
  expect(readAlert({ text }, createJudge()).alerts[0]?.subject).toMatchObject({
    cluster: "andromeda",
    namespace: "astro",
    pod: "dust-map-0",
  });
});

test("a share of its memory is offered where nothing sounds like an alarm, and reports are left alone", () => {
  const memoryOf = (text: string) => readAlert({ text }, createJudge()).alerts[0]?.memory;
  expect(memoryOf("heads up, dust-map-0 is at 97% of its memory")).toBe("unsure");
  expect(memoryOf("Weekly report: dust-map-0 uses 97% of its memory")).toBe("no");
});
