/** Does `work` for each, so many at a time: how each went, in the order of `items`. Never rejects. */
export async function someAtOnce<Item, Value>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Value>,
): Promise<readonly PromiseSettledResult<Value>[]> {
  const results = new Map<number, PromiseSettledResult<Value>>();
  const waiting = items.entries(); // shared: each worker takes the next
  async function worker(): Promise<void> {
    for (const [at, item] of waiting) {
      const [result] = await Promise.allSettled([work(item)]);
      results.set(at, result);
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return items.flatMap((_item, at) => results.get(at) ?? []);
}
