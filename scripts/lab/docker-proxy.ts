import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A proxy in front of a Docker daemon's socket, as people put one there for least rights. */
export type DockerProxy = {
  /** For the settings of a connection: a socket, or a port of 127.0.0.1. */
  readonly path: string;
  readonly port: number;
  /** `GET /containers/{id}/json`, in the order in which they came; those that were refused too. */
  readonly calls: readonly string[];
  /** Calls under way at the same time, streams of events left out. */
  mostAtOnce(): number;
  /** All connections break, as when the daemon goes away. */
  drop(): void;
  /** From now on requests wait for an answer that does not come; false: no more. */
  hang(isHanging: boolean): void;
  /** What becomes of every call from now on, by its name and its URL. */
  decide(fate: (call: string, url: string) => Fate): void;
  close(): Promise<void>;
};

/**
 * `hold`: it gets no answer, and the daemon never hears of it; `drop`: nor does it, and the connection breaks. With `-answer` the
 * daemon does what it was asked to; `break`: the connection breaks while it does. A number is the status that comes instead.
 */
export type Fate = "pass" | "hold" | "hold-answer" | "drop" | "drop-answer" | "break" | number;

export type ProxyOptions = {
  /** The daemon's socket; default: DOCKER_HOST's. */
  readonly daemon?: string;
  /** Calls by name, `GET /info`: all others are refused with 403. Absent: everything goes through. */
  readonly allow?: readonly string[];
  /** Listens on a port instead of a socket. */
  readonly isOnPort?: boolean;
  /** PEM texts: TLS, on a port, with a client certificate demanded when `clientCa` is given. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string };
};

// By then the daemon has begun.
const BREAK_AFTER_MS = 300;

/** The socket of the daemon that tests use. */
export function daemonSocket(): string {
  return (process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock").replace(/^unix:\/\//, "");
}

export async function startDockerProxy({
  daemon = daemonSocket(),
  allow,
  tls,
  isOnPort = tls !== undefined,
}: ProxyOptions = {}): Promise<DockerProxy> {
  const folder = mkdtempSync(join(tmpdir(), "oomph-proxy-"));
  const path = join(folder, "docker.sock");
  const calls: string[] = [];
  const sockets = new Set<Socket>();
  let isHanging = false;
  let [atOnce, mostAtOnce] = [0, 0];
  let fateOf: (call: string, url: string) => Fate = () => "pass";

  function answer(asked: IncomingMessage, response: ServerResponse): void {
    const call = nameOf(asked);
    calls.push(call);
    if (call !== "GET /events") {
      atOnce += 1;
      mostAtOnce = Math.max(mostAtOnce, atOnce);
      response.once("close", () => (atOnce -= 1));
    }
    const fate = fateOf(call, asked.url ?? "");
    if (isHanging || fate === "hold") return;
    if (fate === "drop") return void asked.socket.destroy();
    if (typeof fate === "number") return void response.writeHead(fate, { "Content-Type": "application/json" }).end('{"message":"broken"}');
    if (allow !== undefined && !allow.includes(call)) {
      response
        .writeHead(403, { "Content-Type": "text/html" })
        .end("<html><body><h1>403 Forbidden</h1>\nAdministrative rules.</body></html>");
      return;
    }
    const headers = { ...asked.headers };
    const passed = request({ socketPath: daemon, method: asked.method, path: asked.url, headers }, (answered) => {
      if (fate === "hold-answer") return void answered.resume();
      if (fate === "drop-answer") return void asked.socket.destroy();
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      response.flushHeaders();
      answered.pipe(response);
    });
    passed.on("error", () => response.destroy());
    response.on("close", () => fate === "break" || passed.destroy());
    asked.pipe(passed);
    if (fate === "break") setTimeout(() => asked.socket.destroy(), BREAK_AFTER_MS);
  }
  const server: Server =
    tls === undefined
      ? createServer(answer)
      : createTlsServer(
          { cert: tls.cert, key: tls.key, ca: tls.clientCa, requestCert: tls.clientCa !== undefined, rejectUnauthorized: true },
          answer,
        );
  for (const event of ["connection", "secureConnection"]) {
    server.on(event, (socket: Socket) => {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.once("close", () => sockets.delete(socket));
    });
  }
  await new Promise<void>((resolve) => {
    if (isOnPort) server.listen(0, "127.0.0.1", resolve);
    else server.listen(path, resolve);
  });
  const drop = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    path,
    port: isOnPort ? (server.address() as AddressInfo).port : 0,
    calls,
    mostAtOnce: () => mostAtOnce,
    drop,
    hang: (value) => {
      isHanging = value;
    },
    decide: (fate) => {
      fateOf = fate;
    },
    async close() {
      drop();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Asked of what there is none of, to hear whether such a call is let through. */
export function isQuestion(call: string, url: string): boolean {
  return url.includes("0".repeat(64)) || (call === "POST /containers/create" && !url.includes("name="));
}

/** A request as the table of calls names it. */
function nameOf({ method = "GET", url = "/" }: IncomingMessage): string {
  const path = (url.split("?")[0] ?? "").replace(/^\/v\d+\.\d+/, "");
  const general = path.replace(/^\/(containers|exec|images|networks)\/(?!json$|create$)[^/]+/, "/$1/{id}");
  return `${method} ${general}`;
}
