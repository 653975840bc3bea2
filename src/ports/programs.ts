/** Runs one of Oomph's own programs in a process that ends with its answer. */
export type Programs = {
  /**
   * Gives `input` on standard input, returns what came on standard output. The process has none of our environment. Throws
   * OomphError `timed-out` (it is ended then), `bad-input` where it exits with 2 and says why on standard error, else `internal`.
   */
  run(program: Program, input: string): Promise<Uint8Array>;
};

export type Program = {
  /** A compiled module: `dist/chart-process.js`. */
  readonly path: string;
  /** For messages: "a chart". */
  readonly makes: string;
  readonly timeoutMs: number;
  readonly mostBytes: number;
  /** Its heap may grow so far. */
  readonly mostHeapMiB: number;
};
