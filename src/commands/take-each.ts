import { codeOf } from "../domain/errors.ts";

/**
 * One after the other. One that cannot be taken keeps back none of those behind it, and is thrown in the end; a store that is away is
 * so for all.
 */
export async function takeEach<Item>(items: Iterable<Item>, take: (item: Item) => Promise<void>): Promise<void> {
  let failed: { readonly error: unknown } | undefined;
  for (const item of items) {
    try {
      await take(item);
    } catch (error) {
      if (codeOf(error) === "store-unavailable") throw error;
      failed = { error };
    }
  }
  if (failed !== undefined) throw failed.error;
}
