import { afterEach, beforeEach, expect, it } from "vitest";
import type { Alert } from "../../src/domain/alert.ts";
import { hearAlert } from "../../src/incidents/hear-alert.ts";
import { CHANNEL, SHOP, startDesk, type TestDesk } from "../support/desk.ts";

let test: TestDesk;
beforeEach(async () => {
  test = await startDesk();
});
afterEach(() => test.stop());

async function heard(key: string, told: Partial<Pick<Alert, "labels" | "class" | "severity">>, name = SHOP.name) {
  const subject = { about: "redis", names: [], hosts: [] } as const;
  const opened = await hearAlert(test.desk, {
    target: { kind: "redis", name },
    problem: "redis-memory",
    channel: CHANNEL,
    actor: { kind: "alert", source: "alertmanager" },
    runbookId: "redis-memory",
    steps: [],
    heardAtMs: test.desk.clock.nowMs(),
    key,
    alert: { source: "alertmanager", class: "redis_memory", severity: null, labels: {}, subject, ...told },
  });
  return opened.kind === "heard-already" ? undefined : test.desk.store.incidents.get(opened.incident.id);
}

it("labels of what was heard stay with the incident, each value once", async () => {
  await heard("a", { labels: { team: "web", pod: "x".repeat(999) } });
  await heard("b", { labels: { team: "data" } });
  const incident = await heard("c", { labels: { team: "data" } });
  expect(incident?.labels).toMatchObject({ team: ["web", "data"], class: ["redis_memory"], source: ["alertmanager"] });
  expect(incident?.labels?.["pod"]).toEqual(["", "x".repeat(200)]);
});

it("a kill is critical where its sender does not weigh it, and what its sender calls it where it does", async () => {
  expect(await heard("a", { class: "oom_killed" }, "one")).toMatchObject({ severity: "critical" });
  expect(await heard("b", { class: "oom_killed", severity: "warning" }, "two")).toMatchObject({ severity: "warning" });
  expect(await heard("c", {}, "three")).not.toHaveProperty("severity");
});
