import type { LogLimits, LogTail } from "../../ports/containers.ts";
import { createLineReader } from "../connection/read-body.ts";
import type { DockerClient } from "./client.ts";
import { beginsFrame, createFrameReader, type Frame } from "./frames.ts";

// When the lines asked for are this many times the bytes that may be kept, fewer lines are asked for instead.
const READ_AHEAD = 4;
const TRIES = 4;

/** Reads the end of a log: daemons send the oldest of the last lines first, so the newest bytes are kept as they pass. */
export async function readLogTail(
  client: DockerClient,
  asked: { readonly id: string; readonly container: string },
  limits: LogLimits,
): Promise<LogTail> {
  let lines = limits.lines + 1; // one more tells whether there was more
  for (let attempt = 1; ; attempt += 1) {
    const kept = createNewest(limits.maxBytes);
    const take = createTaker(kept.add);
    let seenBytes = 0;
    let isTooMuch = false;
    await client.stream({ call: "logs", ...asked, query: queryFor(lines, limits.sinceMs) }, (chunk) => {
      take(chunk);
      seenBytes += chunk.length;
      isTooMuch = attempt < TRIES && seenBytes > limits.maxBytes * READ_AHEAD;
      return isTooMuch ? "enough" : undefined;
    });
    if (!isTooMuch) {
      const all = joinLines(kept.frames());
      // Daemons count the pieces of a long line as lines.
      const hasMore = kept.dropped() > 0 || lines <= limits.lines || kept.seen() > limits.lines;
      return { lines: all.slice(-limits.lines), truncated: hasMore };
    }
    const meanBytes = seenBytes / kept.seen();
    lines = Math.max(1, Math.min(Math.floor(lines / 2), Math.ceil((limits.maxBytes / meanBytes) * 2)));
  }
}

function queryFor(lines: number, sinceMs: number | undefined): Readonly<Record<string, string>> {
  const tail = { stdout: "1", stderr: "1", timestamps: "1", tail: String(lines) };
  return sinceMs === undefined ? tail : { ...tail, since: (sinceMs / 1000).toFixed(3) };
}

type Newest = {
  readonly add: (frame: Frame) => void;
  readonly frames: () => readonly Frame[];
  readonly seen: () => number;
  readonly dropped: () => number;
};

/** Keeps the newest frames that fit. */
function createNewest(maxBytes: number): Newest {
  let frames: Frame[] = [];
  let first = 0;
  let bytes = 0;
  let dropped = 0;
  let seen = 0;
  return {
    add(frame) {
      frames.push(frame);
      seen += 1;
      bytes += frame.data.length;
      for (; bytes > maxBytes && first < frames.length - 1; first += 1) {
        bytes -= frames[first]?.data.length ?? 0;
        dropped += 1;
      }
      if (first > 4096 && first > frames.length / 2) {
        frames = frames.slice(first);
        first = 0;
      }
    },
    frames: () => frames.slice(first),
    seen: () => Math.max(seen, 1),
    dropped: () => dropped,
  };
}

/** Frames, or bare lines where the container has a terminal. */
function createTaker(add: (frame: Frame) => void): (chunk: Buffer) => void {
  let take: ((chunk: Buffer) => void) | undefined;
  return (chunk) => {
    take ??= beginsFrame(chunk[0] ?? 0) ? createFrameReader(add) : createLineReader((data) => add({ stream: "stdout", data }));
    take(chunk);
  };
}

type Line = LogTail["lines"][number];

/** A line over 16 KiB comes in pieces, each with its time; the last one ends it. */
function joinLines(frames: readonly Frame[]): readonly Line[] {
  const lines: Line[] = [];
  const open: { stdout?: number; stderr?: number } = {};
  let atMs = 0;
  for (const { stream, data } of frames) {
    const { time, text } = splitTime(data.toString("utf8"));
    atMs = time ?? atMs;
    const begun = open[stream];
    const before = begun === undefined ? undefined : lines[begun];
    const ends = text.endsWith("\n");
    const bare = ends ? text.replace(/\r?\n$/, "") : text;
    if (begun !== undefined && before !== undefined) lines[begun] = { ...before, text: before.text + bare };
    else lines.push({ atMs, stream, text: bare });
    if (ends) delete open[stream];
    else open[stream] = begun ?? lines.length - 1;
  }
  return lines;
}

/** `2026-11-22T03:24:02.583162428Z text`. */
function splitTime(line: string): { readonly time: number | undefined; readonly text: string } {
  const space = line.indexOf(" ");
  const time = space < 20 || space > 40 ? Number.NaN : Date.parse(line.slice(0, space));
  return Number.isNaN(time) ? { time: undefined, text: line } : { time, text: line.slice(space + 1) };
}
