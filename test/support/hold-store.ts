import { openStore } from "../../src/adapters/sql/open-store.ts";
import type { StoreSettings } from "../../src/adapters/sql/settings.ts";

/** Locks a store's database from another connection, as another process would, until `release` is called. */
export async function holdStore(settings: StoreSettings): Promise<{ release(): Promise<void> }> {
  const store = await openStore(settings);
  const gate = deferred();
  const locked = deferred();
  const holding = store.transaction(async (tables) => {
    await tables.settings.set("freeze", { on: false, by: "test", atMs: 0 });
    locked.resolve();
    await gate.promise;
  });
  await locked.promise;
  return {
    async release() {
      gate.resolve();
      await holding;
      await store.close();
    },
  };
}

function deferred(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
