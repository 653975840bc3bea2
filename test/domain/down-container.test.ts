import { expect, test } from "vitest";
import { howItIsDown } from "../../src/domain/down-container.ts";

const target = { kind: "workload", connection: "local", resource: "deploy", namespace: "shop", name: "web" } as const;
const time = (atMs: number): string => new Date(atMs).toISOString();

test("a container that is down is said with its state, its last end and its limit, as far as they are known", () => {
  const lastEnd = { reason: "OOMKilled", exitCode: 137, atMs: 60_000 };
  expect(howItIsDown({ target, state: "CrashLoopBackOff", restarts: 1, limitBytes: 64 * 2 ** 20, lastEnd }, time)).toBe(
    "CrashLoopBackOff, last ended OOMKilled (exit code 137) at 1970-01-01T00:01:00.000Z, 1 restart, limit 64.0 MiB",
  );
  expect(howItIsDown({ target, state: "ImagePullBackOff", restarts: 0 }, time)).toBe("ImagePullBackOff, no limit");
  expect(howItIsDown({ target, state: "running", restarts: 2, lastEnd: { exitCode: 1 } }, time)).toBe(
    "runs again, not measured yet, last ended with exit code 1, 2 restarts, no limit",
  );
});
