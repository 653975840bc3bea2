import { request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { OomphError } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import type { Json } from "../../domain/json.ts";
import { codeIn, exchange, LATE } from "../connection/exchange.ts";
import { readChunks, readUpTo, type TakeChunk } from "../connection/read-body.ts";
import type { Asked } from "./asked.ts";
import { DOCKER_CALLS, pathOf, type DockerCallName } from "./calls.ts";
import { formatEndpoint } from "./connection-url.ts";
import { explainLoss } from "./lost-connection.ts";
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
    return transport.inTurn(() => askOnce({ asked, request, settings, transport }, take), request.signal);
  }
  return {
    name: settings.name,
    json: async (request) =>
      ask(request, async (body, { asked }) => {
        const { bytes, truncated } = await readUpTo(body, MAX_JSON_BYTES);
        if (!truncated) return parse(bytes.toString("utf8"), asked);
        throw new OomphError("refused", `Expected an answer of at most ${MAX_JSON_BYTES / 2 ** 20} MiB from the Docker daemon, got more.`);
      }),
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

type Asking = {
  readonly asked: Asked;
  readonly request: DockerRequest;
  readonly settings: DockerConnectionSettings;
  readonly transport: Transport;
};

type Take<Value> = (body: IncomingMessage, asking: Asking) => Promise<Value>;

/** One call, from sending to the last byte of its answer, within its time. */
async function askOnce<Value>(work: Asking, take: Take<Value>): Promise<Value> {
  const { request, asked, settings } = work;
  const limitMs = request.timeoutMs ?? settings.callTimeoutMs;
  const endless = !Number.isFinite(limitMs);
  const answerTimeoutMs = endless ? settings.callTimeoutMs : limitMs;
  const { connectTimeoutMs } = settings;
  try {
    return await exchange(
      {
        begin: (signal) => begin(work, signal),
        mayRepeat: DOCKER_CALLS[request.call].method === "GET",
        connectTimeoutMs,
        answerTimeoutMs,
        endless,
        ...given({ signal: request.signal }),
      },
      async (answer) => {
        if (isFine(answer)) return take(answer, work);
        const { bytes } = await readUpTo(answer, MAX_REFUSAL_BYTES);
        throw explainRefusal(readRefusal(answer.statusCode ?? 0, bytes.toString("utf8")), asked);
      },
    );
  } catch (error) {
    request.signal?.throwIfAborted();
    throw explainLoss(error, asked, codeIn(error) === LATE.connect ? connectTimeoutMs : answerTimeoutMs);
  }
}

function begin({ request, transport }: Asking, signal: AbortSignal): ClientRequest {
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
    signal,
  });
  sent.end(body);
  return sent;
}

function isFine({ statusCode = 0 }: IncomingMessage): boolean {
  return (statusCode >= 200 && statusCode < 300) || statusCode === 304; // 304: it is so already
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
