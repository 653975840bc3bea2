import { request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { OomphError } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";
import type { Asked } from "./asked.ts";
import { DOCKER_CALLS, pathOf, type DockerCallName } from "./calls.ts";
import { formatEndpoint } from "./connection-url.ts";
import { codeIn, explainLoss, LATE } from "./lost-connection.ts";
import { explainRefusal, readRefusal } from "./refusals.ts";
import type { DockerConnectionSettings } from "./settings.ts";
import { openTransport, type Transport } from "./transport.ts";

/** One daemon, spoken to in its HTTP API. Nothing is connected before the first call. Methods throw OomphError. */
export type DockerClient = {
  readonly name: string;
  /** The answer, parsed; undefined where it has no body. Beyond 32 MiB: `refused`. */
  json(request: DockerRequest): Promise<unknown>;
  /** The answer's bytes as they come. "enough" from `onChunk` ends it early. */
  stream(request: DockerRequest, onChunk: TakeChunk): Promise<void>;
  close(): void;
};

/** "enough" ends the answer early. */
export type TakeChunk = (chunk: Buffer) => "enough" | undefined | void;

export type DockerRequest = {
  readonly call: DockerCallName;
  /** For `{id}` in the call's path. */
  readonly id?: string;
  /** The container's name for sentences, when `id` is another. */
  readonly container?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** Instead of the connection's own; `Infinity`: once it answers, as long as it goes on. */
  readonly timeoutMs?: number;
  /** Aborted: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
};

const MAX_JSON_BYTES = 32 * 2 ** 20;
const MAX_REFUSAL_BYTES = 8192;

export function createDockerClient(settings: DockerConnectionSettings): DockerClient {
  const host = `Docker host ${settings.name} (${formatEndpoint(settings.endpoint)})`;
  let opening: Promise<Transport> | undefined;
  let isClosed = false;

  async function ask<Value>(request: DockerRequest, take: Take<Value>): Promise<Value> {
    const container = request.container ?? (DOCKER_CALLS[request.call].path.startsWith("/containers/{id}") ? request.id : undefined);
    const asked: Asked = { host, call: request.call, ...(container === undefined ? {} : { container }) };
    if (isClosed) throw new OomphError("unreachable", `${host} is not asked any more: Oomph is shutting down.`);
    opening ??= openTransport(settings);
    const transport = await opening;
    return transport.inTurn(() => exchange({ asked, request, settings, transport }, take), request.signal);
  }
  return {
    name: settings.name,
    json: async (request) => ask(request, async (body, { asked }) => parse(await readAll(body, MAX_JSON_BYTES), asked)),
    stream: async (request, onChunk) => ask(request, async (body) => readChunks(body, onChunk)),
    close() {
      isClosed = true;
      void opening?.then(
        (transport) => transport.close(),
        () => undefined,
      );
    },
  };
}

type Exchange = {
  readonly asked: Asked;
  readonly request: DockerRequest;
  readonly settings: DockerConnectionSettings;
  readonly transport: Transport;
};

type Take<Value> = (body: IncomingMessage, exchange: Exchange) => Promise<Value>;

/** One call, from sending to the last byte of its answer, within its time. */
async function exchange<Value>(work: Exchange, take: Take<Value>): Promise<Value> {
  const { request, asked, settings } = work;
  request.signal?.throwIfAborted();
  const limitMs = request.timeoutMs ?? settings.callTimeoutMs;
  const abort = new AbortController();
  const onAbort = (): void => abort.abort(request.signal?.reason);
  request.signal?.addEventListener("abort", onAbort, { once: true });
  const answerWithinMs = Number.isFinite(limitMs) ? limitMs : settings.callTimeoutMs;
  const timer = setTimeout(() => abort.abort(coded(LATE.answer)), answerWithinMs);
  try {
    const response = await sendSurely(work, abort);
    if (!isFine(response)) throw explainRefusal(readRefusal(response.statusCode ?? 0, await readAll(response, MAX_REFUSAL_BYTES)), asked);
    if (!Number.isFinite(limitMs)) clearTimeout(timer);
    return await take(response, work);
  } catch (error) {
    request.signal?.throwIfAborted();
    const reason: unknown = abort.signal.aborted ? abort.signal.reason : error;
    throw explainLoss(reason, asked, codeIn(reason) === LATE.connect ? settings.connectTimeoutMs : answerWithinMs);
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener("abort", onAbort);
  }
}

/** A kept socket may have been closed on the other side a moment ago: what only reads is then asked once more. */
async function sendSurely(work: Exchange, abort: AbortController): Promise<IncomingMessage> {
  const first = begin(work, abort);
  try {
    return await answerOf(first);
  } catch (error) {
    const mayRepeat = first.reusedSocket && DOCKER_CALLS[work.request.call].method === "GET" && !abort.signal.aborted;
    if (!mayRepeat) throw error;
    return answerOf(begin(work, abort));
  }
}

function begin({ request, settings, transport }: Exchange, abort: AbortController): ClientRequest {
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const query = new URLSearchParams(request.query).toString();
  const send = transport.isTls ? httpsRequest : httpRequest;
  const sent = send({
    ...transport.options,
    method: DOCKER_CALLS[request.call].method,
    path: `${pathOf(request.call, request.id ?? "")}${query === "" ? "" : `?${query}`}`,
    headers: {
      ...transport.headers,
      "User-Agent": "oomph",
      ...(body === undefined ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) }),
    },
    signal: abort.signal,
  });
  limitConnecting(sent, abort, { ms: settings.connectTimeoutMs, until: transport.isTls ? "secureConnect" : "connect" });
  sent.end(body);
  return sent;
}

function limitConnecting(
  sent: ClientRequest,
  abort: AbortController,
  { ms, until }: { readonly ms: number; readonly until: string },
): void {
  sent.once("socket", (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(() => abort.abort(coded(LATE.connect)), ms);
    socket.once(until, () => clearTimeout(timer));
    socket.once("close", () => clearTimeout(timer));
    socket.setKeepAlive(true, 30_000); // a stream of events may be silent for days
  });
}

function answerOf(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.once("response", resolve);
    sent.on("error", reject); // stays: one that comes after the answer is told by the body
  });
}

function isFine({ statusCode = 0 }: IncomingMessage): boolean {
  return (statusCode >= 200 && statusCode < 300) || statusCode === 304; // 304: it is so already
}

async function readAll(body: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  await readChunks(body, (chunk) => {
    bytes += chunk.length;
    chunks.push(chunk);
    return bytes > maxBytes ? "enough" : undefined;
  });
  if (bytes > maxBytes && maxBytes === MAX_JSON_BYTES)
    throw new OomphError("refused", `Expected an answer of at most ${maxBytes / 2 ** 20} MiB from the Docker daemon, got more.`);
  return Buffer.concat(chunks).toString("utf8");
}

function readChunks(body: IncomingMessage, onChunk: TakeChunk): Promise<void> {
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

function parse(text: string, { host }: Asked): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new OomphError("refused", `${host} answered with something that is not JSON. Is this address a Docker daemon's?`, {
      cause: error,
    });
  }
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}
