import { connect } from "node:net";

// Only asked after a failure, to name its reason: not worth a long wait.
const TIMEOUT_MS = 1000;

/**
 * What a server says of itself before it is asked anything. One that turns a client away says why and closes, and that is
 * lost to a client that was writing meanwhile. Undefined: it said nothing within a second. Without TLS; sends nothing.
 */
export function unaskedWords({ host, port }: { readonly host: string; readonly port: number }): Promise<string | undefined> {
  const socket = connect({ host, port });
  return new Promise((resolve) => {
    function end(words?: string): void {
      socket.destroy();
      resolve(words);
    }
    socket.setTimeout(TIMEOUT_MS);
    socket.once("data", (data: Buffer) => end(data.toString().trimEnd()));
    for (const event of ["error", "timeout", "close"]) socket.once(event, () => end());
  });
}
