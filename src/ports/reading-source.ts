import type { DownContainer, StartedAgain } from "../domain/down-container.ts";
import type { MemoryReading } from "../domain/memory.ts";
import type { Target } from "../domain/target.ts";

/** Something whose containers' memory is read: a Docker host, or a cluster. */
export type ReadingSource = {
  readonly kind: "docker" | "kubernetes";
  /** Name of the connection. */
  readonly name: string;
  /** One reading of each watched container that runs, page by page. Throws OomphError when it cannot be asked at all, or not for all. */
  read(asking: Asking): AsyncIterable<SourcePage>;
};

export type Asking = {
  /** Calls under way at the same time. */
  readonly atOnce: number;
  readonly signal: AbortSignal;
  /** Only pods with these labels, as kubectl takes them. A Docker host knows none. */
  readonly selector?: string;
  /** What should run and does not is asked for too, where that takes calls of its own. */
  readonly withDown?: true;
};

export type SourcePage = {
  readonly looks: readonly Look[];
  /** Containers that could not be read, with why; those that stopped meanwhile are not among them. */
  readonly failed: readonly { readonly name: string; readonly because: string }[];
  /** Reading keys of those that run, and of those that are there and do not. */
  readonly running: readonly string[];
  readonly stopped: readonly string[];
  /** Those that are to run, and have no reading because they crash, wait or were killed. */
  readonly down: readonly DownContainer[];
};

export type Look = { readonly target: Target; readonly reading: MemoryReading; readonly again?: StartedAgain };
