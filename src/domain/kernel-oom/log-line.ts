import { textOfBytes } from "./bytes-as-text.ts";
import { NO_TIME, readEpoch, readIsoTime, type LogTime } from "./log-time.ts";

/** A line of a log without what its writers put in front. */
export type LogLine = {
  readonly message: string;
  readonly time: LogTime;
  /** Who wrote it, as far as the line says: `kernel`, `systemd-oomd`. */
  readonly writer: string | null;
};

type Part = { readonly shape: RegExp; read?(found: RegExpExecArray, line: Draft): void };
type Draft = { time: LogTime; writer: string | null; sawUptime: boolean; isRecord: boolean };

// What stands in front of a message, in any order: each form of syslog, journalctl, dmesg, /dev/kmsg and consoles.
const PARTS: readonly Part[] = [
  { shape: /\d{1,6},\d+,(\d+),[^;]{1,40};/y, read: ([, micros], line) => record(line, Number(micros) / 1e6) },
  { shape: /<\d{1,3}>(?:1 (?=\d{4}-))?/y }, // priority, of RFC 5424 with its version
  { shape: /\s*[a-z0-9]+\s*:\s*(?:emerg|alert|crit|err|error|warn|warning|notice|info|debug)\s*:\s*/y }, // dmesg -x, Talos
  { shape: /\[\s*(\d+\.\d+)(?:\s+<[^>]{1,20}>)?\](?:\s?\[\s*[TC]\d+\])?:? ?/y, read: ([, seconds], line) => uptime(line, Number(seconds)) },
  {
    shape: /\[((?:\p{L}+\.?\s+){1,2}\d{1,2}\.?\s+(?:\p{L}+\.?\s+)?[\d:]{5,8}(?:\s+\d{4})?)\]:? ?/uy,
    read: ([, text], line) => bracketed(line, text),
  },
  { shape: /\[(\d{4}-\d\d-\d\d[T ][\d:.,]{8,18}(?:Z|[+-]\d\d:?\d\d)?)\]:? ?/y, read: ([, text], line) => logged(line, text) },
  { shape: /\[\s*\+\d+\.\d+\] ?/y }, // dmesg --reltime
  {
    shape:
      /(?:\p{L}{2,4}\.? )?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z| ?[+-]\d\d:?\d\d| UTC)?)(?= |$)(?: [A-Z]{3,5}(?= ))? ?/uy,
    read: ([, text], line) => logged(line, text),
  },
  { shape: /(\d{10}(?:\.\d{1,9})?) /y, read: ([, text], line) => logged(line, text) },
  {
    shape: /((?:\p{L}{2,4}\.? )?\p{L}{3,9}\.?\s+\d{1,2} \d\d:\d\d:\d\d(?:\.\d{1,6})?(?: \d{4})?):? /uy,
    read: ([, text], line) => logged(line, text),
  },
];

// A host, a facility, a console: whatever stands before the kernel's own clock, or before the name of who wrote.
const BEFORE_UPTIME = /[^[\]{}"]{1,120}?(?=(?:<\d{1,3}>)?\[\s*\d+\.\d{3,}\])/y;
const BEFORE_KERNEL = /[^[\]{}"]{0,120}?\bkernel(?:\[\d+\])?: ?(?:- - - )?/y;
const WRITER = /(?:[^\s[\]{}"]{1,80} )?([\w@./\\-]{1,60})(?:\[\d+\]|(?<=oomd|earlyoom|nohang|nohang-desktop|systemd)): /y;

const MOST_PARTS = 12;

/** Takes from a line what stands before its message. Never fails: what it does not know stays in the message. */
export function readLogLine(raw: string): LogLine {
  const draft: Draft = { time: NO_TIME, writer: null, sawUptime: false, isRecord: false };
  let at = 0;
  for (let part = 0; part < MOST_PARTS; part += 1) {
    const next = step(raw, at, draft);
    if (next === at) break;
    at = next;
  }
  const message = raw.slice(at);
  return { message: draft.isRecord ? unescaped(message) : message, time: draft.time, writer: draft.writer };
}

function step(raw: string, at: number, draft: Draft): number {
  for (const { shape, read } of PARTS) {
    const found = matchAt(shape, raw, at);
    if (found === null) continue;
    read?.(found, draft);
    return shape.lastIndex;
  }
  if (!draft.sawUptime && matchAt(BEFORE_UPTIME, raw, at) !== null) {
    draft.writer = "kernel";
    return BEFORE_UPTIME.lastIndex;
  }
  if (draft.writer !== null) return at;
  if (matchAt(BEFORE_KERNEL, raw, at) !== null) {
    draft.writer = "kernel";
    return BEFORE_KERNEL.lastIndex;
  }
  const written = matchAt(WRITER, raw, at);
  if (written === null) return at;
  draft.writer = written[1] ?? null;
  return WRITER.lastIndex;
}

function matchAt(shape: RegExp, raw: string, at: number): RegExpExecArray | null {
  shape.lastIndex = at;
  return shape.exec(raw);
}

/** A record of /dev/kmsg. */
function record(line: Draft, seconds: number): void {
  line.isRecord = true;
  uptime(line, seconds);
}

/** /dev/kmsg writes what cannot be printed, and the backslash itself, as `\x5c`. */
function unescaped(message: string): string {
  return textOfBytes(message.replaceAll(/\\x([0-9a-f]{2})/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16))));
}

function uptime(line: Draft, seconds: number): void {
  line.sawUptime = true;
  line.writer ??= "kernel";
  line.time = { ...line.time, uptimeSeconds: line.time.uptimeSeconds ?? seconds };
}

/** dmesg -T: no other writer puts its time in brackets and its language. */
function bracketed(line: Draft, text: string | undefined): void {
  line.writer ??= "kernel";
  logged(line, text);
}

function logged(line: Draft, text: string | undefined): void {
  if (text === undefined || line.time.loggedAt !== null) return;
  line.time = { ...line.time, loggedAt: text, atMs: line.time.atMs ?? readEpoch(text) ?? readIsoTime(text) };
}
