import { setTimeout as sleep } from "node:timers/promises";
import { OomphError, codeOf } from "../../domain/errors.ts";
import type { ExecLimits, ExecResult } from "../../ports/containers.ts";
import { createBoundedOutput } from "../connection/bounded-output.ts";
import { quoted } from "./asked.ts";
import type { DockerClient } from "./client.ts";
import { createFrameReader } from "./frames.ts";
import { readAnswer } from "./read-answer.ts";
import { CreatedExec, InspectedExec } from "./schema.ts";

const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;
const LOOK_EVERY_MS = 20;

export type Execution = { readonly id: string; readonly container: string; readonly argv: readonly string[]; readonly limits: ExecLimits };

/** Runs a program in a container and waits for its end. A program that is not there is exit code 127, one that may not run 126. */
export async function execute(client: DockerClient, execution: Execution): Promise<ExecResult> {
  const { id, container, argv, limits } = execution;
  if (argv.length === 0) throw new OomphError("bad-input", "Expected a program to run and its arguments, got nothing.");
  const deadline = AbortSignal.timeout(limits.timeoutMs);
  const body = { AttachStdout: true, AttachStderr: true, Tty: false, Cmd: argv };
  try {
    const created = readAnswer(CreatedExec, await client.json({ call: "createExec", id, container, body, signal: deadline }), "An exec");
    const output = createBoundedOutput(limits.maxBytes);
    const read = createFrameReader(({ stream, data }) => output.add(stream, data));
    const start = { call: "startExec", id: created.Id, container, body: { Detach: false, Tty: false } } as const;
    await client.stream({ ...start, signal: deadline, timeoutMs: Number.POSITIVE_INFINITY }, read);
    const { exitCode, hasRun } = await endOf(client, { id: created.Id, container }, deadline);
    return hasRun ? { exitCode, ...output.texts() } : notRun(output.texts().stdout);
  } catch (error) {
    if (deadline.aborted) throw late(execution, error);
    if (codeOf(error) === "refused" && error instanceof OomphError && isAboutProgram(String(error.cause)))
      return notRun(String(error.cause));
    throw error;
  }
}

/** Output may end a moment before the program does, or long before, when it closes its own. */
async function endOf(
  client: DockerClient,
  exec: { readonly id: string; readonly container: string },
  signal: AbortSignal,
): Promise<{ readonly exitCode: number; readonly hasRun: boolean }> {
  for (;;) {
    const { Running, ExitCode, Pid } = readAnswer(InspectedExec, await client.json({ call: "inspectExec", ...exec, signal }), "An exec");
    if (!Running && typeof ExitCode === "number") return { exitCode: ExitCode, hasRun: ExitCode < NOT_EXECUTABLE || Pid !== 0 };
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** Daemons give 126 for both, some 127, and the runtime's words as if the program had printed them. */
function notRun(words: string): ExecResult {
  const isMissing = /executable file not found|no such file or directory/i.test(words);
  return { exitCode: isMissing ? NOT_FOUND : NOT_EXECUTABLE, stdout: "", stderr: words.trim(), truncated: false };
}

function isAboutProgram(words: string): boolean {
  return /runtime exec failed|executable file not found|permission denied/i.test(words);
}

function late({ argv, container, limits }: Execution, cause: unknown): OomphError {
  const says = `${argv[0] ?? ""} in container ${quoted(container)} did not end within ${limits.timeoutMs} ms. It may go on there: Docker has no way to end it.`;
  return new OomphError("timed-out", says, { retryable: true, cause });
}
