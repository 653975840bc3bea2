import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AddressInfo } from "node:net";
import type { Certificate } from "../../../scripts/lab/certificates.ts";
import { createClusters } from "../../../src/adapters/kubernetes/clusters.ts";
import type { KubernetesConnectionSettings } from "../../../src/adapters/kubernetes/settings.ts";
import type { Log } from "../../../src/ports/log.ts";

export type Answering = (request: IncomingMessage, response: ServerResponse) => void;

/** Something that answers as an API server in trouble does, which a real one cannot be brought to do on demand. */
export async function startApiServer(
  answer: Answering,
  certificate?: Certificate & { readonly requestCert?: boolean; readonly ca?: string },
) {
  const asked: IncomingMessage[] = [];
  let connections = 0;
  const take: Answering = (request, response) => {
    asked.push(request);
    answer(request, response);
  };
  const server = certificate === undefined ? createHttpServer(take) : createHttpsServer(certificate, take);
  server.on("connection", () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${certificate === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    asked,
    connections: () => connections,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
}

export function sendStatus(response: ServerResponse, code: number, more: Readonly<Record<string, unknown>> = {}): void {
  sendJson(response, { kind: "Status", apiVersion: "v1", status: "Failure", code, message: "no", ...more }, code);
}

export type KubeconfigUser = Readonly<Record<string, unknown>>;

/** A kubeconfig in a folder of its own. JSON is YAML. */
export async function writeKubeconfig(cluster: Readonly<Record<string, unknown>>, user: KubeconfigUser = { token: "made-up" }) {
  const folder = await mkdtemp(join(tmpdir(), "oomph-kubeconfig-"));
  const path = join(folder, "config");
  const config = {
    "current-context": "one",
    contexts: [
      { name: "one", context: { cluster: "c", user: "u" } },
      { name: "two", context: { cluster: "elsewhere", user: "u" } },
    ],
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user }],
  };
  await writeFile(path, JSON.stringify(config));
  return { path, folder, remove: () => rm(folder, { recursive: true }) };
}

export const GENEROUS = { connectTimeoutMs: 20_000, callTimeoutMs: 60_000 };
export const EVERY_NAMESPACE = { allowed: [], denied: [] };

type Own = Partial<Pick<KubernetesConnectionSettings, "connectTimeoutMs" | "callTimeoutMs" | "namespaces">> & {
  readonly context?: string;
  readonly log?: Log;
};

/** The cluster of a kubeconfig, under the name `lab`. */
export function openCluster(path: string, { context, log = silentLog, ...own }: Own = {}) {
  const pluginEnvironment = { PATH: process.env["PATH"] ?? "" };
  const access = { kind: "kubeconfig", paths: [path], pluginEnvironment, ...(context === undefined ? {} : { context }) } as const;
  const clusters = createClusters([{ name: "lab", access, namespaces: EVERY_NAMESPACE, ...GENEROUS, ...own }], { log });
  return { cluster: clusters.cluster("lab"), close: () => clusters.close() };
}

export const silentLog: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
