import type { IncomingMessage } from "node:http";
import { pipeline, type Readable } from "node:stream";
import { setTimeout as after } from "node:timers/promises";
import { createGunzip } from "node:zlib";
import type { WebSocket } from "ws";
import { codeOf, OomphError } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import type { Log } from "../../ports/log.ts";
import { tlsTrouble } from "../connection/certificate-codes.ts";
import { codeIn, exchange } from "../connection/exchange.ts";
import { readChunks, readUpTo, type TakeChunk } from "../connection/read-body.ts";
import type { Asked } from "./asked.ts";
import { explainLoss } from "./lost-connection.ts";
import { explainRefusal, readRefusal } from "./refusals.ts";
import { askedOf, methodOf, nameOfServer, pathWithQuery, send, type KubernetesRequest } from "./request.ts";
import { openSession, type Session } from "./session.ts";
import type { KubernetesConnectionSettings } from "./settings.ts";
import { describeShownCertificate } from "./shown-certificate.ts";
import { whyNotTaken } from "./stale-credentials.ts";
import type { Transport } from "./transport.ts";
import { openWebSocket } from "./upgrade.ts";

/** One cluster, spoken to in its HTTP API as JSON. Nothing is read or connected before the first call. Methods throw OomphError. */
export type KubernetesClient = {
  readonly settings: KubernetesConnectionSettings;
  /** `https://host:port`, for people. Reads the kubeconfig, asks nobody. */
  server(): Promise<string>;
  /** The answer, parsed; undefined where it has no body. Throws `TooLarge` beyond the request's `maxBytes`. */
  json(request: KubernetesRequest): Promise<unknown>;
  /** The answer's bytes as they come. "enough" from `onChunk` ends it early. */
  stream(request: KubernetesRequest, onChunk: TakeChunk): Promise<void>;
  /** The answer of something that the API server is a proxy for, whatever its status. Throws where the API server itself refuses. */
  raw(request: KubernetesRequest, maxBytes: number): Promise<RawAnswer>;
  /** A WebSocket, open. The first of `protocols` that the server speaks is in its `protocol`. */
  upgrade(request: KubernetesRequest, protocols: readonly string[]): Promise<WebSocket>;
  close(): void;
};

export type RawAnswer = { readonly status: number; readonly contentType: string; readonly body: Uint8Array; readonly truncated: boolean };

const MAX_JSON_BYTES = 64 * 2 ** 20;
const MAX_REFUSAL_BYTES = 16_384;
// An API server that sheds load says in how many seconds it wants to be asked again.
const MAX_WAITS = 3;
const MAX_WAIT_MS = 5000;

export function createKubernetesClient(settings: KubernetesConnectionSettings, log: Log): KubernetesClient {
  const session = openSession(settings, log);
  return {
    settings,
    server: async () => nameOfServer((await session.transport()).access),
    json: (request) =>
      ask(session, request, {
        accepts: isFine,
        read: async (answer, asked) => {
          const { maxBytes = MAX_JSON_BYTES } = request;
          const { bytes, truncated } = await readUpTo(unzipped(answer), maxBytes);
          if (!truncated) return parse(bytes.toString("utf8"), asked);
          throw new TooLarge("refused", `${asked.cluster} answered with more than ${maxBytes / 2 ** 20} MiB to one question.`);
        },
      }),
    stream: (request, onChunk) => ask(session, request, { accepts: isFine, read: (answer) => readChunks(unzipped(answer), onChunk) }),
    raw: (request, maxBytes) =>
      ask(
        session,
        { ...request, accept: request.accept ?? "*/*" },
        { accepts: () => true, read: (answer, asked) => readRaw(answer, { asked, maxBytes }) },
      ),
    upgrade: async (request, protocols) => {
      const transport = await session.transport();
      const asked = askedOf(request, transport.access, settings);
      return openWebSocket({
        transport,
        asked,
        path: pathWithQuery(transport.access, request),
        protocols,
        settings,
        ...given({ signal: request.signal }),
      });
    },
    close: session.close,
  };
}

/** More than may be read of one answer. */
export class TooLarge extends OomphError {}

