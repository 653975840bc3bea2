import type { Sources } from "../config.ts";

/** What a command reads and writes, so that it can be tried without a terminal. */
export type Io = {
  out(text: string): void;
  err(text: string): void;
  /** Is standard error a terminal, where lines can be redrawn? */
  readonly isTerminal: boolean;
  /** Width of that terminal, in characters. */
  readonly columns: number;
  /** A file piece by piece, or standard input for `-`. */
  read(file: string): AsyncIterable<Uint8Array>;
  /** The environment, and files that the configuration names. Loaded late: few commands need it. */
  sources(): Promise<Sources>;
};
