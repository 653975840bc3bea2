import { OomphError } from "../../../domain/errors.ts";
import { given } from "../../../domain/given.ts";
import type { ContainerPlace, PodLogLimits } from "../../../ports/clusters.ts";
import type { LogTail } from "../../../ports/containers.ts";
import { quoted } from "../asked.ts";
import { assertAllowed } from "../namespaces.ts";
import type { Asking } from "../objects.ts";
import { createLineCutter, type CutLine } from "./cut-lines.ts";

// Runtimes write a longer line in pieces of 16 KiB, each with a time in the middle of it: none of those is reached.
const MAX_LINE_BYTES = 8192;
// So much more than may be kept is read at most; then fewer lines are asked for instead.
const READ_AHEAD = 8;
const MIN_READ_BYTES = 4 * 2 ** 20;
const FEWER = 8;

type Line = LogTail["lines"][number];

/**
 * Reads the end of a container's log. A kubelet sends the oldest of the last lines first and knows no end but the
 * number of lines, so when those are too much, the tail of fewer lines is asked for. The API does not tell stdout from
 * stderr: all is called stdout.
 */
export async function readLogTail(asking: Asking, where: ContainerPlace, limits: PodLogLimits): Promise<LogTail> {
  assertAllowed(asking.client.settings, where.namespace);
  let lines = limits.lines + 1; // one more tells whether there was more
  for (;;) {
    const read = await readOnce(asking, where, { ...limits, lines });
    if (!read.isTooMuch || lines === 1) {
      if (read.lines.length === 1 && read.lines[0]?.atMs === 0) assertIsLog(read.lines[0].text, where);
      const fewer = lines <= limits.lines;
      return { lines: read.lines.slice(-limits.lines), truncated: fewer || read.isShortened || read.lines.length > limits.lines };
    }
    lines = Math.max(1, Math.floor(lines / FEWER));
  }
}

type ReadOnce = { readonly lines: readonly Line[]; readonly isTooMuch: boolean; readonly isShortened: boolean };

async function readOnce({ client }: Asking, where: ContainerPlace, limits: PodLogLimits): Promise<ReadOnce> {
  const { namespace, pod: name, container } = where;
  const mostBytes = Math.max(limits.maxBytes * READ_AHEAD, MIN_READ_BYTES);
  const kept = keepNewest(limits.maxBytes);
  const cutter = createLineCutter(MAX_LINE_BYTES, kept.add);
  const query = {
    container,
    timestamps: "true",
    tailLines: String(limits.lines),
    limitBytes: String(mostBytes + 1),
    ...given({
      sinceTime: limits.sinceMs === undefined ? undefined : new Date(limits.sinceMs).toISOString(),
      previous: limits.previous === true ? "true" : undefined,
    }),
  };
  let seenBytes = 0;
  await client.stream({ call: "podLog", namespace, name, query, accept: "*/*" }, (chunk) => {
    cutter.take(chunk);
    seenBytes += chunk.length;
    return seenBytes > mostBytes ? "enough" : undefined;
  });
  cutter.end();
  return { lines: readLines(kept.lines()), isTooMuch: seenBytes > mostBytes, isShortened: kept.isShortened() };
}

/** Keeps the newest lines that fit. */
function keepNewest(maxBytes: number) {
  let lines: CutLine[] = [];
  let first = 0;
  let bytes = 0;
  let isShortened = false;
  return {
    add(line: CutLine) {
      lines.push(line);
      bytes += line.bytes.length;
      isShortened ||= line.isCut;
      for (; bytes > maxBytes && first < lines.length - 1; first += 1) {
        bytes -= lines[first]?.bytes.length ?? 0;
        isShortened = true;
      }
      if (first > 4096 && first > lines.length / 2) {
        lines = lines.slice(first);
        first = 0;
      }
    },
    lines: () => lines.slice(first),
    isShortened: () => isShortened,
  };
}

function readLines(lines: readonly CutLine[]): readonly Line[] {
  let lastAtMs = 0;
  return lines.map(({ bytes, isCut }) => {
    const { atMs, text } = splitTime(bytes.toString("utf8"));
    lastAtMs = atMs ?? lastAtMs;
    return { atMs: lastAtMs, stream: "stdout", text: isCut ? `${text}…` : text.replace(/\r$/, "") };
  });
}

/** `2026-11-22T03:24:02.583162428Z text`; one of no length has lost the space after it. */
function splitTime(line: string): { readonly atMs: number | undefined; readonly text: string } {
  const [time = ""] = line.split(" ", 1);
  const atMs = time.length < 20 || time.length > 40 ? Number.NaN : Date.parse(time);
  return Number.isNaN(atMs) ? { atMs: undefined, text: line } : { atMs, text: line.slice(time.length + 1) };
}

/** A kubelet that has lost the log says so with status 200, where the log would be. */
function assertIsLog(text: string, { namespace, pod, container }: ContainerPlace): void {
  if (!/^(unable to retrieve container logs|failed to (get|create|try|watch|open)|rpc error: )/i.test(text)) return;
  const says = `The log of container ${quoted(container)} of pod ${quoted(pod)} in namespace ${quoted(namespace)} is not there any more: ${text}.`;
  throw new OomphError("not-found", says);
}