type Take<Value> = {
  /** Is it an answer to read, or a refusal? */
  readonly accepts: (answer: IncomingMessage) => boolean;
  readonly read: (answer: IncomingMessage, asked: Asked) => Promise<Value>;
};

/** One call; again with fresh credentials where they were not taken, and later where the server asks for that. */
async function ask<Value>(session: Session, request: KubernetesRequest, take: Take<Value>): Promise<Value> {
  for (let waits = 0; ; waits += 1) {
    const transport = await session.transport();
    try {
      return await askOnce({ session, transport, request }, take);
    } catch (error) {
      if (codeOf(error) === "wrong-credentials" && session.renew()) continue;
      const waitMs = error instanceof OomphError && error.code === "rate-limited" ? (error.retryAfterMs ?? 1000) : Number.POSITIVE_INFINITY;
      if (waitMs > MAX_WAIT_MS || waits >= MAX_WAITS || methodOf(request) !== "GET") throw error;
      await after(waitMs, undefined, given({ signal: request.signal }));
    }
  }
}

type Work = {
  readonly session: Session;
  readonly transport: Transport;
  readonly request: KubernetesRequest;
};

async function askOnce<Value>({ session, transport, request }: Work, take: Take<Value>): Promise<Value> {
  const { settings } = session;
  const limitMs = request.timeoutMs ?? settings.callTimeoutMs;
  const endless = !Number.isFinite(limitMs);
  const times = { connectTimeoutMs: settings.connectTimeoutMs, answerTimeoutMs: endless ? settings.callTimeoutMs : limitMs };
  const asked = askedOf(request, transport.access, settings);
  const options = await transport.options(endless);
  try {
    const work = {
      ...times,
      endless,
      mayRepeat: methodOf(request) === "GET",
      begin: (signal: AbortSignal) => send(transport, request, { ...options, signal }),
      ...given({ signal: request.signal }),
    };
    return await exchange(work, async (answer) => {
      if (take.accepts(answer)) return take.read(answer, asked);
      const { bytes } = await readUpTo(unzipped(answer), MAX_REFUSAL_BYTES);
      const refusal = readRefusal(answer.statusCode ?? 0, bytes.toString("utf8"), answer.headers["retry-after"]);
      const why = refusal.status === 401 ? whyNotTaken(options, transport.access.who) : "";
      const says = why === "" ? refusal.says : `${refusal.says.replace(/[^.!?]$/, "$&.")}${why}`;
      throw explainRefusal({ ...refusal, says }, asked);
    });
  } catch (error) {
    request.signal?.throwIfAborted();
    const isCertificate = tlsTrouble(codeIn(error)) !== undefined;
    const shown = isCertificate ? await describeShownCertificate(transport.access, settings.connectTimeoutMs) : undefined;
    throw explainLoss(error, asked, { ...times, ...given({ shown }) });
  }
}

function isFine({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode < 300;
}

/** Refused by the API server itself, which says so in words of its own, or answered by what is behind it. */
async function readRaw(
  answer: IncomingMessage,
  { asked, maxBytes }: { readonly asked: Asked; readonly maxBytes: number },
): Promise<RawAnswer> {
  const { statusCode: status = 0, headers } = answer;
  const { bytes: body, truncated } = await readUpTo(unzipped(answer), maxBytes);
  if (status >= 400 && body.length < MAX_REFUSAL_BYTES) {
    const refusal = readRefusal(status, body.toString("utf8"), headers["retry-after"]);
    if (refusal.isStatus) throw explainRefusal(refusal, asked);
  }
  return { status, contentType: headers["content-type"] ?? "", body, truncated };
}

/** A broken-off answer breaks off the unzipped one too. */
function unzipped(answer: IncomingMessage): Readable {
  if (answer.headers["content-encoding"] !== "gzip") return answer;
  return pipeline(answer, createGunzip(), () => undefined);
}

function parse(text: string, { cluster }: Asked): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new OomphError("refused", `${cluster} answered with something that is not JSON. Is this address an API server's?`, {
      cause: error,
    });
  }
}
