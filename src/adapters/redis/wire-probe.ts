import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { HostPort } from "./settings.ts";

// Only asked after a failure, to name its reason: not worth a long wait.
const TIMEOUT_MS = 1000;

/** Does this port complete a TLS handshake? Sends nothing else, and trusts nothing that it sees. */
export function expectsTls({ host, port }: HostPort): Promise<boolean> {
  const socket = connectTls({ host, port, rejectUnauthorized: false });
  return happens(socket, (yes) => socket.once("secureConnect", yes));
}

/** Does this port answer an unencrypted PING as Redis does, be it with an error? */
export function answersPlainly({ host, port }: HostPort): Promise<boolean> {
  const socket = connectPlain({ host, port }, () => socket.write("PING\r\n"));
  return happens(socket, (yes, no) => socket.once("data", (data: Buffer) => (/^[+-]/.test(data.toString()) ? yes() : no())));
}

function happens(socket: Socket, listen: (yes: () => void, no: () => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    function end(answer: boolean): void {
      socket.destroy();
      resolve(answer);
    }
    const no = (): void => end(false);
    socket.setTimeout(TIMEOUT_MS);
    for (const event of ["error", "timeout", "close"]) socket.once(event, no);
    listen(() => end(true), no);
  });
}
