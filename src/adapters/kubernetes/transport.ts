import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent, type RequestOptions } from "node:https";
import type { ClusterAccess, Credentials } from "./access.ts";
import { accessInCluster } from "./in-cluster.ts";
import { accessFromKubeconfig } from "./kubeconfig.ts";
import type { KubernetesAccess } from "./settings.ts";
import { portOf } from "./shown-certificate.ts";

/** How requests get to an API server, over sockets that are kept and used again. */
export type Transport = {
  readonly access: ClusterAccess;
  /** With the credentials of now. `endless`: outside the bound, since it keeps its socket. */
  options(endless: boolean): Promise<Omit<RequestOptions, "headers"> & { readonly headers: Credentials["headers"] }>;
  close(): void;
};

// Watches, exec and tunnels have sockets of their own; what waits for an answer shares these.
const AT_ONCE = 10;
// An idle socket is given up before a proxy in between would drop it.
const POOL = { keepAlive: true, maxSockets: AT_ONCE, maxFreeSockets: 4, timeout: 60_000 };

/** Reads the kubeconfig or the service account; does not connect yet. */
export async function openTransport(settings: KubernetesAccess): Promise<Transport> {
  const access = settings.kind === "in-cluster" ? await accessInCluster(settings) : await accessFromKubeconfig(settings);
  const { server, tls } = access;
  const isTls = server.protocol === "https:";
  const base = {
    host: server.hostname.replace(/^\[|\]$/g, ""),
    port: portOf(server),
    ...(isTls ? { rejectUnauthorized: tls.verify } : {}),
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  };
  const pooled = isTls ? new HttpsAgent(POOL) : new HttpAgent(POOL);
  const single = isTls ? new HttpsAgent() : new HttpAgent();
  return {
    access,
    async options(endless) {
      const { headers, certificate } = await access.credentials();
      return { ...base, ...certificate, headers, agent: endless ? single : pooled };
    },
    close() {
      pooled.destroy();
      single.destroy();
    },
  };
}
