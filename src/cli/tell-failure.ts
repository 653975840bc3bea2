import { CommanderError } from "commander";
import { codeOf, messageOf, OomphError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";

/** Whether one JSON document is asked for, even by a line that is not understood otherwise. */
export function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end === -1 ? args.length : end).includes("--json");
}

/**
 * Says on standard error why a command could not do what it was asked for, and returns what it ends with. With `json` the same
 * is the document on standard output: `{"kind":"error","code":...,"because":...,"exitCode":...}`.
 */
export function tellFailure(error: unknown, json: boolean, io: Io): ExitCode {
  const isSaid = error instanceof CommanderError; // it has had its say
  if (isSaid && error.exitCode === 0) return EXIT.ok;
  const code = isSaid ? "bad-input" : codeOf(error);
  const because = messageOf(error).replace(/^error: /, "");
  const exitCode = isSaid ? EXIT.badInput : exitCodeOf(error);
  if (!isSaid) io.err(`oomph: ${because}\n`);
  if (json) io.out(`${JSON.stringify({ kind: "error", code, because, exitCode }, null, 2)}\n`);
  return exitCode;
}

function exitCodeOf(error: unknown): ExitCode {
  if (!(error instanceof OomphError)) return EXIT.internal;
  return error.code === "bad-input" || error.code === "not-found" ? EXIT.badInput : EXIT.failed;
}
