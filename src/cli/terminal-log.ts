import type { Log } from "../ports/log.ts";
import type { Io } from "./io.ts";

/** Warnings and errors as lines on standard error. Messages are static, so that no secret can be in them; fields are left out. */
export function terminalLog(io: Io): Log {
  const say = (_fields: unknown, message: string): void => io.err(`oomph: ${message}\n`);
  const silent = (): void => {};
  return { debug: silent, info: silent, warn: say, error: say };
}
