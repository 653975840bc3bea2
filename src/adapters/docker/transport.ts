import { Agent as HttpAgent, type RequestOptions } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { DockerConnectionSettings } from "./settings.ts";
import { createSlots, type Slots } from "./slots.ts";

/** How requests get to a daemon: over sockets that are kept and used again. */
export type Transport = {
  readonly isTls: boolean;
  readonly options: RequestOptions;
  readonly headers: Readonly<Record<string, string>>;
  /** Keeps calls within what the way there carries at once. */
  readonly inTurn: Slots;
  close(): void;
};

// An idle socket is given up before a proxy in between would drop it.
const POOL = { keepAlive: true, maxFreeSockets: 20, timeout: 15_000 };
// The other end of a socket has no name, and HTTP wants one.
const AT_ONCE: Slots = async (work) => work();
// sshd lets one connection have 10 sessions (MaxSessions).
const SSH_SESSIONS = 9;
const NAMELESS = { Host: "docker" };

/** Does not connect yet. SSH is loaded here, and only for a host that needs it. */
export async function openTransport(settings: DockerConnectionSettings): Promise<Transport> {
  const { endpoint, tls } = settings;
  switch (endpoint.kind) {
    case "socket": {
      const agent = new HttpAgent(POOL);
      return {
        isTls: false,
        options: { agent, socketPath: endpoint.path },
        headers: NAMELESS,
        inTurn: AT_ONCE,
        close: () => agent.destroy(),
      };
    }
    case "tcp": {
      const { host, port } = endpoint;
      const { verify = true, ...pem } = tls ?? {};
      const isTls = tls !== undefined || endpoint.tls;
      const agent = isTls ? new HttpsAgent({ ...POOL, ...pem, rejectUnauthorized: verify }) : new HttpAgent(POOL);
      return { isTls, options: { agent, host, port }, headers: {}, inTurn: AT_ONCE, close: () => agent.destroy() };
    }
    case "ssh": {
      const { openSshAgent } = await import("./ssh.ts");
      const agent = openSshAgent(settings, endpoint);
      return { isTls: false, options: { agent }, headers: NAMELESS, inTurn: createSlots(SSH_SESSIONS), close: () => agent.destroy() };
    }
  }
}
