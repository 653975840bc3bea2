import { OomphError, messageOf } from "../../domain/errors.ts";
import { tlsTrouble } from "../connection/certificate-codes.ts";
import type { Asked } from "./refusals.ts";

const WRITES = new Set(["FLUSHDB", "UNLINK", "DEL", "PEXPIREAT", "EVAL", "CONFIG SET", "CONFIG REWRITE", "CLIENT KILL"]);

const NO_WAY = new Set(["EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENETDOWN"]);

/** A connection that failed or broke as an error with a code and a sentence. `during` is `connect` or a command's name. */
export function explainLoss(error: unknown, asked: Asked, timeoutMs: number): OomphError {
  const code = errorCode(error);
  // The library's own error may hold the command's arguments, and these may be a password.
  const cause = new Error(messageOf(error));
  if (code === "ETIMEDOUT") {
    const what = asked.command === "connect" ? "take the connection" : `answer ${asked.command}`;
    const done = WRITES.has(asked.command) ? " It may still carry the command out." : "";
    return new OomphError(
      "timed-out",
      `${asked.server} did not ${what} within ${timeoutMs} ms.${done} It may hang, or a firewall drops the packets.`,
      { retryable: true, cause },
    );
  }
  const tls = aboutTls(code);
  if (tls !== undefined) return new OomphError("unreachable", `${asked.server} ${tls}`, { cause });
  return new OomphError("unreachable", `${asked.server} ${loss(code, asked)}`, { retryable: true, cause });
}

function loss(code: string, { command }: Asked): string {
  if (code === "ECONNREFUSED") return "refused the connection: nothing listens there. Check that it runs, and the port.";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return `cannot be found: the host name does not resolve (${code}). Check the name, and the DNS of this machine.`;
  if (NO_WAY.has(code)) return `cannot be reached from here (${code}). Check the network and the firewall.`;
  const when = command === "connect" ? "while connecting" : `before it answered ${command}`;
  return `closed the connection ${when}${code === "" ? "" : ` (${code})`}. It may have restarted or vanished.`;
}

/** Nothing changes by asking again. */
function aboutTls(code: string): string | undefined {
  switch (tlsTrouble(code)) {
    case "untrusted":
      return `showed a certificate that the configured CA did not sign (${code}). Configure the CA that signed it.`;
    case "expired":
      return `showed a certificate that is not valid now (${code}). Renew it, and check the clocks.`;
    case "other-name":
      return "showed a certificate for another name than the one it was called by. Configure the TLS server name that the certificate holds.";
    case "no-tls":
      return "does not speak TLS on this port. Use redis:// instead of rediss://, or its TLS port.";
    case "ours-refused":
      return `ended the TLS handshake (${code}). It may ask for a client certificate: configure one.`;
    case undefined:
      return undefined;
  }
}

function errorCode(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return "";
}
