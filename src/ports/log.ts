import type { Json } from "../domain/json.ts";

/** Messages are static; facts go into fields. Secrets are masked in both. */
export type Log = {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
};

export type LogFields = { readonly [key: string]: Json | undefined | unknown };
