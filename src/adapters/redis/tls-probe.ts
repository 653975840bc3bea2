import { connect } from "node:tls";
import type { HostPort } from "./settings.ts";

/** Does this port complete a TLS handshake? Sends nothing else, and trusts nothing that it sees. */
export function expectsTls({ host, port }: HostPort, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, rejectUnauthorized: false, timeout: timeoutMs });
    const end = (isTls: boolean) => () => {
      socket.destroy();
      resolve(isTls);
    };
    // A server that asks for a client certificate completes the handshake from our side first (TLS 1.3).
    socket.once("secureConnect", end(true));
    socket.once("error", end(false));
    socket.once("timeout", end(false));
    socket.once("close", end(false));
  });
}
