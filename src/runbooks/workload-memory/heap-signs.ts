import { formatBytes } from "../../domain/bytes.ts";
import { formatCount } from "../../domain/count.ts";
import type { Reason } from "../../domain/finding.ts";
import type { HeapHolder } from "../../ports/heap-look.ts";
import { oneLine } from "../words.ts";
import type { Focus } from "./focus.ts";
import { reason, type Picture } from "./picture.ts";
import type { Heap } from "./schema.ts";

export type HeapTaken = Heap & { readonly kind: "taken" };

// Of the heap: who holds less is not what fills it.
const MUCH_SHARE = 0.2;

/** The heap of the container in focus, or of another pod of the workload, which runs the same program. */
export function heapOf({ heap }: Picture, { container }: Focus): HeapTaken | undefined {
  const seen = heap?.value;
  return seen?.kind === "taken" && (container === undefined || seen.container === container.name) ? seen : undefined;
}

/** Those that hold much of the heap and whose name says what it is. */
export function heldBy(heap: HeapTaken | undefined, names: RegExp): readonly HeapHolder[] {
  if (heap === undefined) return [];
  const all = heap.totalBytes ?? heap.holders.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  return heap.holders.filter(({ name, bytes = 0 }) => all > 0 && bytes >= all * MUCH_SHARE && names.test(name));
}

export function grows({ grownBytes, grownCount = 0 }: HeapHolder): boolean {
  return (grownBytes ?? grownCount) > 0;
}

export function heapReasons(picture: Picture, heap: HeapTaken | undefined, holders: readonly HeapHolder[]): readonly Reason[] {
  if (heap === undefined) return [];
  return holders.slice(0, 2).map((holder) => reason(picture, "heap", `in the heap of ${heap.pod}, ${holderInWords(holder)}`));
}

/** `newOrder holds 5.0 MiB (+2.0 MiB)` */
export function holderInWords({ name, bytes, count = 0, grownBytes, grownCount = 0 }: HeapHolder): string {
  const held = bytes === undefined ? formatCount(count) : formatBytes(bytes);
  const grown = bytes === undefined ? signed(grownCount, formatCount) : signed(grownBytes ?? 0, formatBytes);
  return `${oneLine(name, 80)} holds ${held}${grown}`;
}

function signed(amount: number, inWords: (amount: number) => string): string {
  return amount === 0 ? "" : ` (${amount > 0 ? "+" : "-"}${inWords(Math.abs(amount))})`;
}
