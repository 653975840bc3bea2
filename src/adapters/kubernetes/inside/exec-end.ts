import { OomphError } from "../../../domain/errors.ts";
import type { ContainerPlace } from "../../../ports/clusters.ts";
import type { ExecResult } from "../../../ports/containers.ts";
import { quoted } from "../asked.ts";
import { ExecStatus } from "./schema.ts";

/** Channels of an exec. Source: k8s.io/apimachinery remotecommand. */
export const [STDIN, STDOUT, STDERR, STATUS] = [0, 1, 2, 3];

export type ExecEnd = {
  readonly where: ContainerPlace;
  readonly argv: readonly string[];
  /** What the status channel told; empty where the connection broke before. */
  readonly status: string;
  readonly output: Pick<ExecResult, "stdout" | "stderr">;
};

const NOT_STARTED = new Set([126, 127]);

/** The exit code. Throws `refused` where the program could not be started, `not-running` where the container is not. */
export function readExecEnd({ where, argv, status, output }: ExecEnd): number {
  const read = ExecStatus.safeParse(parse(status));
  const what = `${argv[0] ?? ""} in container ${quoted(where.container)} of pod ${quoted(where.pod)}`;
  if (!read.success || read.data.status === undefined)
    throw new OomphError("unreachable", `The connection ended before ${what} had told its exit code.`, { retryable: true });
  const { status: result, reason, message = "", details } = read.data;
  if (result === "Success") return 0;
  const exitCode = Number(details?.causes.find((cause) => cause.reason === "ExitCode")?.message ?? Number.NaN);
  if (reason === "NonZeroExitCode" && Number.isInteger(exitCode)) {
    // Docker's shim says in the runtime's words, as if the program had printed them, what others say in the status.
    const words = `${output.stdout}${output.stderr}`.trim();
    if (!NOT_STARTED.has(exitCode) || !words.startsWith("OCI runtime exec failed")) return exitCode;
    throw notStarted(what, words);
  }
  if (/container not found|is not running|not created|no such container|container .* is in .*exited/i.test(message))
    throw new OomphError("not-running", `${what} cannot be run: the container is not running (${message}).`);
  throw notStarted(what, message);
}

function notStarted(what: string, words: string): OomphError {
  return new OomphError("refused", `${what} cannot be run: ${whyNot(words).replace(/\.$/, "")}.`, { cause: new Error(words) });
}

function whyNot(words: string): string {
  if (/executable file not found|no such file or directory/i.test(words)) return "its image has no such program";
  return /permission denied/i.test(words) ? "it may not be executed there" : words;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
