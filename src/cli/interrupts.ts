import { EXIT, type ExitCode } from "./exit-codes.ts";

export type Interrupts = {
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** What the command then ends with. */
  exitCode(): ExitCode;
  /** From now on they end the process again. */
  ignoreNoMore(): void;
};

/** From now on Ctrl-C and SIGTERM do not end the process but tell it to stop; a second one does end it. */
export function catchInterrupts(): Interrupts {
  const stopping = new AbortController();
  let code: ExitCode = EXIT.interrupted;
  const interrupted = (): void => stopping.abort();
  const terminated = (): void => {
    code = EXIT.terminated;
    stopping.abort();
  };
  process.once("SIGINT", interrupted).once("SIGTERM", terminated);
  return {
    signal: stopping.signal,
    exitCode: () => code,
    ignoreNoMore: () => void process.off("SIGINT", interrupted).off("SIGTERM", terminated),
  };
}
