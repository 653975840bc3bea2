import type { LabFault } from "./types.ts";

export type Faults = {
  /** Returns how to end the fault early. */
  add(fault: LabFault): () => void;
  /** The first fault that fits, counted as used. */
  take(method: string, channel: string | undefined): LabFault["does"] | undefined;
};

/** The faults that have been asked for; the oldest that fits a call is used first. */
export function createFaults(): Faults {
  const waiting: { readonly fault: LabFault; left: number }[] = [];

  return {
    add(fault) {
      const entry = { fault, left: fault.times ?? 1 };
      waiting.push(entry);
      return () => {
        entry.left = 0;
      };
    },
    take(method, channel) {
      const entry = waiting.find(({ fault, left }) => left > 0 && fits(fault.method, method) && fits(fault.channel, channel));
      if (entry === undefined) return undefined;
      entry.left -= 1;
      return entry.fault.does;
    },
  };
}

function fits(wanted: string | undefined, actual: string | undefined): boolean {
  return wanted === undefined || wanted === actual;
}
