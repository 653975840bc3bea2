import { expect, it } from "vitest";
import { isUnderway, type Investigation } from "../../src/domain/investigation.ts";

it("is underway until it has ended", () => {
  const inState = (state: Investigation["state"]) =>
    isUnderway({
      id: "inv_1",
      incidentId: "inc_1",
      runbookId: "redis-memory",
      target: { kind: "redis", name: "shop" },
      state,
      startedAtMs: 0,
      failures: [],
    });
  expect((["queued", "running", "done", "failed"] as const).map(inState)).toEqual([true, true, false, false]);
});
