import { request as httpRequest, type ClientRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Json } from "../../domain/json.ts";
import type { ClusterAccess } from "./access.ts";
import type { Asked } from "./asked.ts";
import { KUBERNETES_CALLS, pathOf, type CallPlace, type KubernetesCall, type KubernetesCallName } from "./calls.ts";
import type { KubernetesConnectionSettings } from "./settings.ts";
import type { Transport } from "./transport.ts";

export type KubernetesRequest = CallPlace & {
  /** Of calls.ts; or a path of discovery. */
  readonly call: KubernetesCallName | `/${string}`;
  /** Several values: the parameter several times. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Json;
  /** Of the body, absent: `application/json`. A patch says which kind it is. */
  readonly contentType?: string;
  /** Absent: JSON. */
  readonly accept?: string;
  /** The most that is read of an answer as JSON; absent: 64 MiB. */
  readonly maxBytes?: number;
  /** Only these bytes, of what knows how to send them: `bytes=-65536` is the end. */
  readonly range?: string;
  /** Instead of the connection's own; `Infinity`: once it answers, as long as it goes on. */
  readonly timeoutMs?: number;
  /** Aborted: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
};

const METHODS = { get: "GET", list: "GET", watch: "GET", create: "POST", patch: "PATCH", update: "PUT", delete: "DELETE" } as const;

/** Sends it, over a socket of the transport. */
export function send({ access }: Transport, request: KubernetesRequest, options: Awaited<ReturnType<Transport["options"]>>): ClientRequest {
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const begin = access.server.protocol === "https:" ? httpsRequest : httpRequest;
  const sent = begin({
    ...options,
    method: methodOf(request),
    path: pathWithQuery(access, request),
    headers: {
      ...options.headers,
      "User-Agent": "oomph",
      Accept: request.accept ?? "application/json",
      ...(request.range === undefined ? { "Accept-Encoding": "gzip" } : { Range: request.range }),
      ...(body === undefined
        ? {}
        : { "Content-Type": request.contentType ?? "application/json", "Content-Length": Buffer.byteLength(body) }),
    },
  });
  sent.end(body);
  return sent;
}

export function methodOf({ call }: KubernetesRequest): string {
  if (isPath(call)) return "GET";
  const { verb }: KubernetesCall = KUBERNETES_CALLS[call];
  return METHODS[verb];
}

function isPath(call: KubernetesRequest["call"]): call is `/${string}` {
  return call.startsWith("/");
}

/** With the path that the server's URL may have, and the query. */
export function pathWithQuery({ server }: ClusterAccess, request: KubernetesRequest): string {
  const { call, query = {} } = request;
  const parameters = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    typeof value === "string" ? [[name, value]] : value.map((one) => [name, one]),
  );
  const text = new URLSearchParams(parameters).toString();
  const path = isPath(call) ? call : pathOf(call, request);
  return `${server.pathname.replace(/\/$/, "")}${path}${text === "" ? "" : `${path.includes("?") ? "&" : "?"}${text}`}`;
}

/** For sentences about this request. */
export function askedOf(
  { call, namespace, name }: KubernetesRequest,
  access: ClusterAccess,
  { name: cluster }: KubernetesConnectionSettings,
): Asked {
  return {
    cluster: `Cluster ${cluster} (${nameOfServer(access)})`,
    path: call,
    ...(isPath(call) ? {} : { call }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}

/** Without a password that its URL may hold. */
export function nameOfServer({ server }: ClusterAccess): string {
  return `${server.origin}${server.pathname.replace(/\/$/, "")}`;
}
