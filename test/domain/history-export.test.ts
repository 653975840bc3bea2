import { expect, test } from "vitest";
import { exportKey, exportReading } from "../../src/domain/history-export.ts";

test("a reading in the shape of the first watch, in MiB", () => {
  const atMs = Date.UTC(2025, 9, 28, 13, 37);
  expect(exportReading({ atMs, usageBytes: 683_251_302, limitBytes: 4 * 2 ** 30, startedAtMs: atMs - 1000 })).toEqual({
    timestamp: "2025-10-28T13:37:00.000Z",
    mem_current_mb: 651.6,
    mem_limit_mb: 4096,
    mem_percent: 15.91,
    started_at: "2025-10-28T13:36:59.000Z",
  });
  expect(exportReading({ atMs, usageBytes: 2 ** 20 })).toEqual({ timestamp: "2025-10-28T13:37:00.000Z", mem_current_mb: 1 });
});

test("containers of the same name on two hosts have two keys", () => {
  const keys = ["local", "prod-eu"].map((connection) => exportKey({ kind: "docker", connection, name: "kong" }));
  expect(keys).toEqual(["kong", "prod-eu:kong"]);
});
