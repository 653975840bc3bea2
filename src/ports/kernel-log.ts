import type { KernelKill } from "../domain/kernel-oom/types.ts";

/** The log of the kernel under Oomph, which is that of the containers beside it. */
export type KernelLog = {
  /** Kills since then, in milliseconds since 1970, the oldest first. Never rejects: what stands in the way is said. */
  recentKills(sinceMs: number): Promise<RecentKills>;
};

export type RecentKills =
  | {
      readonly kind: "read";
      /** What was read: `/dev/kmsg`, `journalctl`, `dmesg`. */
      readonly source: string;
      readonly kills: readonly KernelKill[];
      /** The log goes back to this moment only, which is later than what was asked for: earlier kills are not known. */
      readonly onlySinceMs?: number;
    }
  | {
      readonly kind: "unavailable";
      /** Each way that was tried and why it failed. */
      readonly because: string;
    };
