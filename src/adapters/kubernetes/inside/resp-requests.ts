import { OomphError } from "../../../domain/errors.ts";

const CRLF = "\r\n";
const MAX_REQUEST_BYTES = 16 * 2 ** 20;

/** Takes requests apart as a Redis client sends them: `*2\r\n$3\r\nGET\r\n$1\r\nk\r\n`. Chunks may end anywhere. Throws `bad-input` for anything else. */
export function createRespReader(): (chunk: Buffer) => readonly (readonly Buffer[])[] {
  let held = Buffer.alloc(0);
  return (chunk) => {
    held = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk]);
    if (held.length > MAX_REQUEST_BYTES) throw notRequests();
    const requests: (readonly Buffer[])[] = [];
    for (let read = readRequest(held); read !== undefined; read = readRequest(held)) {
      requests.push(read.parts);
      held = held.subarray(read.end);
    }
    return requests;
  };
}

type Read = { readonly parts: readonly Buffer[]; readonly end: number };

/** Undefined: not all of it is there. */
function readRequest(bytes: Buffer): Read | undefined {
  if (bytes.length === 0) return undefined;
  const count = readNumber(bytes, 0, "*");
  if (count === undefined) return undefined;
  const parts: Buffer[] = [];
  let at = count.end;
  while (parts.length < count.value) {
    const length = at < bytes.length ? readNumber(bytes, at, "$") : undefined;
    if (length === undefined || bytes.length < length.end + length.value + CRLF.length) return undefined;
    parts.push(bytes.subarray(length.end, length.end + length.value));
    at = length.end + length.value + CRLF.length;
  }
  return { parts, end: at };
}

function readNumber(bytes: Buffer, at: number, sign: string): { readonly value: number; readonly end: number } | undefined {
  if (bytes[at] !== sign.charCodeAt(0)) throw notRequests();
  const end = bytes.indexOf(CRLF, at);
  if (end < 0) return undefined;
  const value = Number(bytes.toString("latin1", at + 1, end));
  if (!Number.isSafeInteger(value) || value < 0) throw notRequests();
  return { value, end: end + CRLF.length };
}

function notRequests(): OomphError {
  return new OomphError(
    "bad-input",
    "Expected requests as Redis clients send them; through redis-cli neither TLS nor anything else can be spoken.",
  );
}
