import { expect, test } from "vitest";
import { fittingRunbook } from "../../src/domain/fitting-runbook.ts";

const RUNBOOKS = [
  { id: "metrics", targetKind: "workload", classes: ["metrics_missing", "metrics_auth"] },
  { id: "pods", targetKind: "workload" },
  { id: "redis", targetKind: "redis" },
] as const;

test("an alert's class has its own runbook where there is one; all else gets that of its kind", () => {
  expect(fittingRunbook(RUNBOOKS, "workload", "metrics_auth")?.id).toBe("metrics");
  expect(fittingRunbook(RUNBOOKS, "workload", "memory_high")?.id).toBe("pods");
  expect(fittingRunbook(RUNBOOKS, "workload")?.id).toBe("pods");
  expect(fittingRunbook(RUNBOOKS, "redis", "metrics_auth")?.id).toBe("redis");
  expect(fittingRunbook(RUNBOOKS, "node", "metrics_auth")).toBeUndefined();
});
