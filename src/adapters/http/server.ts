import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { messageOf, OomphError } from "../../domain/errors.ts";
import { json, type Page, type Pages } from "./pages.ts";

export type HttpServerOptions = {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What is read here, by exact path: health and the like. */
  readonly pages: Pages;
  /** Handlers of others by exact path, such as Slack's `/slack/events`. */
  readonly mounts?: Readonly<Record<string, Handler>>;
};

export type HttpServer = {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  readonly port: number;
  /** Answers what has begun, at most `withinMs`, and takes nothing new. */
  close(withinMs?: number): Promise<void>;
};

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

// Longer than proxies keep an idle connection (60 s mostly): who sends first on one that is closed just then gets an error.
const KEPT_ALIVE_MS = 75_000;
const IDLE_LOOK_MS = 50;

/** Serves pages and what is mounted. Throws OomphError `bad-input` when it cannot listen there. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const pages = new Map(Object.entries(options.pages));
  const server = createServer((request, response) => {
    const path = pathOf(request);
    const mounted = options.mounts?.[path];
    if (mounted !== undefined) {
      mounted(request, response);
      return;
    }
    const page = pages.get(path);
    void (page === undefined
      ? send(notFound(path, [...pages.keys(), ...Object.keys(options.mounts ?? {})]), request, response)
      : answer(page, request, response));
  });
  server.keepAliveTimeout = KEPT_ALIVE_MS;
  const port = await listen(server, options);
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  return { url: `http://${host}:${port}`, port, close: (withinMs = 5000) => close(server, withinMs) };
}

type Ask = () => Promise<Page>;

function notFound(path: string, known: readonly string[]): Page {
  return json(404, { error: "not found", path, known });
}

async function answer(page: Ask, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (isRead) return send(await orFailure(page), request, response);
  response.setHeader("allow", "GET, HEAD");
  return send(json(405, { error: "expected GET or HEAD" }), request, response);
}

function send({ status, type, body }: Page, request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.writeHead(status, { "content-type": type ?? "application/json", "cache-control": "no-store" });
  response.end(request.method === "HEAD" ? undefined : body);
}

async function orFailure(page: Ask): Promise<Page> {
  try {
    return await page();
  } catch (error) {
    return json(500, { error: messageOf(error) });
  }
}

function pathOf({ url = "/" }: IncomingMessage): string {
  return url.split(/[?#]/, 1)[0] ?? "/";
}

function listen(server: Server, { host, port }: HttpServerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const words = `expected to listen on ${host}:${port}, got: ${error.message}. Set OOMPH_HTTP_HOST and OOMPH_HTTP_PORT to an address that is free.`;
      reject(new OomphError("bad-input", words, { cause: error }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

async function close(server: Server, withinMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that is kept alive goes as soon as its last answer is out.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS);
  const timer = setTimeout(() => server.closeAllConnections(), withinMs);
  await closed;
  clearInterval(idle);
  clearTimeout(timer);
}
