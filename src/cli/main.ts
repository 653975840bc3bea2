import { createReadStream } from "node:fs";
import type { Io } from "./io.ts";
import { runCommandLine } from "./program.ts";

// Larger reads make long logs faster; these are searched as they are.
const READ_AT_ONCE = 2 ** 20;

const io: Io = {
  out: (words) => void process.stdout.write(words),
  err: (words) => void process.stderr.write(words),
  isTerminal: process.stderr.isTTY,
  columns: widthOf(process.stderr.columns),
  read: (file) => (file === "-" ? process.stdin : createReadStream(file, { highWaterMark: READ_AT_ONCE })),
  async sources() {
    const { processSources } = await import("../config.ts");
    return processSources();
  },
};

// The reader of a pipe may have seen enough: `oomph ... | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 4));

process.exitCode = await runCommandLine(process.argv.slice(2), io);

/** A terminal that does not know its size says 0. */
function widthOf(columns: number | undefined): number {
  return columns === undefined || columns === 0 ? 80 : columns;
}
