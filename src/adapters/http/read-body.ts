import type { IncomingMessage } from "node:http";

export type BodyRead = { readonly kind: "read"; readonly bytes: Uint8Array } | { readonly kind: "too-large" };

/** A request's body. What is longer than the limit, or says that it will be, is not read to its end. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<BodyRead> {
  if (Number(request.headers["content-length"] ?? 0) > limitBytes) return { kind: "too-large" };
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reading = request.iterator({ destroyOnReturn: false }); // the answer has yet to go out on the same connection
  for await (const chunk of reading) {
    if (!(chunk instanceof Uint8Array)) continue;
    bytes += chunk.byteLength;
    if (bytes > limitBytes) return { kind: "too-large" };
    chunks.push(chunk);
  }
  return { kind: "read", bytes: Buffer.concat(chunks) };
}

// A sender that is cut off while it still sends does not see its answer.
const MOST_DRAINED_BYTES = 16 * 2 ** 20;

/** Lets the rest of a body that nobody wants run out; a sender that does not stop is cut off. */
export function drain(request: IncomingMessage): void {
  let bytes = 0;
  request.on("data", (chunk: Uint8Array) => {
    bytes += chunk.byteLength;
    if (bytes > MOST_DRAINED_BYTES) request.destroy();
  });
  request.on("error", () => undefined); // it has gone: there is nothing left to say
  request.resume();
}
