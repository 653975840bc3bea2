/** Messages are static; facts go into fields. Secrets are masked in both. */
export type Log = {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
};

/** Anything that JSON can show; an Error under `error` or `err` is written with its code, stack and cause. */
export type LogFields = { readonly [key: string]: unknown };
