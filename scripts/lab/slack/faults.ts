import type { Params } from "./http.ts";
import type { LabFault } from "./types.ts";

export type Faults = {
  /** Returns how to end the fault early. */
  add(fault: LabFault): () => void;
  /** The first fault that fits, counted as used. */
  take(call: { readonly method: string; readonly channel: string | undefined; readonly params: Params }): LabFault["does"] | undefined;
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
    take({ method, channel, params }) {
      const hasBlocks = Array.isArray(params["blocks"]) && params["blocks"].length > 0;
      const entry = waiting.find(
        ({ fault, left }) =>
          left > 0 && fits(fault.method, method) && fits(fault.channel, channel) && (fault.withBlocks === undefined || hasBlocks),
      );
      if (entry === undefined) return undefined;
      entry.left -= 1;
      return entry.fault.does;
    },
  };
}

function fits(wanted: string | undefined, actual: string | undefined): boolean {
  return wanted === undefined || wanted === actual;
}
