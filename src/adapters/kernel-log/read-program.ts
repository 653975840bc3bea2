import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable } from "node:stream";
import { KernelLogScan } from "../../domain/kernel-oom/kernel-log-scan.ts";
import type { SourceReading } from "./source.ts";

const MOST_TOLD = 2000;
// Its own words are read, so they must not be translated.
const ENVIRONMENT = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };

export type Program = { readonly command: string; readonly args: readonly string[]; readonly timeoutMs: number };

/** Runs a program that prints a log and reads that as it comes. A program without a line is refused with its own words. */
export async function readProgram({ command, args, timeoutMs }: Program): Promise<SourceReading> {
  const child = spawn(command, [...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: ENVIRONMENT,
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  const ended = endOf(child);
  const scan = new KernelLogScan();
  let hasLines = false;
  let told = "";
  child.stderr.setEncoding("utf8").on("data", (words: string) => {
    told = (told + words).slice(0, MOST_TOLD);
  });
  child.stdout.setEncoding("latin1").on("data", (piece: string) => {
    hasLines ||= piece.trim() !== "";
    scan.push(piece);
  });
  const end = await ended;
  if (end.kind === "not-started")
    return { kind: "refused", because: end.code === "ENOENT" ? "not installed" : `cannot be started (${end.code})` };
  const words = told.trim().split("\n")[0] ?? "";
  if (end.signal !== null) return { kind: "refused", because: `did not end within ${timeoutMs / 1000} s` };
  if (end.code !== 0) return { kind: "refused", because: words === "" ? `ended with exit code ${end.code}` : words };
  // journalctl without the right to read says so, lists nothing and ends well.
  if (!hasLines && words !== "") return { kind: "refused", because: words };
  return { kind: "read", reading: scan.end() };
}

type End =
  | { readonly kind: "ended"; readonly code: number | null; readonly signal: string | null }
  | { readonly kind: "not-started"; readonly code: string };

function endOf(child: ChildProcessByStdio<null, Readable, Readable>): Promise<End> {
  return new Promise((resolve) => {
    child.on("error", (error: NodeJS.ErrnoException) => resolve({ kind: "not-started", code: error.code ?? "unknown" }));
    child.on("close", (code, signal) => resolve({ kind: "ended", code, signal }));
  });
}
