import { OomphError, messageOf } from "../../domain/errors.ts";
import { tlsTrouble } from "../connection/certificate-codes.ts";
import { codeIn, LATE } from "../connection/exchange.ts";
import { describeAsked, type Asked } from "./asked.ts";
import { KUBERNETES_CALLS } from "./calls.ts";

const NO_WAY = new Set(["EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENETDOWN"]);

/** What is told beside the code: how long was waited, and whose certificate was shown. */
export type LossFacts = { readonly connectTimeoutMs: number; readonly answerTimeoutMs: number; readonly shown?: string };

/** A connection that failed or broke, or an answer that did not come, as an error with a code and a sentence. */
export function explainLoss(error: unknown, asked: Asked, facts: LossFacts): OomphError {
  if (error instanceof OomphError) return error;
  const code = codeIn(error);
  const cause = new Error(messageOf(error));
  if (code === LATE.connect || code === "ETIMEDOUT") {
    const says = `did not take the connection within ${facts.connectTimeoutMs} ms. It may hang, or a firewall drops the packets.`;
    return new OomphError("timed-out", `${asked.cluster} ${says}`, { retryable: true, cause });
  }
  if (code === LATE.answer) {
    const says = `did not answer to ${describeAsked(asked)} within ${facts.answerTimeoutMs} ms.${mayStillDo(asked)} It may be busy or hang.`;
    return new OomphError("timed-out", `${asked.cluster} ${says}`, { retryable: true, cause });
  }
  const tls = aboutTls(code, facts.shown);
  if (tls !== undefined) return new OomphError("unreachable", `${asked.cluster} ${tls}`, { cause });
  return new OomphError("unreachable", `${asked.cluster} ${loss(code, asked)}`, { retryable: true, cause });
}

function mayStillDo({ call }: Asked): string {
  return call !== undefined && ["create", "patch", "update", "delete"].includes(KUBERNETES_CALLS[call].verb) ? " It may still do it." : "";
}

function loss(code: string, asked: Asked): string {
  if (code === "ECONNREFUSED") return "refused the connection: no API server listens there. It may be stopped, or starting.";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return `cannot be found: the host name does not resolve (${code}). Check the name, and the DNS of this machine.`;
  if (NO_WAY.has(code)) return `cannot be reached from here (${code}). Check the network and the firewall.`;
  const named = code === "" ? "" : ` (${code})`;
  return `closed the connection before it had answered to ${describeAsked(asked)}${named}.${mayStillDo(asked)} It may be restarting.`;
}

function aboutTls(code: string, shown: string | undefined): string | undefined {
  const certificate = shown === undefined ? "a certificate" : `a certificate ${shown}`;
  switch (tlsTrouble(code)) {
    case "untrusted":
      return `showed ${certificate}, which the CA of the configuration did not sign (${code}). Give the CA that did (certificate-authority).`;
    case "expired":
      return `showed ${certificate}, which is not valid now (${code}). Renew it, and check the clocks.`;
    case "other-name":
      return `showed ${certificate}, and was called by a name that is not in it. Call it by one of those, or set tls-server-name.`;
    case "no-tls":
      return "does not speak TLS on this port. Write http:// in front of the server, or give the port that speaks TLS.";
    case "ours-refused":
      return `did not take the client certificate (${code}). It may have expired, or another CA have signed it.`;
    case undefined:
      return undefined;
  }
}
