import type { WorkloadTarget } from "../domain/target.ts";
import type { ThreadFile } from "../domain/plan.ts";

/**
 * Looks at the heap of a program that runs in a workload: twice, some seconds apart. Only where the configuration says how
 * it tells of its heap, and only where there is room for being looked at. Throws OomphError where the program or the cluster
 * answers with something else.
 */
export type HeapLook = (target: WorkloadTarget, how: { readonly seconds: number; readonly signal: AbortSignal }) => Promise<HeapSeen>;

export type HeapSeen =
  | { readonly kind: "not-configured" }
  /** The guard said no, or nothing answers there. */
  | { readonly kind: "not-taken"; readonly because: string }
  | HeapTaken;

export type HeapTaken = {
  readonly kind: "taken";
  readonly pod: string;
  readonly container: string;
  /** `the configured endpoint :6060/debug/pprof/heap` */
  readonly how: string;
  /** When it was looked at for the second time. */
  readonly atMs: number;
  readonly seconds: number;
  /** Absent of lists of objects: what is not listed is not known. */
  readonly totalBytes?: number;
  readonly grownBytes?: number;
  /** Functions by what they hold themselves, or kinds of objects: those that hold most and those that grew most. */
  readonly holders: readonly HeapHolder[];
  readonly files: readonly (ThreadFile & { readonly base64: string })[];
};

export type HeapHolder = {
  readonly name: string;
  /** Absent: only counted. */
  readonly bytes?: number;
  readonly grownBytes?: number;
  readonly count?: number;
  readonly grownCount?: number;
};
