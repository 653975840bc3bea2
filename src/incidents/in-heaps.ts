import { codeOf } from "../domain/errors.ts";

/** Undefined: nothing came of it. Rejects with what broke it. */
export type Heaped<Item, Result> = (item: Item) => Promise<Result | undefined>;

type Waiting<Item, Result> = { readonly item: Item; resolve(result: Result | undefined): void; reject(error: unknown): void };
type DoAll<Item, Result> = (items: readonly Item[]) => Promise<ReadonlyMap<Item, Result>>;

/**
 * Whatever comes in while a heap is being done makes the next heap, of at most so many: writers take turns in the store, and
 * a turn costs more than an item.
 */
export function inHeaps<Item, Result>(most: number, doAll: DoAll<Item, Result>): Heaped<Item, Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let isBusy = false;

  async function doWaiting(): Promise<void> {
    isBusy = true;
    while (waiting.length > 0) await doHeap(waiting.splice(0, most), doAll);
    isBusy = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!isBusy) void doWaiting();
    });
}

/** Never rejects. What one of them breaks the others must not suffer: each is tried by itself then. */
async function doHeap<Item, Result>(heap: readonly Waiting<Item, Result>[], doAll: DoAll<Item, Result>): Promise<void> {
  try {
    const results = await doAll(heap.map(({ item }) => item));
    for (const { item, resolve } of heap) resolve(results.get(item));
  } catch (error) {
    // A store that is away is so for each of them: their jobs wait for it.
    if (heap.length === 1 || codeOf(error) === "store-unavailable") for (const { reject } of heap) reject(error);
    else for (const one of heap) await doHeap([one], doAll);
  }
}
