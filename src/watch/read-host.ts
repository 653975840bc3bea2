import { setMaxListeners } from "node:events";
import { OomphError } from "../domain/errors.ts";
import type { MemoryReading } from "../domain/memory.ts";
import type { ContainerTarget } from "../domain/target.ts";
import type { ContainerHost } from "../ports/containers.ts";

export type Look = { readonly target: ContainerTarget; readonly reading: MemoryReading };

export type HostLook = {
  readonly looks: readonly Look[];
  /** Containers that could not be read, with why; those that stopped meanwhile are not among them. */
  readonly failed: readonly { readonly name: string; readonly because: string }[];
  /** Names of those that run, and of those that are there and do not. */
  readonly running: ReadonlySet<string>;
  readonly stopped: ReadonlySet<string>;
};

export type Looking = {
  isWatched(name: string): boolean;
  /** Containers read at the same time, each by one call after the other. */
  readonly atOnce: number;
  readonly signal: AbortSignal;
};

/** Calls to Docker hosts under way at the same time, over all of them. */
const MOST_CALLS = 20;
/** A daemon that leaves so many calls unanswered in one round will not answer the others either. */
const MOST_TIMEOUTS = 10;

/** How many containers of each host may be read at once, where so many hosts are read at once. */
export function atOnceFor(hosts: number): number {
  return Math.max(1, Math.floor(MOST_CALLS / Math.max(1, hosts)));
}

/** One reading of every running container of a host that is asked for. Throws OomphError when the host cannot be asked at all. */
export async function readHost(host: ContainerHost, { isWatched, atOnce, signal: asked }: Looking): Promise<HostLook> {
  const signal = AbortSignal.any([asked]);
  setMaxListeners(2 * MOST_CALLS, signal); // each call under way listens
  const there = await host.list();
  const runs = there.filter(({ state }) => state === "running");
  const waiting = runs.filter(({ name }) => isWatched(name));
  const looks: Look[] = [];
  const failed: HostLook["failed"][number][] = [];
  let timeouts = 0;
  const next = waiting.values();
  const readNext = async (): Promise<void> => {
    for (const { id, name } of next) {
      signal.throwIfAborted();
      const read = timeouts < MOST_TIMEOUTS ? await readOne(host, id, signal) : GIVEN_UP;
      if (read.kind === "read") looks.push({ target: { kind: "docker", connection: host.name, name }, reading: read.reading });
      if (read.kind === "failed") failed.push({ name, because: read.because });
      if (read.kind === "failed" && read.isTimeout) timeouts += 1;
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, waiting.length) }, readNext));
  return {
    looks,
    failed,
    running: new Set(runs.map(({ name }) => name)),
    stopped: new Set(there.filter((one) => !runs.includes(one)).map(({ name }) => name)),
  };
}

type Read =
  | { readonly kind: "read"; readonly reading: MemoryReading }
  | { readonly kind: "gone" }
  | { readonly kind: "failed"; readonly because: string; readonly isTimeout: boolean };

const GIVEN_UP: Read = { kind: "failed", because: `${MOST_TIMEOUTS} others on this host did not answer in time`, isTimeout: false };

async function readOne(host: ContainerHost, id: string, signal: AbortSignal): Promise<Read> {
  try {
    const facts = await host.inspect(id);
    const { atMs, usageBytes, swap } = await host.glance(id, signal);
    const { memoryLimitBytes } = facts.resources;
    return {
      kind: "read",
      reading: {
        atMs,
        usageBytes,
        ...(swap === undefined ? {} : { swap }),
        ...(memoryLimitBytes === undefined ? {} : { limitBytes: memoryLimitBytes }),
        ...(facts.startedAtMs === undefined ? {} : { startedAtMs: facts.startedAtMs }),
      },
    };
  } catch (error) {
    if (!(error instanceof OomphError)) throw error;
    if (error.code === "not-found" || error.code === "not-running") return { kind: "gone" };
    // Of one that ends just now a daemon tells figures that are none.
    if (error.code === "refused" && (await hasEnded(host, id))) return { kind: "gone" };
    return { kind: "failed", because: error.message, isTimeout: error.code === "timed-out" };
  }
}

async function hasEnded(host: ContainerHost, id: string): Promise<boolean> {
  try {
    return (await host.inspect(id)).state !== "running";
  } catch (error) {
    return error instanceof OomphError && error.code === "not-found";
  }
}
