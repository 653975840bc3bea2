import { describe, expect, test } from "vitest";
import { createJudge } from "../../src/alerts/judge.ts";
import { plainAlarm } from "../../src/alerts/plain-alarm.ts";
import { readAlert } from "../../src/alerts/read-alert.ts";

const judge = createJudge();
const read = (text: string) => readAlert({ text }, judge).alerts[0];

describe("an alarm in plain words", () => {
  test.each([
    ["ALERT: memory high on worker-7", "firing", null, "worker-7"],
    ["FIRING: memory high on worker-7", "firing", null, "worker-7"],
    ["*ALERT:* memory usage high on *worker-7*", "firing", null, "worker-7"],
    ["RESOLVED: memory high on worker-7", "resolved", null, "worker-7"],
    ["CRITICAL - memory 97% on worker-7", "firing", "critical", "worker-7"],
    ["P1: prod-db-1 memory at 98%", "firing", "critical", "prod-db-1"],
    ["[P1] prod-db-1 RAM 98% used", "firing", "critical", "prod-db-1"],
    ["prod-db-1 memory usage 98%", "firing", null, "prod-db-1"],
    ["ALERT: redis sessions-redis memory 97%", "firing", null, "sessions-redis"],
    ["PRTG: Sensor Memory (Available) on SRV-SQL-02 Down: 2 % is below the error limit of 5 %", "firing", null, "SRV-SQL-02"],
    ["PRTG: Sensor Memory (Available) on SRV-SQL-02 Up: 45 %", "resolved", null, "SRV-SQL-02"],
    ["Dynatrace: Problem P-2211 OPEN: Memory saturation on host app-12", "firing", null, "app-12"],
    ["Dynatrace: Problem P-2211 RESOLVED: Memory saturation on host app-12", "resolved", null, "app-12"],
    ["RDS checkout-prod FreeableMemory below 200MB", "firing", null, "checkout-prod"],
    ["heroku[worker.1]: Error R14 (Memory quota exceeded)", "firing", null, "worker.1"],
  ])("is heard: %s", (text, ...[status, severity, named]) => {
    const alert = read(text);
    expect(alert).toMatchObject({ memory: "yes", status, severity });
    expect([...(alert?.subject.names ?? []), ...(alert?.subject.hosts ?? [])]).toEqual([named]);
  });

  test("is called the same whatever is measured", () => {
    const names = ["ALERT: prod-db-1 memory at 98%", "P1: prod-db-1 memory: 91.5 %", "RESOLVED: prod-db-1 memory is down to 2 GB"];
    expect(new Set(names.map((text) => plainAlarm(text)?.name))).toEqual(new Set(["prod-db-1 memory"]));
  });

  test.each([
    "Heads up: memory high on worker-7",
    "yeah memory was high on worker-7 yesterday, fixed it",
    "Alert: we changed the memory limits on worker-7",
    "Warning: memory usage of worker-7 is high",
    "P1: is memory high on worker-7?",
    "prod-db-1 memory usage 98% lol",
    "memory 40%",
    "memory 98% lower than before",
    "my memory usage is at 100% today",
    "web-1 memory usage was 98% before the fix",
    "ALERT: memory-bound job finished on worker-7",
    "ALERT: CPU high on worker-7",
    "P1: in-memory-db-2 latency high",
    "Merged PR #88: fix memory leak in web",
    "Merged branch fix-memory-leak into main",
    "Memory cost report: ElastiCache up 12%",
  ])("is not what people say, and nothing about other things: %s", (text) => {
    expect(read(text)).toMatchObject({ memory: "no" });
  });
});

test.each(["memory 98%", "RAM is at 100%!", "Memory usage: 97.5 % :scream:"])("%s alone is one of nobody's", (text) => {
  expect(read(text)).toMatchObject({ memory: "yes", class: "memory_high", subject: { names: [], hosts: [] } });
});
