import { OomphError, messageOf } from "../../domain/errors.ts";
import { tlsTrouble } from "../connection/certificate-codes.ts";
import { codeIn, LATE } from "../connection/exchange.ts";
import { describeAsked, type Asked } from "./asked.ts";
import { DOCKER_CALLS, type DockerCall } from "./calls.ts";

const NO_WAY = new Set(["EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENETDOWN"]);

/** A connection that failed or broke, or an answer that did not come, as an error with a code and a sentence. */
export function explainLoss(error: unknown, asked: Asked, timeoutMs: number): OomphError {
  if (error instanceof OomphError) return error;
  const code = codeIn(error);
  const cause = new Error(messageOf(error));
  if (code === LATE.connect || code === "ETIMEDOUT") {
    const says = `did not take the connection within ${timeoutMs} ms. It may hang, or a firewall drops the packets.`;
    return new OomphError("timed-out", `${asked.host} ${says}`, { retryable: true, cause });
  }
  if (code === LATE.answer) {
    const call: DockerCall = DOCKER_CALLS[asked.call];
    const done = call.needs === "acting" ? " It may still carry it out." : "";
    const says = `did not answer ${describeAsked(asked)} within ${timeoutMs} ms.${done} It may be busy or hang.`;
    return new OomphError("timed-out", `${asked.host} ${says}`, { retryable: true, cause });
  }
  const { says, forGood = false } = loss(code, asked);
  return new OomphError(code === "EACCES" || code === "EPERM" ? "no-rights" : "unreachable", `${asked.host} ${says}`, {
    retryable: !forGood,
    cause,
  });
}

type Loss = { readonly says: string; /** Nothing changes by asking again. */ readonly forGood?: boolean };

function loss(code: string, asked: Asked): Loss {
  if (code === "ENOENT")
    return { says: "is not there: no socket has this path. Check that Docker runs, and the path; in a container, mount the socket." };
  if (code === "EACCES" || code === "EPERM") {
    return {
      forGood: true,
      says: "may not be opened by this user. Put the user into the socket's group (docker), or put a socket proxy in front that lets through only what is needed.",
    };
  }
  if (code === "ECONNREFUSED") return { says: "refused the connection: no daemon listens there. It may be stopped, or starting." };
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return { says: `cannot be found: the host name does not resolve (${code}). Check the name, and the DNS of this machine.` };
  if (NO_WAY.has(code)) return { says: `cannot be reached from here (${code}). Check the network and the firewall.` };
  if (code === "ENOTSOCK") return { forGood: true, says: "is not a socket. Configure the path of the daemon's socket." };
  return (
    aboutTls(code) ?? { says: `closed the connection before it answered ${describeAsked(asked)}${named(code)}. It may be restarting.` }
  );
}

function aboutTls(code: string): Loss | undefined {
  const says = tlsWords(code);
  return says === undefined ? undefined : { forGood: true, says };
}

function tlsWords(code: string): string | undefined {
  switch (tlsTrouble(code)) {
    case "untrusted":
      return `showed a certificate that the configured CA did not sign (${code}). Configure the CA that signed it.`;
    case "expired":
      return "showed a certificate that has expired. Renew it.";
    case "other-name":
      return "showed a certificate for another name than the one it was called by. Call it by the name that the certificate holds.";
    case "no-tls":
      return "does not speak TLS on this port. Write tcp:// in its URL without TLS settings, or its TLS port (2376).";
    case "ours-refused":
      return `ended the TLS handshake (${code}). It may want a client certificate that its CA signed: configure one, with its key.`;
    case undefined:
      return undefined;
  }
}

function named(code: string): string {
  return code === "" ? "" : ` (${code})`;
}
