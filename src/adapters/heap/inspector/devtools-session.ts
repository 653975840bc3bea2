import { WebSocket, type RawData } from "ws";
import { OomphError } from "../../../domain/errors.ts";
import { Reply } from "./schema.ts";

/** A conversation with an inspector, by Chrome's DevTools protocol. */
export type DevtoolsSession = {
  /** Throws OomphError `refused` where it answers with an error, `unreachable` when the connection ends, `timed-out`. */
  ask(method: string, params?: Readonly<Record<string, unknown>>): Promise<unknown>;
  close(): void;
};

const MOST_BYTES = 32 * 2 ** 20;

/** Connects; every answer has `timeoutMs`. */
export async function openDevtools(url: string, timeoutMs: number): Promise<DevtoolsSession> {
  const socket = new WebSocket(url, { handshakeTimeout: timeoutMs, maxPayload: MOST_BYTES, perMessageDeflate: false });
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: OomphError): void }>();
  const failAll = (error: OomphError): void => {
    for (const one of waiting.values()) one.reject(error);
    waiting.clear();
  };
  socket.on("message", (data) => {
    const reply = readReply(data);
    const asked = waiting.get(reply?.id ?? 0);
    if (reply?.id === undefined || asked === undefined) return;
    waiting.delete(reply.id);
    if (reply.error === undefined) asked.resolve(reply.result);
    else asked.reject(new OomphError("refused", `The inspector of Node.js refused: ${reply.error.message.slice(0, 200)}.`));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", (cause) => reject(ended(cause)));
  });
  socket.on("error", (cause) => failAll(ended(cause)));
  socket.once("close", () => failAll(ended()));
  let last = 0;
  return {
    async ask(method, params = {}) {
      if (socket.readyState !== WebSocket.OPEN) throw ended();
      const id = (last += 1);
      const answer = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
      const timer = setTimeout(() => {
        waiting.get(id)?.reject(new OomphError("timed-out", `The inspector of Node.js did not answer ${method} within ${timeoutMs} ms.`));
        waiting.delete(id);
      }, timeoutMs);
      socket.send(JSON.stringify({ id, method, params }));
      return answer.finally(() => clearTimeout(timer));
    },
    close: () => socket.terminate(),
  };
}

function readReply(data: RawData): Reply | undefined {
  try {
    const text = Array.isArray(data) ? Buffer.concat(data).toString("utf8") : Buffer.from(new Uint8Array(data)).toString("utf8");
    return Reply.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function ended(cause?: unknown): OomphError {
  const why = cause instanceof Error ? ` (${cause.message})` : "";
  return new OomphError("unreachable", `The connection to the inspector of Node.js ended${why}.`, { retryable: true, cause });
}
