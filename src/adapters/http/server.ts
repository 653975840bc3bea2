import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { messageOf, OomphError } from "../../domain/errors.ts";

export type HttpServerOptions = {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What must work before work may be sent here, by name; each throws when it does not. */
  readonly checks: Readonly<Record<string, () => Promise<unknown>>>;
  /** What an operator should put right, said in /readyz without making it fail: it works, for now. */
  readonly warnings?: () => Promise<readonly string[]>;
  /** How connections stand, for /readyz. */
  readonly connections?: () => Readonly<Record<string, Readonly<Record<string, string | number>>>>;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  /** Handlers of others by exact path, such as Slack's `/slack/events`. */
  readonly mounts?: Readonly<Record<string, Handler>>;
  /** Longest wait for one check; 2 s unless said otherwise. */
  readonly checkTimeoutMs?: number;
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

/** Health, readiness, metrics and what is mounted. Throws OomphError `bad-input` when it cannot listen there. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const own = ownRoutes(options);
  const server = createServer((request, response) => {
    const path = pathOf(request);
    const mounted = options.mounts?.[path];
    if (mounted !== undefined) {
      mounted(request, response);
      return;
    }
    const route = own.get(path);
    void (route === undefined
      ? send(notFound(path, [...own.keys(), ...Object.keys(options.mounts ?? {})]), request, response)
      : answer(route, request, response));
  });
  server.keepAliveTimeout = KEPT_ALIVE_MS;
  const port = await listen(server, options);
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  return { url: `http://${host}:${port}`, port, close: (withinMs = 5000) => close(server, withinMs) };
}

type Answer = { readonly status: number; readonly type?: string; readonly body: string };
type Route = () => Promise<Answer>;

function ownRoutes(options: HttpServerOptions): ReadonlyMap<string, Route> {
  const { metrics } = options;
  return new Map<string, Route>([
    ["/healthz", () => Promise.resolve(json(200, { status: "alive" }))],
    ["/readyz", () => readiness(options)],
    ["/metrics", async () => ({ status: 200, type: metrics.contentType, body: await metrics.text() })],
  ]);
}

async function readiness({ checks, connections, warnings = noWarnings, checkTimeoutMs = 2000 }: HttpServerOptions): Promise<Answer> {
  const [results, warned] = await Promise.all([
    Promise.all(Object.entries(checks).map(async ([name, check]) => [name, outcomeOf(await settled(check, checkTimeoutMs))] as const)),
    settled(warnings, checkTimeoutMs),
  ]);
  const ready = results.every(([, { ok }]) => ok);
  return json(ready ? 200 : 503, {
    status: ready ? "ready" : "not ready",
    checks: Object.fromEntries(results),
    // Who cannot be asked for warnings is away, and that is what a check says.
    warnings: warned.kind === "answered" ? warned.answer : [],
    ...(connections === undefined ? {} : { connections: connections() }),
  });
}

async function noWarnings(): Promise<readonly string[]> {
  return [];
}

type Settled<Value> = { readonly kind: "answered"; readonly answer: Value } | { readonly kind: "failed"; readonly because: string };

function outcomeOf(check: Settled<unknown>): { readonly ok: true } | { readonly ok: false; readonly because: string } {
  return check.kind === "answered" ? { ok: true } : { ok: false, because: check.because };
}

async function settled<Value>(ask: () => Promise<Value>, timeoutMs: number): Promise<Settled<Value>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Settled<Value>>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "failed", because: `no answer within ${timeoutMs} ms` }), timeoutMs);
  });
  const done = async (): Promise<Settled<Value>> => {
    try {
      return { kind: "answered", answer: await ask() };
    } catch (error) {
      return { kind: "failed", because: messageOf(error) };
    }
  };
  return Promise.race([done(), late]).finally(() => clearTimeout(timer));
}

function notFound(path: string, known: readonly string[]): Answer {
  return json(404, { error: "not found", path, known });
}

async function answer(route: Route, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (isRead) return send(await orFailure(route), request, response);
  response.setHeader("allow", "GET, HEAD");
  return send(json(405, { error: "expected GET or HEAD" }), request, response);
}

function send({ status, type, body }: Answer, request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.writeHead(status, { "content-type": type ?? "application/json", "cache-control": "no-store" });
  response.end(request.method === "HEAD" ? undefined : body);
}

async function orFailure(route: Route): Promise<Answer> {
  try {
    return await route();
  } catch (error) {
    return json(500, { error: messageOf(error) });
  }
}

function json(status: number, value: unknown): Answer {
  return { status, body: `${JSON.stringify(value)}\n` };
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
