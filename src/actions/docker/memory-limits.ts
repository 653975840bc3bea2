import { formatBytes, typedBytes } from "../../domain/bytes.ts";
import type { MemoryLimits } from "../../ports/container-acts.ts";
import type { MemorySize } from "../params-schema.ts";
import type { ContainerSession } from "./container-session.ts";

export type NewLimit =
  | { readonly kind: "limit"; readonly from: MemoryLimits; readonly to: MemoryLimits; /** Memory is what it was. */ readonly same: boolean }
  | { readonly kind: "refused"; readonly because: string };

const MEBIBYTE = 2 ** 20;
// The least that Docker takes.
const LEAST_BYTES = 6 * MEBIBYTE;
const MUCH_OF_HOST = 0.9;

/** The limit that is meant, as two figures that Docker takes: memory, and memory and swap together. Pure. */
export function newLimit({ definition, hostFacts }: Pick<ContainerSession, "definition" | "hostFacts">, size: MemorySize): NewLimit {
  const { memory: from, memoryReservationBytes, name } = definition;
  const refused = (because: string): NewLimit => ({ kind: "refused", because });
  if (size.kind === "rise" && from.memoryBytes === 0)
    return refused(`${name} has no limit now, so +${size.percent}% of it is nothing: write the new one as a size, such as 4g.`);
  const memoryBytes = size.kind === "bytes" ? size.bytes : wholeMiB(from.memoryBytes * (1 + size.percent / 100), Math.ceil);
  if (memoryBytes === 0)
    return refused(
      `no limit at all cannot be set on a container that runs. The host's memory is as good: --limit ${typedBytes(asGoodAsNone(hostFacts.memoryBytes))}.`,
    );
  if (memoryBytes < LEAST_BYTES)
    return refused(`a limit of ${formatBytes(memoryBytes)} is less than Docker takes: expected 6 MiB or more, such as 512m.`);
  if (memoryBytes > hostFacts.memoryBytes) {
    return refused(
      `the host has ${formatBytes(hostFacts.memoryBytes)} for everything on it, and a limit of ${formatBytes(memoryBytes)} was asked for: above that it would be none.`,
    );
  }
  if (memoryReservationBytes > memoryBytes) {
    return refused(
      `${name} has ${formatBytes(memoryReservationBytes)} reserved (--memory-reservation), and a limit may not be below that: expected at least as much, got ${formatBytes(memoryBytes)}.`,
    );
  }
  return { kind: "limit", from, to: { memoryBytes, memorySwapBytes: swapWith(from, memoryBytes) }, same: memoryBytes === from.memoryBytes };
}

/** All of the host's memory, in whole MiB. */
export function asGoodAsNone(hostBytes: number): number {
  return wholeMiB(hostBytes, Math.floor);
}

function wholeMiB(bytes: number, round: (size: number) => number): number {
  return round(Math.round(bytes) / MEBIBYTE) * MEBIBYTE;
}

/** What the host says of it: a limit that it can hardly give. */
export function hostWarnings({ hostFacts }: Pick<ContainerSession, "hostFacts">, { memoryBytes }: MemoryLimits): readonly string[] {
  if (memoryBytes < hostFacts.memoryBytes * MUCH_OF_HOST) return [];
  return [
    `${formatBytes(memoryBytes)} is nearly all of the host's ${formatBytes(hostFacts.memoryBytes)}: the host runs out of memory before the container reaches its limit, and then anything on it may be killed.`,
  ];
}

/** `2.0 GiB`, `no limit`. */
export function memoryInWords({ memoryBytes }: MemoryLimits): string {
  return memoryBytes === 0 ? "no limit" : formatBytes(memoryBytes);
}

/** `2.0 GiB beside it`, `none`. */
export function swapInWords({ memoryBytes, memorySwapBytes }: MemoryLimits): string {
  if (memorySwapBytes === -1) return "unlimited";
  if (memorySwapBytes === 0) return memoryBytes === 0 ? "unlimited" : "as the daemon chooses";
  return memorySwapBytes <= memoryBytes ? "none" : formatBytes(memorySwapBytes - memoryBytes);
}

/**
 * Swap keeps its relation to memory: none stays none, unlimited stays unlimited, as much as memory (Docker's own choice)
 * stays as much, any other amount stays that amount.
 */
function swapWith({ memoryBytes, memorySwapBytes }: MemoryLimits, newBytes: number): number {
  if (memorySwapBytes === -1) return -1;
  if (memoryBytes === 0 || memorySwapBytes === 0 || memorySwapBytes === 2 * memoryBytes) return 2 * newBytes;
  return newBytes + (memorySwapBytes - memoryBytes);
}
