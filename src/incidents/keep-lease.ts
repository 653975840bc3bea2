import type { Lease } from "../domain/action-request.ts";
import { messageOf, OomphError } from "../domain/errors.ts";
import type { Desk } from "./desk.ts";

export type LeaseTimes = {
  /** How long a target stays held after its holder was last heard of. */
  readonly ttlMs: number;
  /** How often the holder is heard of; a fraction of `ttlMs`. */
  readonly renewEveryMs: number;
};

/** A lease that is renewed in the background until it is stopped. */
export type KeptLease = Pick<Lease, "targetKey" | "owner"> & {
  /** Aborted when the lease is lost or Oomph is frozen: the act must stop. */
  readonly signal: AbortSignal;
  /** By this process's own clock: certainly held at this moment. */
  isHeld(): boolean;
  /** Ends the renewing; the lease itself stays until it is released or runs out. */
  stop(): void;
};

/** Keeps an acquired lease alive, for as long as the store confirms it. */
export function keepLease(desk: Pick<Desk, "store" | "clock" | "log">, lease: Lease, times: LeaseTimes): KeptLease {
  const lost = new AbortController();
  const stopped = new AbortController();
  let heldUntilMs = lease.expiresAtMs;

  async function renewOnce(): Promise<void> {
    const expiresAtMs = desk.clock.nowMs() + times.ttlMs;
    if (!(await desk.store.leases.renew(lease.targetKey, lease.owner, expiresAtMs))) {
      heldUntilMs = 0;
      return lost.abort(new OomphError("conflict", `the lease on ${lease.targetKey} was released or taken over`));
    }
    heldUntilMs = expiresAtMs;
    const freeze = await desk.store.settings.get("freeze");
    if (freeze?.on === true) lost.abort(new OomphError("conflict", `frozen by ${freeze.by} while ${lease.targetKey} was being worked on`));
  }

  async function renewUntilStopped(): Promise<void> {
    while (!stopped.signal.aborted && !lost.signal.aborted) {
      await desk.clock.sleep(times.renewEveryMs, stopped.signal);
      await renewOnce().catch((error: unknown) => {
        desk.log.warn({ targetKey: lease.targetKey, because: messageOf(error) }, "could not renew a lease");
      });
      if (desk.clock.nowMs() >= heldUntilMs) lost.abort(new OomphError("conflict", `the lease on ${lease.targetKey} ran out`));
    }
  }

  // The only way out of the sleep is being stopped, which is no failure.
  renewUntilStopped().catch(() => undefined);
  return {
    targetKey: lease.targetKey,
    owner: lease.owner,
    signal: lost.signal,
    isHeld: () => !lost.signal.aborted && desk.clock.nowMs() < heldUntilMs,
    stop: () => stopped.abort(),
  };
}
