import { setImmediate as afterwards } from "node:timers/promises";

/** Lets so many pieces of work go on at once; the others wait for their turn, or for `signal`, with whose reason they reject. */
export type Slots = <Value>(work: () => Promise<Value>, signal?: AbortSignal) => Promise<Value>;

export function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];

  function turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(go), 1);
        reject(signal?.reason instanceof Error ? signal.reason : new Error("the wait was ended"));
      };
      waiting.push(go);
      signal?.addEventListener("abort", leave, { once: true });
    });
  }
  return async (work, signal) => {
    signal?.throwIfAborted();
    if (free > 0) free -= 1;
    else await turn(signal);
    try {
      return await work();
    } finally {
      await afterwards(); // by then the socket has been put back, and the next one need not open its own
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
