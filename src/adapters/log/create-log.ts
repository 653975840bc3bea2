import { pino } from "pino";
import type { Log, LogFields } from "../../ports/log.ts";
import { maskFields } from "./mask-fields.ts";
import { maskText } from "./mask-text.ts";

export type LogOptions = {
  readonly level: "debug" | "info" | "warn" | "error";
  /** Values that must never be seen, from the configuration. */
  readonly secrets: readonly string[];
  /** Where lines go; standard output unless said otherwise. */
  readonly destination?: { write(line: string): void };
};

/** A log of JSON lines. Fields and messages are masked before pino sees them. */
export function createLog({ level, secrets, destination }: LogOptions): Log {
  const mask = maskText(secrets);
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination ?? standardOutput(),
  );
  const at =
    (severity: LogOptions["level"]) =>
    (fields: LogFields, message: string): void => {
      if (logger.isLevelEnabled(severity)) logger[severity](maskFields(fields, mask), mask(message));
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

let output: ReturnType<typeof pino.destination> | undefined;

/** The one that writes there: lines of two writers break each other in a pipe that is read slowly. */
export function standardOutput(): { write(line: string): void } {
  output ??= pino.destination({ fd: 1, sync: true });
  return output;
}
