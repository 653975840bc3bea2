import { expect, test } from "vitest";
import { systemClock } from "../../../src/adapters/system/system-clock.ts";

test("tells the time in milliseconds since 1970", () => {
  expect(Math.abs(systemClock.nowMs() - Date.now())).toBeLessThan(5000);
});

test("sleeps at least as long as asked", async () => {
  const startedAtMs = performance.now();
  await systemClock.sleep(20);
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(19);
});

test("is woken with the signal's reason", async () => {
  const controller = new AbortController();
  const reason = new Error("draining");
  const sleep = systemClock.sleep(60_000, controller.signal);
  controller.abort(reason);
  await expect(sleep).rejects.toBe(reason);
  await expect(systemClock.sleep(60_000, controller.signal)).rejects.toBe(reason);
});
