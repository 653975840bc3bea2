import type { Log } from "../ports/log.ts";
import type { Io } from "./io.ts";

/**
 * Warnings and errors as lines on standard error, each once. Messages are static, so that no secret can be in them; of the fields
 * only the name of a connection is told.
 */
export function terminalLog(io: Io): Log {
  const said = new Set<string>();
  const say = (fields: Readonly<Record<string, unknown>>, message: string): void => {
    const { connection } = fields;
    const line = `oomph: ${message}${typeof connection === "string" ? ` (${connection})` : ""}\n`;
    if (!said.has(line)) io.err(line);
    said.add(line);
  };
  const silent = (): void => {};
  return { debug: silent, info: silent, warn: say, error: say };
}
