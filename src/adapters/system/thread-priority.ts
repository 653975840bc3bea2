import { readdir } from "node:fs/promises";
import { getPriority, setPriority } from "node:os";

// A nice value of 5 more is about a third of the processor time, where there is not enough of it; where there is, no difference.
const GIVEN_WAY = 5;
const LOWEST = 19;

/** Ids of this process's threads; none where the system does not tell them (it is Linux that has priorities by thread). */
export async function threadsOfProcess(): Promise<readonly number[]> {
  const names = await readdir("/proc/self/task").catch(() => []);
  return names.map(Number);
}

/** Lets all other threads go before these, and before those that they start. It cannot be taken back without rights. */
export function giveWay(threads: readonly number[]): void {
  for (const thread of threads) {
    try {
      setPriority(thread, Math.min(getPriority(thread) + GIVEN_WAY, LOWEST));
    } catch {
      // It has ended, or the system does not allow it: then all are equal, as they were.
    }
  }
}
