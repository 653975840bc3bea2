import { setMaxListeners } from "node:events";
import { OomphError } from "../domain/errors.ts";
import type { MemoryReading } from "../domain/memory.ts";
import { targetKey, type ContainerTarget } from "../domain/target.ts";
import type { ContainerHost } from "../ports/containers.ts";
import type { Asking, Look, ReadingSource, SourcePage } from "../ports/reading-source.ts";

/** A daemon that leaves so many calls unanswered in one round will not answer the others either. */
const MOST_TIMEOUTS = 10;

/** The containers of a Docker host: one page. */
export function hostSource(host: ContainerHost, isWatched: (target: ContainerTarget) => boolean): ReadingSource {
  return {
    kind: "docker",
    name: host.name,
    async *read(asking) {
      yield await readHost(host, isWatched, asking);
    },
  };
}

async function readHost(
  host: ContainerHost,
  isWatched: (target: ContainerTarget) => boolean,
  { atOnce, signal: asked }: Asking,
): Promise<SourcePage> {
  const signal = AbortSignal.any([asked]);
  setMaxListeners(2 * atOnce, signal); // each call under way listens
  const there = await host.list();
  const runs = there.filter(({ state }) => state === "running");
  const targetOf = (name: string): ContainerTarget => ({ kind: "docker", connection: host.name, name });
  const waiting = runs.filter(({ name }) => isWatched(targetOf(name)));
  const looks: Look[] = [];
  const failed: SourcePage["failed"][number][] = [];
  let timeouts = 0;
  const next = waiting.values();
  const readNext = async (): Promise<void> => {
    for (const { id, name } of next) {
      signal.throwIfAborted();
      const read = timeouts < MOST_TIMEOUTS ? await readOne(host, id, signal) : GIVEN_UP;
      if (read.kind === "read") looks.push({ target: targetOf(name), reading: read.reading });
      if (read.kind === "failed") failed.push({ name, because: read.because });
      if (read.kind === "failed" && read.isTimeout) timeouts += 1;
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, waiting.length) }, readNext));
  const keysOf = (some: typeof there): readonly string[] => some.map(({ name }) => targetKey(targetOf(name)));
  return { looks, failed, running: keysOf(runs), stopped: keysOf(there.filter((one) => !runs.includes(one))), down: [] };
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
