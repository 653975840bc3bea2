import { spawn } from "node:child_process";
import { OomphError } from "../../domain/errors.ts";
import type { Program, Programs } from "../../ports/programs.ts";

/** A program that refuses what it was given ends with this, and says why. */
const REFUSED = 2;
const LONGEST_COMPLAINT = 500;

/** One process after the other: each takes some 150 MiB for a second. */
export function createOwnPrograms(): Programs {
  let line: Promise<unknown> = Promise.resolve();
  return {
    async run(program, input) {
      const done = line.then(() => runOne(program, input));
      line = done.catch(() => undefined);
      return done;
    },
  };
}

function runOne({ path, makes, timeoutMs, mostBytes, mostHeapMiB }: Program, input: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    // No environment: the secrets of the process that asks are none of its business.
    const child = spawn(process.execPath, [`--max-old-space-size=${mostHeapMiB}`, path], { stdio: ["pipe", "pipe", "pipe"], env: {} });
    const answer: Buffer[] = [];
    const complaints: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new OomphError("timed-out", `expected ${makes} within ${timeoutMs} ms, got none`, { retryable: true }));
    }, timeoutMs);
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= mostBytes) answer.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk.subarray(0, 2000)));
    child.on("error", (cause) =>
      reject(new OomphError("internal", `the process that makes ${makes} could not be started: ${cause.message}`, { cause })),
    );
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0 && size > 0 && size <= mostBytes) return resolve(Buffer.concat(answer));
      const because = Buffer.concat(complaints).toString("utf8").trim().slice(0, LONGEST_COMPLAINT);
      if (code === REFUSED) return reject(new OomphError("bad-input", because));
      return reject(new OomphError("internal", `the process that makes ${makes} ended with ${signal ?? code}: ${because}`));
    });
    child.stdin.on("error", () => undefined); // a process that died early has said why on its way out
    child.stdin.end(input);
  });
}
