import { existsSync } from "node:fs";
import { openStore } from "../adapters/sql/open-store.ts";
import type { Config } from "../config/build.ts";
import { OomphError } from "../domain/errors.ts";
import { nearest } from "../domain/nearest.ts";
import { formatTarget, type ContainerTarget, type WorkloadTarget } from "../domain/target.ts";
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

/** A container of a Docker host, or of a pod. */
export type WatchedContainer = ContainerTarget | WorkloadTarget;

/** Every container that the watch has read. */
export async function watchedContainers(store: Store): Promise<readonly WatchedContainer[]> {
  const all = (await store.watched.list(0)).filter(({ newest }) => newest !== undefined);
  return all.flatMap(({ target }) => (target.kind === "docker" || target.kind === "workload" ? [target] : []));
}

/**
 * Those that are meant: by `docker/kong`, `prod-eu:docker/kong` or `kong`, by `deploy/shop/web` or a pod of it. Throws
 * OomphError `not-found`, or `bad-input` for a name that is on several hosts.
 */
export function containersNamed(typed: string, containers: readonly WatchedContainer[]): readonly WatchedContainer[] {
  const text = typed.trim();
  const written = containers.filter((one) => formatTarget(one) === text || formatTarget(one).startsWith(`${text}/`));
  if (written.length > 0) return written;
  const named = containers.filter((one) => one.name === text || (one.kind === "workload" && one.pod === text));
  const owners = new Set(named.map((one) => `${one.connection} ${one.kind === "workload" ? `${one.resource}/${one.namespace}` : ""}`));
  if (owners.size === 1) return named;
  if (owners.size > 1) throw new OomphError("bad-input", `${JSON.stringify(text)} is in several places: ${some(named)}`);
  const close = nearest(text, containers.map(formatTarget));
  const hint = close.length === 0 ? "It looks every few minutes, where it is on." : `Did you mean ${close.join(" or ")}?`;
  throw new OomphError("not-found", `the watch has not read a container named ${JSON.stringify(text.slice(0, 80))}. ${hint}`);
}

/** The only one. Throws likewise, and `bad-input` for a workload of which several containers were read. */
export function containerNamed(typed: string, containers: readonly WatchedContainer[]): WatchedContainer {
  const named = containersNamed(typed, containers);
  const [first, second] = named;
  if (first !== undefined && second === undefined) return first;
  throw new OomphError("bad-input", `${JSON.stringify(typed.trim())} has several containers: write one of ${some(named)}`);
}

function some(named: readonly WatchedContainer[]): string {
  return named.slice(0, 10).map(formatTarget).join(", ");
}
