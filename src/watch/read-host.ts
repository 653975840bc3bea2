import { OomphError } from "../domain/errors.ts";
import type { MemoryReading } from "../domain/memory.ts";
import type { ContainerTarget } from "../domain/target.ts";
import type { ContainerHost } from "../ports/containers.ts";
import { MOST_CALLS } from "./watch-deps.ts";

export type Look = { readonly target: ContainerTarget; readonly reading: MemoryReading };

export type HostLook = {
  readonly looks: readonly Look[];
  /** Containers that could not be read, with why; those that stopped meanwhile are not among them. */
  readonly failed: readonly { readonly name: string; readonly because: string }[];
};

/** One reading of every running container of a host that is asked for. Throws OomphError when the host cannot be asked at all. */
export async function readHost(host: ContainerHost, isWatched: (name: string) => boolean, signal: AbortSignal): Promise<HostLook> {
  const waiting = (await host.list())
    .filter(({ state, name }) => state === "running" && isWatched(name))
    .map(({ id, name }) => ({ id, name }));
  const looks: Look[] = [];
  const failed: HostLook["failed"][number][] = [];
  const next = waiting.values();
  const readNext = async (): Promise<void> => {
    for (const { id, name } of next) {
      signal.throwIfAborted();
      const read = await readOne(host, id, signal);
      if (read.kind === "read") looks.push({ target: { kind: "docker", connection: host.name, name }, reading: read.reading });
      else if (read.kind === "failed") failed.push({ name, because: read.because });
    }
  };
  // Two calls for each container, side by side.
  await Promise.all(Array.from({ length: Math.min(MOST_CALLS / 2, waiting.length) }, readNext));
  return { looks, failed };
}

type Read =
  | { readonly kind: "read"; readonly reading: MemoryReading }
  | { readonly kind: "gone" }
  | { readonly kind: "failed"; readonly because: string };

async function readOne(host: ContainerHost, id: string, signal: AbortSignal): Promise<Read> {
  try {
    const [stats, facts] = await Promise.all([host.stats(id, signal), host.inspect(id)]);
    const { memoryLimitBytes } = facts.resources;
    return {
      kind: "read",
      reading: {
        atMs: stats.atMs,
        usageBytes: stats.usageBytes,
        ...(memoryLimitBytes === undefined ? {} : { limitBytes: memoryLimitBytes }),
        ...(facts.startedAtMs === undefined ? {} : { startedAtMs: facts.startedAtMs }),
      },
    };
  } catch (error) {
    if (!(error instanceof OomphError)) throw error;
    if (error.code === "not-found" || error.code === "not-running") return { kind: "gone" };
    return { kind: "failed", because: error.message };
  }
}
