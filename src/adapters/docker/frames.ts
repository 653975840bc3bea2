import { OomphError } from "../../domain/errors.ts";

export type Frame = { readonly stream: "stdout" | "stderr"; readonly data: Buffer };

const HEADER_BYTES = 8;
const STDERR = 2;
const MAX_FRAME_BYTES = 16 * 2 ** 20;

/**
 * Takes apart the one stream in which a daemon sends stdout and stderr: each frame is a byte that names the stream, three
 * of zero, a length of four, and as many bytes. Chunks may end anywhere.
 */
export function createFrameReader(onFrame: (frame: Frame) => void): (chunk: Buffer) => void {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let neededBytes = HEADER_BYTES;
  return (chunk) => {
    waiting.push(chunk);
    waitingBytes += chunk.length;
    if (waitingBytes < neededBytes) return; // a long frame is put together once
    const data = waiting.length === 1 ? chunk : Buffer.concat(waiting);
    let at = 0;
    for (;;) {
      neededBytes = HEADER_BYTES;
      if (data.length - at < HEADER_BYTES) break;
      neededBytes += lengthOf(data, at);
      if (data.length - at < neededBytes) break;
      onFrame({ stream: data[at] === STDERR ? "stderr" : "stdout", data: data.subarray(at + HEADER_BYTES, at + neededBytes) });
      at += neededBytes;
    }
    waiting = at === data.length ? [] : [data.subarray(at)];
    waitingBytes = data.length - at;
  };
}

/** A terminal's output comes bare; the text of a log line begins with a digit, a frame never does. */
export function beginsFrame(firstByte: number): boolean {
  return firstByte <= STDERR;
}

function lengthOf(data: Buffer, at: number): number {
  const bytes = data.readUInt32BE(at + 4);
  if (bytes <= MAX_FRAME_BYTES && (data[at] ?? 0) <= STDERR) return bytes;
  throw new OomphError("refused", "The daemon's output is not in the frames that its API promises. Is there a proxy that changes it?");
}
