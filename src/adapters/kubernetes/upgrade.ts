import type { IncomingMessage } from "node:http";
import type { WebSocket } from "ws";
import { coded, LATE } from "../connection/exchange.ts";
import { readUpTo } from "../connection/read-body.ts";
import type { Asked } from "./asked.ts";
import { explainLoss } from "./lost-connection.ts";
import { explainRefusal, readRefusal } from "./refusals.ts";
import type { KubernetesConnectionSettings } from "./settings.ts";
import { whyNotTaken } from "./stale-credentials.ts";
import type { Transport } from "./transport.ts";

export type Upgrade = {
  readonly transport: Transport;
  readonly asked: Asked;
  /** With query. */
  readonly path: string;
  readonly protocols: readonly string[];
  readonly settings: KubernetesConnectionSettings;
  readonly signal?: AbortSignal;
};

// A server sends chunks of at most 32 KiB; more is none of its own.
const MAX_MESSAGE_BYTES = 2 ** 20;
const MAX_REFUSAL_BYTES = 16_384;

/**
 * Opens a WebSocket, for exec and port-forward. `ws` is loaded here, at the first one. Throws OomphError. The caller closes
 * it, and resumes it when it listens: what came with the answer would be lost before.
 */
export async function openWebSocket({ transport, asked, path, protocols, settings, signal }: Upgrade): Promise<WebSocket> {
  const { WebSocket: Socket } = await import("ws");
  const { server } = transport.access;
  const { headers, ...options } = await transport.options(true);
  signal?.throwIfAborted();
  const times = { connectTimeoutMs: settings.connectTimeoutMs, answerTimeoutMs: settings.callTimeoutMs };
  const url = `${server.protocol === "https:" ? "wss" : "ws"}://${server.host}${path}`;
  const socket = new Socket(url, [...protocols], {
    ...options,
    headers: { ...headers, "User-Agent": "oomph" },
    handshakeTimeout: settings.callTimeoutMs,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  return new Promise((resolve, reject) => {
    const onAbort = (): void => socket.terminate();
    signal?.addEventListener("abort", onAbort, { once: true });
    const end = (): void => signal?.removeEventListener("abort", onAbort);
    socket.once("open", () => {
      end();
      socket.pause();
      resolve(socket);
    });
    socket.once("unexpected-response", (_request, answer) => {
      void refusalOf(answer, asked, whyNotTaken({ headers, cert: options.cert }, transport.access.who)).then(reject, reject);
    });
    socket.on("error", (error) => {
      end();
      const late = error.message === "Opening handshake has timed out" ? coded(LATE.answer) : error;
      reject(signal?.aborted === true ? toError(signal.reason) : explainLoss(late, asked, times));
    });
  });
}

async function refusalOf(answer: IncomingMessage, asked: Asked, whyNot: string): Promise<Error> {
  const { bytes } = await readUpTo(answer, MAX_REFUSAL_BYTES);
  const refusal = readRefusal(answer.statusCode ?? 0, bytes.toString("utf8"), answer.headers["retry-after"]);
  return explainRefusal({ ...refusal, says: `${refusal.says}${refusal.status === 401 ? whyNot : ""}` }, asked);
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("the call was ended");
}
