import type { Readable } from "node:stream";
import { coded } from "./exchange.ts";

/** "enough" ends the body early. */
export type TakeChunk = (chunk: Buffer) => "enough" | undefined | void;

const NEWLINE = 0x0a;

/** Calls with each chunk as it comes. Throws what `onChunk` threw, and `ECONNRESET` when the body breaks off. */
export function readChunks(body: Readable, onChunk: TakeChunk): Promise<void> {
  return new Promise((resolve, reject) => {
    body.on("data", (chunk: Buffer) => {
      try {
        if (onChunk(chunk) !== "enough") return;
        resolve();
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
      body.destroy(); // with its socket: the rest is still on its way
    });
    body.once("end", resolve);
    body.once("error", reject);
    body.once("close", () => reject(coded("ECONNRESET"))); // without end
  });
}

/** The body up to so many bytes; `truncated` where there was more. */
export async function readUpTo(body: Readable, maxBytes: number): Promise<{ readonly bytes: Buffer; readonly truncated: boolean }> {
  const chunks: Buffer[] = [];
  let total = 0;
  await readChunks(body, (chunk) => {
    chunks.push(chunk);
    total += chunk.length;
    return total > maxBytes ? "enough" : undefined;
  });
  const all = Buffer.concat(chunks);
  return { bytes: all.subarray(0, maxBytes), truncated: all.length > maxBytes };
}

/** Calls with each line, its line feed included. Chunks may end anywhere; what has no line feed at the end is not told. */
export function createLineReader(onLine: (line: Buffer) => void): (chunk: Buffer) => void {
  let begun: Buffer[] = [];
  return (chunk) => {
    let at = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, at)) {
      const rest = chunk.subarray(at, end + 1);
      onLine(begun.length === 0 ? rest : Buffer.concat([...begun, rest]));
      begun = [];
      at = end + 1;
    }
    if (at < chunk.length) begun.push(chunk.subarray(at));
  };
}
