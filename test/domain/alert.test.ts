import { expect, test } from "vitest";
import { isWorse, SEVERITIES, type Severity } from "../../src/domain/alert.ts";

test("critical is worse than warning, warning than info, and any than none", () => {
  const order: readonly (Severity | null)[] = [...SEVERITIES, null];
  expect(order).toEqual(["critical", "warning", "info", null]);
  for (const [at, left] of order.entries())
    expect(order.map((right) => isWorse(left, right))).toEqual(order.map((_right, index) => at < index));
});
