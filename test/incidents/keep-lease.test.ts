import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Lease } from "../../src/domain/action-request.ts";
import { keepLease, type KeptLease } from "../../src/incidents/keep-lease.ts";
import { startDesk, type TestDesk } from "../support/desk.ts";
import { holdStore } from "../support/hold-store.ts";
import { PATIENCE } from "../support/patience.ts";

describe("a kept lease", () => {
  let test: TestDesk;
  let lease: Lease;
  let kept: KeptLease;

  beforeEach(async () => {
    test = await startDesk();
    const nowMs = test.desk.clock.nowMs();
    const { id: incidentId } = await test.incident();
    lease = {
      targetKey: "redis/shop",
      owner: "run_a/proc_a",
      requestId: "req_a",
      incidentId,
      acquiredAtMs: nowMs,
      expiresAtMs: nowMs + 10_000,
    };
    await test.desk.store.leases.acquire(lease, nowMs);
    kept = keepLease(test.desk, lease, { ttlMs: 10_000, renewEveryMs: 20 });
  });
  afterEach(async () => {
    kept.stop();
    await test.stop();
  });

  it("is renewed for as long as it is kept", async () => {
    await vi.waitFor(
      async () => expect((await test.desk.store.leases.list())[0]?.expiresAtMs).toBeGreaterThan(lease.expiresAtMs + 100),
      PATIENCE,
    );
    expect(kept.isHeld()).toBe(true);
    expect(kept.signal.aborted).toBe(false);
  });

  it("tells the act to stop when an admin released it", async () => {
    await test.desk.store.leases.forceRelease("redis/shop");
    await vi.waitFor(() => expect(kept.signal.aborted).toBe(true), PATIENCE);
    expect(kept.isHeld()).toBe(false);
  });

  it("tells the act to stop when it runs out because the store is away", async () => {
    const held = await holdStore(test.storeSettings);
    test.moveOn(20_000);
    expect(kept.isHeld()).toBe(false);
    await vi.waitFor(() => expect(kept.signal.aborted).toBe(true), PATIENCE);
    await held.release();
  });
});
