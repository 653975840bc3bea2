import { withoutColours } from "../terminal-colours.ts";
import { textOfBytes } from "./bytes-as-text.ts";
import { takeApart } from "./joined-lines.ts";
import { readEpochMicros, readIsoTime, type LogTime } from "./log-time.ts";
import { readLogLine, type LogLine } from "./log-line.ts";

// What loggers call the text of a line, the likeliest first.
const TEXT_KEYS = ["MESSAGE", "full_log", "message", "msg", "log", "line", "text", "_raw"] as const;
const TIME_KEYS = ["timestamp", "@timestamp", "time", "ts"] as const;
const MOST_DEPTH = 4;
// As mails and chats quote.
const QUOTED = /^\s*(?:>\s?)+/;

/** Takes a line out of what a logger wrapped it in: JSON of any kind, the journal's export and verbose forms. */
export function unwrapLine(raw: string, before: string): readonly LogLine[] {
  // A crash of the host leaves zeros in its log.
  const line = textOfBytes(withoutColours((raw.endsWith("\r") ? raw.slice(0, -1) : raw).replaceAll("\0", ""))).replace(QUOTED, "");
  const start = line.trimStart();
  if (start.startsWith("{")) return fromJson(start) ?? readApart(line);
  if (start.startsWith("MESSAGE=")) return takeApart(start.slice("MESSAGE=".length)).map((part) => withTime(part, timeBefore(before)));
  const pretty = /^"(?:MESSAGE|full_log|message|msg|log)"\s*:\s*(".*"),?$/.exec(start)?.[1];
  const text = pretty === undefined ? undefined : stringIn(pretty);
  return text === undefined ? readApart(line) : linesOf(text).map((part) => withTime(part, timeBefore(before)));
}

function fromJson(text: string): readonly LogLine[] | undefined {
  const value = parsed(text.endsWith(",") ? text.slice(0, -1) : text);
  const found = value === undefined ? undefined : textIn(value, 0);
  if (found === undefined) return undefined;
  return linesOf(found.text).map((part) => withTime(part, timeIn(found.holder)));
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").flatMap(takeApart);
}

type Held = { readonly text: string; readonly holder: object };

/** The text of the line, and the object that holds it: its time stands beside it. */
function textIn(value: unknown, depth: number): Held | undefined {
  if (typeof value !== "object" || value === null || depth > MOST_DEPTH) return undefined;
  const entries = new Map<string, unknown>(Object.entries(value));
  for (const key of TEXT_KEYS) {
    const text = textOf(entries.get(key));
    if (text !== undefined) return { text, holder: value };
  }
  for (const inner of entries.values()) {
    const found = textIn(inner, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** journalctl writes a message with characters that cannot be printed as a list of bytes. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (!Array.isArray(value) || !value.every((byte): byte is number => typeof byte === "number" && byte >= 0 && byte <= 255))
    return undefined;
  return textOfBytes(String.fromCodePoint(...value.slice(0, 4096)));
}

function timeIn(holder: object): LogTime {
  const entries = new Map<string, unknown>(Object.entries(holder));
  const uptime = numberOf(entries.get("_SOURCE_MONOTONIC_TIMESTAMP"));
  const told = TIME_KEYS.map((key) => entries.get(key)).find((time) => typeof time === "string");
  const loggedAt = typeof told === "string" ? told : null;
  const micros = entries.get("__REALTIME_TIMESTAMP") ?? entries.get("_SOURCE_REALTIME_TIMESTAMP");
  const atMs = typeof micros === "string" ? readEpochMicros(micros) : null;
  return {
    atMs: atMs ?? (loggedAt === null ? null : readIsoTime(loggedAt)),
    loggedAt,
    uptimeSeconds: uptime === null ? null : uptime / 1e6,
  };
}

/** The journal writes an entry's time before its message, and so does dmesg's JSON. */
function timeBefore(before: string): LogTime {
  const entry = before.slice(before.lastIndexOf("\n\n") + 1);
  const micros = [...entry.matchAll(/__REALTIME_TIMESTAMP"?\s*[=:]\s*"?(\d{16})/g)].at(-1)?.[1];
  const uptime = /"time":\s*(\d+\.\d+),\s*$/.exec(before)?.[1];
  return {
    atMs: micros === undefined ? null : readEpochMicros(micros),
    loggedAt: null,
    uptimeSeconds: uptime === undefined ? null : Number(uptime),
  };
}

/** A date in front of several lines is that of all. */
function readApart(text: string): readonly LogLine[] {
  const [first, ...others] = takeApart(text).map(readLogLine);
  return first === undefined ? [] : [first, ...others.map((line) => ({ ...line, time: timeOf(line, first.time) }))];
}

/** What the line itself says of its time counts where the wrapper says nothing. */
function withTime(text: string, outer: LogTime): LogLine {
  const line = readLogLine(text);
  return { ...line, time: timeOf(line, outer) };
}

function timeOf({ time: { atMs, loggedAt, uptimeSeconds } }: LogLine, outer: LogTime): LogTime {
  return { atMs: atMs ?? outer.atMs, loggedAt: loggedAt ?? outer.loggedAt, uptimeSeconds: uptimeSeconds ?? outer.uptimeSeconds };
}

function numberOf(value: unknown): number | null {
  return typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : null;
}

function stringIn(json: string): string | undefined {
  const value = parsed(json);
  return typeof value === "string" ? value : undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
