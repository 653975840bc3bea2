import { OomphError, type ErrorCode } from "../../domain/errors.ts";
import { describeAsked, quoted, type Asked } from "./asked.ts";
import { nameOfCall } from "./calls.ts";

/** An answer that is none: its status, and the daemon's (or a proxy's) words. */
export type Refusal = { readonly status: number; readonly says: string };

/** `{"message": "..."}` as daemons write it, or the text of a proxy, cut. */
export function readRefusal(status: number, body: string): Refusal {
  return { status, says: oneLine(messageIn(body) ?? body) };
}

/** A refusal as an error with a code and a sentence. The only place where the daemon's words are read. */
export function explainRefusal(refusal: Refusal, asked: Asked): OomphError {
  const { code, says, retryable = false } = byWords(refusal, asked) ?? byStatus(refusal, asked);
  return new OomphError(code, `${asked.host} ${says}`, { retryable, cause: new Error(`${refusal.status}: ${refusal.says}`) });
}

type Meaning = { readonly code: ErrorCode; readonly says: string; readonly retryable?: boolean };

function byWords({ says }: Refusal, asked: Asked): Meaning | undefined {
  const container = asked.container === undefined ? "the container" : `container ${quoted(asked.container)}`;
  if (/is not running|is restarting|no running|not started/i.test(says))
    return { code: "not-running", says: `says that ${container} is not running: ${nameOfCall(asked.call)} works on a running one only.` };
  if (/is paused|unpause/i.test(says)) return { code: "conflict", says: `says that ${container} is paused. Unpause it, then ask again.` };
  if (/does not support reading/i.test(says)) {
    return {
      code: "refused",
      says: `cannot read the log of ${container}: its logging driver keeps none on the host. Look where the driver sends it, or use json-file, local or journald.`,
    };
  }
  if (/HTTP request to an HTTPS server/i.test(says)) {
    return { code: "unreachable", says: "expects TLS, and the connection is without. Write https:// in its URL, and configure its CA." };
  }
  if (/executable file not found.*ps|"ps"/i.test(says) && asked.call === "top")
    return { code: "refused", says: "cannot list processes: the program ps is missing on the host of the daemon." };
  if (/shutting down|server is (closing|stopping)/i.test(says))
    return { code: "unreachable", retryable: true, says: "is shutting down. Ask again when it is back." };
  return undefined;
}

function byStatus({ status, says }: Refusal, asked: Asked): Meaning {
  if (status === 401) {
    return {
      code: "wrong-credentials",
      says: `wants credentials for ${nameOfCall(asked.call)}${words(says)} Configure its client certificate.`,
    };
  }
  if (status === 403) {
    return {
      code: "no-rights",
      says: `does not allow ${nameOfCall(asked.call)}${words(says)} Let the proxy or authorization plugin in front of it pass this call.`,
    };
  }
  if (status === 404 && asked.container !== undefined)
    return { code: "not-found", says: `has no container ${quoted(asked.container)}. It may have been removed or renamed.` };
  if (status === 404) return { code: "not-found", says: `does not know ${describeAsked(asked)}${words(says)} Is this a Docker daemon?` };
  if (status === 409) return { code: "conflict", says: `refused ${describeAsked(asked)}, another change is in its way${words(says)}` };
  if (status === 400) return { code: "bad-input", says: `did not accept ${describeAsked(asked)}${words(says)}` };
  if (status === 429)
    return { code: "rate-limited", retryable: true, says: `has too much to do for ${nameOfCall(asked.call)}${words(says)}` };
  if ([502, 503, 504].includes(status)) {
    return {
      code: "unreachable",
      retryable: true,
      says: `is not ready to answer (${status})${words(says)} It may be starting, or the proxy in front of it finds no daemon.`,
    };
  }
  if (status >= 300 && status < 400) {
    return {
      code: "unreachable",
      says: `answered ${describeAsked(asked)} with a redirection (${status}). Configure the daemon's own address.`,
    };
  }
  return { code: "refused", says: `could not do ${describeAsked(asked)} (${status})${words(says)}` };
}

function words(says: string): string {
  if (says === "") return ".";
  return `: ${says}${/[.!?]$/.test(says) ? "" : "."}`;
}

function messageIn(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === "object" && value !== null && "message" in value && typeof value.message === "string") return value.message;
  } catch {
    return undefined; // a proxy's page
  }
  return undefined;
}

function oneLine(text: string): string {
  return text
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, 300);
}
