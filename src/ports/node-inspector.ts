/** The inspector of a Node.js process that was started with `--inspect`. */
export type NodeInspector = {
  /**
   * Samples allocations for a while; the process goes on. Throws OomphError `unreachable` where no inspector answers,
   * `refused` for what it answers with an error, `timed-out`.
   */
  sample(at: InspectorPlace, how: { readonly forMs: number; readonly signal: AbortSignal }): Promise<NodeSampling>;
};

export type InspectorPlace = { readonly host: string; readonly port: number };

export type NodeSampling = {
  /** In pprof's format: what was asked for within that time and is still in use at its end. */
  readonly profile: Uint8Array;
  readonly before: NodeMemory;
  readonly after: NodeMemory;
};

/** As `process.memoryUsage()` and `v8.getHeapStatistics()` tell. */
export type NodeMemory = {
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly heapTotalBytes: number;
  readonly externalBytes: number;
  /** What the heap may grow to; absent: not told. */
  readonly heapLimitBytes?: number;
};
