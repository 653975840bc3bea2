import { LogLevel } from "@slack/web-api";
import type { Log } from "../../ports/log.ts";

/** Slack's libraries log in their own words: passed on as a field, warnings and errors only (debug lines hold payloads). */
export function createSdkLog(log: Log) {
  const says = (parts: readonly unknown[]): string => parts.map(String).join(" ").slice(0, 500);
  return {
    debug: (): void => undefined,
    info: (): void => undefined,
    warn: (...parts: unknown[]): void => log.warn({ says: says(parts) }, "Slack's library warns"),
    error: (...parts: unknown[]): void => log.error({ says: says(parts) }, "Slack's library reports an error"),
    setLevel: (): void => undefined,
    getLevel: () => LogLevel.WARN,
    setName: (): void => undefined,
  };
}
