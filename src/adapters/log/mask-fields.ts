import { OomphError } from "../../domain/errors.ts";
import type { MaskText } from "./mask-text.ts";

const SECRET_KEY = /(password|passwd|secret|token|authorization|cookie|api_?key|private_?key|signature|response_?url)$/i;
const MAX_DEPTH = 8;
const MAX_ITEMS = 100;
const MAX_TEXT = 8000;

/** A copy of log fields that JSON can carry: secrets masked by key and by value, errors spelt out, nothing endless. */
export function maskFields(fields: Readonly<Record<string, unknown>>, mask: MaskText): Record<string, unknown> {
  return object(fields, { mask, above: [] });
}

type Surroundings = { readonly mask: MaskText; readonly above: readonly object[] };

function object(fields: object, around: Surroundings): Record<string, unknown> {
  const inner = { ...around, above: [...around.above, fields] };
  const entries = Object.entries(fields).slice(0, MAX_ITEMS);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, SECRET_KEY.test(key) && value !== undefined ? "***" : masked(value, inner)]),
  );
}

function masked(value: unknown, around: Surroundings): unknown {
  if (typeof value === "string") return text(value, around);
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (around.above.includes(value)) return "[circular]";
  if (around.above.length >= MAX_DEPTH) return "[deeper]";
  return composite(value, around);
}

function composite(value: object, around: Surroundings): unknown {
  const inner = { ...around, above: [...around.above, value] };
  if (value instanceof Error) return error(value, inner);
  if (value instanceof Date) return value.toJSON();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Map) return object(Object.fromEntries<unknown>(value), around);
  if (value instanceof Set || Array.isArray(value))
    return Array.from<unknown>(value)
      .slice(0, MAX_ITEMS)
      .map((item) => masked(item, inner));
  return object(value, around);
}

/** Only what is known to be harmless: clients hang commands with their arguments, and requests with their headers, on errors. */
function error(thrown: Error, around: Surroundings): Record<string, unknown> {
  const code: unknown = thrown instanceof OomphError ? thrown.code : Reflect.get(thrown, "code");
  return {
    type: thrown.name,
    message: text(thrown.message, around),
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    ...(thrown.stack === undefined ? {} : { stack: text(thrown.stack, around) }),
    ...(thrown.cause === undefined ? {} : { cause: masked(thrown.cause, around) }),
    ...(thrown instanceof AggregateError ? { errors: masked(thrown.errors, around) } : {}),
  };
}

function text(value: string, { mask }: Surroundings): string {
  const clear = mask(value);
  return clear.length > MAX_TEXT ? `${clear.slice(0, MAX_TEXT)}... (${clear.length} characters)` : clear;
}
