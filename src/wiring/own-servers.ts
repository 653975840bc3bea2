import type { OwnServer } from "../adapters/system/own-place.ts";
import type { Config } from "../config/build.ts";

/** What Oomph keeps its queue and its records in, where that is a server. */
export function ownServers({ queue, store }: Config): readonly OwnServer[] {
  return [
    ...(queue === undefined ? [] : [{ what: "queue", url: queue.url } as const]),
    ...(store.kind === "postgres" ? [{ what: "store", url: store.url } as const] : []),
  ];
}
