/** How one of several pieces of work ended. */
export type Ended<Item, Value> = { readonly item: Item } & ({ readonly value: Value } | { readonly error: unknown });

/** Runs `work` on each, at most `atOnce` at a time, and tells of each as it ends. Who stops listening starts no more. */
export async function* sideBySide<Item, Value>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Value>,
): AsyncGenerator<Ended<Item, Value>> {
  const running = new Map<number, Promise<readonly [number, Ended<Item, Value>]>>();
  const waiting = items.entries();
  function begin(): boolean {
    const next = waiting.next();
    if (next.done === true) return false;
    const [index, item] = next.value;
    running.set(
      index,
      work(item).then(
        (value) => [index, { item, value }],
        (error: unknown) => [index, { item, error }],
      ),
    );
    return true;
  }
  while (running.size < atOnce && begin());
  while (running.size > 0) {
    const [index, ended] = await Promise.race(running.values());
    running.delete(index);
    begin();
    yield ended;
  }
}
