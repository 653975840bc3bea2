import { format } from "node:util";
import type { Log } from "../../ports/log.ts";

// Texts remembered, so that one which is never the same twice does not fill the memory.
const MOST = 100;

/** What libraries print goes into the log as warnings, each text once: BullMQ says of each queue anew how its Redis is set up. */
export function hearConsole(log: Log): void {
  const said = new Set<string>();
  const hear = (...words: readonly unknown[]): void => {
    const text = format(...words);
    if (said.has(text)) return;
    if (said.size < MOST) said.add(text);
    log.warn({ words: text }, "a library says");
  };
  for (const name of ["log", "info", "warn", "error"] as const) console[name] = hear;
}
