import { OomphError } from "../../domain/errors.ts";

/** What nodemailer tells of a failure. Source: its errors.ts. */
type Failure = { readonly code: string; readonly responseCode: number | undefined; readonly says: string; readonly cause: Error };

/** Certificates that do not convince: nothing gets better by trying again. Source: Node, "X509 certificate error codes". */
const CERTIFICATE = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET_ISSUER|VERIFY_LEAF))/;

// Nobody has heard of the mail then.
const NOT_CONNECTED = ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN", "EDNS"];

/** The OomphError that a failed sending means. `server` is `host:port`. */
export function refusalOf(server: string, thrown: unknown): OomphError {
  const failure = failureOf(thrown);
  const { code, responseCode, says, cause } = failure;
  if (code === "EAUTH" || code === "ENOAUTH" || responseCode === 530) return authRefusal(server, failure);
  if (code === "ETLS" || CERTIFICATE.test(code)) {
    const message = `expected a connection with TLS to the mail server ${server} whose certificate can be checked, got: ${says}: check mail.tls and mail.ca`;
    return new OomphError("refused", message, { retryable: responseCode !== undefined && isLater(responseCode), cause });
  }
  if (responseCode !== undefined) {
    const later = isLater(responseCode);
    const message = later ? "asks to try again later" : "refuses the mail: check mail.from, mail.to and what it says";
    return new OomphError("refused", `the mail server ${server} ${message} (${says})`, { retryable: later, cause });
  }
  if (code === "EENVELOPE" || code === "ECONFIG" || code === "EMESSAGE") {
    return new OomphError("bad-input", `the mail cannot be sent as it is configured (${says}): check mail.from and mail.to`, { cause });
  }
  return lostConnection(server, failure);
}

function lostConnection(server: string, { code, says, cause }: Failure): OomphError {
  const details = { retryable: true, cause };
  if (NOT_CONNECTED.includes(code))
    return new OomphError("unreachable", `no connection to the mail server ${server} (${says}): check mail.host and mail.port`, details);
  if (code === "ETIMEDOUT" || code === "EABORT")
    return new OomphError("timed-out", `the mail server ${server} did not answer in time: it may or may not have taken the mail`, details);
  return new OomphError(
    "unreachable",
    `the connection to the mail server ${server} broke off (${says}): it may or may not have taken the mail`,
    details,
  );
}

/** 4xx: later. 503 is about the order of commands, not about the mail. Source: RFC 5321, 4.2.1. */
export function isLater(responseCode: number): boolean {
  return responseCode < 500 || responseCode === 503;
}

function authRefusal(server: string, { responseCode, says, cause }: Failure): OomphError {
  const later = responseCode !== undefined && isLater(responseCode);
  const message = later
    ? `the mail server ${server} cannot check the password now`
    : `the mail server ${server} does not take user and password`;
  const todo = later ? "" : ": check mail.user and mail.password";
  return new OomphError("wrong-credentials", `${message} (${says})${todo}`, { retryable: later, cause });
}

function failureOf(thrown: unknown): Failure {
  const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
  const responseCode = "responseCode" in cause && typeof cause.responseCode === "number" ? cause.responseCode : undefined;
  const response = "response" in cause && typeof cause.response === "string" ? cause.response : undefined;
  return { code: codeOf(cause), responseCode, says: response ?? cause.message, cause };
}

/** nodemailer calls a refused certificate or connection ESOCKET and keeps Node's own word beside it. */
function codeOf(error: Error): string {
  if ("originalCode" in error && typeof error.originalCode === "string") return error.originalCode;
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
