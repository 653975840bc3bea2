import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { request as httpsRequest } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { kubectl } from "../../../scripts/lab/kubernetes.ts";
import type { Scene } from "./scene.ts";

/** What becomes of a request to the API server; absent: it is passed on, and so is the answer. */
export type Meeting =
  /** It does not get through, and nobody says so. */
  | "held"
  /** It gets through; its answer does not. */
  | "unanswered"
  /** The connection is closed instead. */
  | "cut"
  | { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> };

/** A way to an API server on which each request can be met as a test wants it. */
export type ClusterGate = {
  /** Leads through the gate, signed in as KUBECONFIG's user. */
  readonly kubeconfig: string;
  /** From now on; the last one that was given counts. */
  meet(how: (request: AskedOfCluster) => Meeting | undefined): void;
  /** `PATCH /apis/...` of all that came, dry runs left out. */
  changes(): readonly string[];
  /** Closes what is open, and meets what comes as it says. */
  cutAll(): void;
};

export type AskedOfCluster = { readonly method: string; readonly path: string; readonly query: URLSearchParams; readonly body: string };

type View = {
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
  readonly users: readonly { readonly user: Readonly<Record<string, unknown>> }[];
};

/** The API server that KUBECONFIG names is on this machine, so that its certificate need not be looked at. */
export async function startClusterGate(scene: Pick<Scene, "atEnd" | "directory">, name = "gate"): Promise<ClusterGate> {
  const view = JSON.parse(await kubectl(["config", "view", "--raw", "--minify", "--flatten", "-o", "json"])) as View;
  const server = new URL(view.clusters[0]?.cluster.server ?? "");
  const user = view.users[0]?.user ?? {};
  const tls = {
    rejectUnauthorized: false,
    ...(typeof user["client-certificate-data"] === "string" ? { cert: Buffer.from(user["client-certificate-data"], "base64") } : {}),
    ...(typeof user["client-key-data"] === "string" ? { key: Buffer.from(user["client-key-data"], "base64") } : {}),
  };
  const sockets = new Set<Socket>();
  const changes: string[] = [];
  let meet: (request: AskedOfCluster) => Meeting | undefined = () => undefined;

  function pass({ method = "GET", url = "/", headers }: IncomingMessage) {
    return httpsRequest({
      ...tls,
      host: server.hostname.replace(/^\[|\]$/g, ""),
      port: server.port,
      method,
      path: url,
      headers,
      agent: false,
    });
  }
  function meeting({ method = "GET", url = "/" }: IncomingMessage, body: string): Meeting | undefined {
    const { pathname, searchParams: query } = new URL(url, server);
    if (
      ["PATCH", "DELETE", "POST"].includes(method) &&
      !query.has("dryRun") &&
      !/"dryRun":\["All"\]/.test(body) &&
      !/selfsubjectaccessreviews/.test(pathname)
    )
      changes.push(`${method} ${pathname}`);
    return meet({ method, path: pathname, query, body });
  }
  async function take(inward: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(inward);
    const how = meeting(inward, body);
    if (how === "held") return;
    if (how === "cut") return void inward.socket.destroy();
    if (typeof how === "object") {
      response.writeHead(how.status, { "Content-Type": "application/json", ...how.headers });
      return void response.end(typeof how.body === "string" ? how.body : JSON.stringify(how.body));
    }
    const outward = pass(inward);
    outward.on("error", () => inward.socket.destroy());
    outward.on("response", (answer) => {
      if (how === "unanswered") return void answer.resume();
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on("error", () => inward.socket.destroy());
    });
    response.on("close", () => (how === "unanswered" ? undefined : outward.destroy()));
    outward.end(body);
  }
  const gate = createServer((inward, response) => void take(inward, response));
  gate.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
  });
  gate.on("upgrade", (inward: IncomingMessage, near: Socket, head: Buffer) => {
    if (meeting(inward, "") !== undefined) return void near.destroy();
    const outward = pass(inward);
    outward.on("error", () => near.destroy());
    outward.on("response", (answer) => {
      near.write(headOf(answer));
      answer.pipe(near);
    });
    outward.on("upgrade", (answer, far, first) => {
      near.write(headOf(answer));
      near.write(first);
      far.write(head);
      far.pipe(near).pipe(far);
      far.on("error", () => near.destroy()).on("close", () => near.destroy());
      near.on("error", () => far.destroy()).on("close", () => far.destroy());
    });
    outward.end();
  });
  gate.listen(0, "127.0.0.1");
  await once(gate, "listening");
  scene.atEnd(async () => {
    sockets.forEach((socket) => socket.destroy());
    gate.close();
    await once(gate, "close");
  });
  const kubeconfig = join(scene.directory, `${name}.kubeconfig`);
  await writeFile(kubeconfig, JSON.stringify(configOf((gate.address() as AddressInfo).port, user)));
  return {
    kubeconfig,
    meet: (how) => void (meet = how),
    changes: () => changes,
    cutAll: () => sockets.forEach((socket) => socket.destroy()),
  };
}

function configOf(port: number, user: View["users"][number]["user"]): unknown {
  return {
    "current-context": "gate",
    contexts: [{ name: "gate", context: { cluster: "gate", user: "gate" } }],
    clusters: [{ name: "gate", cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: "gate", user: { token: user["token"] ?? "by-certificate" } }],
  };
}

function headOf({ statusCode = 502, statusMessage = "", rawHeaders }: IncomingMessage): string {
  const lines = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1] ?? ""}`] : []));
  return `HTTP/1.1 ${statusCode} ${statusMessage}\r\n${lines.join("\r\n")}\r\n\r\n`;
}

async function bodyOf(inward: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of inward) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
