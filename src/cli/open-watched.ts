import { existsSync } from "node:fs";
import { openStore } from "../adapters/sql/open-store.ts";
import type { Config } from "../config/build.ts";
import { OomphError } from "../domain/errors.ts";
import { nearest } from "../domain/nearest.ts";
import { formatTarget, type ContainerTarget } from "../domain/target.ts";
import type { Store } from "../ports/store.ts";
import { storeSettings } from "../wiring/store.ts";

/** The store that Oomph's process writes. Undefined: a file that is not there, since opening it would make an empty one. */
export async function openWatched({ store }: Config): Promise<Store | undefined> {
  if (store.kind === "sqlite" && !existsSync(store.path)) return undefined;
  return openStore(storeSettings(store));
}

/** The same, where nothing can be said without it. Throws OomphError `bad-input`. */
export async function requireWatched(config: Config): Promise<Store> {
  const store = await openWatched(config);
  if (store !== undefined) return store;
  const path = config.store.kind === "sqlite" ? config.store.path : "";
  throw new OomphError(
    "bad-input",
    `expected Oomph's database at ${path}, there is none. Run this where Oomph runs, or set OOMPH_SQLITE_PATH or DATABASE_URL.`,
  );
}

/** Every container that the watch remembers. */
export async function watchedContainers(store: Store): Promise<readonly ContainerTarget[]> {
  return (await store.watched.list(0)).flatMap(({ target }) => (target.kind === "docker" ? [target] : []));
}

/** The one that is meant: by `docker/kong`, `prod-eu:docker/kong` or `kong`. Throws OomphError `not-found` or `bad-input`. */
export function containerNamed(typed: string, containers: readonly ContainerTarget[]): ContainerTarget {
  const text = typed.trim();
  const exact = containers.find((one) => formatTarget(one) === text);
  if (exact !== undefined) return exact;
  const named = containers.filter(({ name }) => name === text);
  const [first, second] = named;
  if (first !== undefined && second === undefined) return first;
  if (first !== undefined)
    throw new OomphError("bad-input", `${JSON.stringify(text)} is on several hosts: ${named.map(formatTarget).join(", ")}`);
  const close = nearest(text, containers.map(formatTarget));
  const hint = close.length === 0 ? "It looks every few minutes, where it is on." : `Did you mean ${close.join(" or ")}?`;
  throw new OomphError("not-found", `the watch has not read a container named ${JSON.stringify(text.slice(0, 80))}. ${hint}`);
}
