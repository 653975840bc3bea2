import { OomphError, type ErrorCode } from "../../domain/errors.ts";

type Place = { readonly server: string; readonly busyTimeoutMs: number; readonly connectTimeoutMs: number };

type Meaning = { readonly code: ErrorCode; readonly retryable: boolean; says(place: Place): string };

const away = unavailable(
  ({ server }) => `PostgreSQL at ${server} cannot be reached: check that it runs and that host and port in the url are right`,
);
const lost = unavailable(
  ({ server }) => `the connection to PostgreSQL at ${server} was lost: try again; if it stays so, check the server and the network`,
);
const slow = unavailable(
  ({ server, connectTimeoutMs }) =>
    `PostgreSQL at ${server} gave no connection within ${connectTimeoutMs} ms: check the server's load and its connection limit`,
);
const insecure = unavailable(
  ({ server }) =>
    `no secure connection to PostgreSQL at ${server}: check sslmode and sslrootcert in the url, and that the server has TLS on`,
);
const exists: Meaning = { code: "conflict", retryable: false, says: () => "the store has such a row already" };

// SQLSTATE (PostgreSQL's documentation, appendix A) or Node's code; the more precise first, prefixes count.
const MEANINGS: readonly (readonly [string, Meaning])[] = [
  ["ECONNREFUSED", away],
  ["ENOTFOUND", away],
  ["EAI_AGAIN", away],
  ["EHOSTUNREACH", away],
  ["ENETUNREACH", away],
  ["ENOENT", away],
  ["ETIMEDOUT", slow],
  ["ECONNRESET", lost],
  ["EPIPE", lost],
  ["ERR_TLS", insecure],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", insecure],
  ["SELF_SIGNED_CERT_IN_CHAIN", insecure],
  ["UNABLE_TO_", insecure],
  ["CERT_", insecure],
  ["08", lost],
  ["57P03", unavailable(({ server }) => `PostgreSQL at ${server} is starting or stopping: try again in some seconds`)],
  ["57P", lost],
  ["25P03", lost],
  ["57014", unavailable(({ server }) => `PostgreSQL at ${server} took too long for a statement: check its load and its disk`)],
  ["25006", unavailable(({ server }) => `PostgreSQL at ${server} is read-only (a standby, or set so): point the url at the primary`)],
  ["3D000", unavailable(({ server }) => `PostgreSQL has no database ${server}: create it (createdb) or correct the url`)],
  ["28", unavailable(({ server }) => `PostgreSQL at ${server} refused the login: check user and password in the url, and pg_hba.conf`)],
  [
    "42501",
    {
      code: "no-rights",
      retryable: false,
      says: ({ server }) =>
        `the user of PostgreSQL at ${server} lacks rights: make it the owner of the database, so that it can create tables`,
    },
  ],
  ["53100", unavailable(({ server }) => `the disk of PostgreSQL at ${server} is full: free space there`)],
  [
    "53300",
    unavailable(({ server }) => `PostgreSQL at ${server} has no connection free: raise max_connections, or lower Oomph's pool size`),
  ],
  ["53", unavailable(({ server }) => `PostgreSQL at ${server} is out of resources: check its memory and disk`)],
  ["58", unavailable(({ server }) => `PostgreSQL at ${server} has trouble with its disk: see its log`)],
  [
    "55P03",
    unavailable(
      ({ server, busyTimeoutMs }) =>
        `another writer held the lock of PostgreSQL at ${server} for longer than ${busyTimeoutMs} ms: try again; pg_stat_activity shows who`,
    ),
  ],
  ["40", unavailable(({ server }) => `PostgreSQL at ${server} ended a transaction that collided with another: try again`)],
  ["23503", { code: "not-found", retryable: false, says: () => "what the new row belongs to is not in the store" }],
  ["23505", exists],
];

// pg gives these no code.
const TEXTS: readonly (readonly [string, Meaning])[] = [
  ["Connection terminated due to connection timeout", slow],
  ["timeout exceeded when trying to connect", slow],
  ["Connection terminated", lost],
  ["Client has encountered a connection error", lost],
  ["Client was closed", lost],
  ["Query read timeout", lost],
  ["The server does not support SSL connections", insecure],
];

/** What an error of pg or of its socket means; what is neither is given back as it is. */
export function explainPostgres(error: unknown, place: Place): unknown {
  if (!(error instanceof Error) || error instanceof OomphError) return error;
  const meaning = byCode(error) ?? TEXTS.find(([text]) => error.message.startsWith(text))?.[1];
  if (meaning !== undefined) return new OomphError(meaning.code, meaning.says(place), { retryable: meaning.retryable, cause: error });
  if (!isServerError(error)) return error;
  return new OomphError("internal", `the store refused a statement (${error.code})`, { cause: error });
}

function byCode(error: Error): Meaning | undefined {
  if (!("code" in error) || typeof error.code !== "string") return undefined;
  const code = error.code;
  return MEANINGS.find(([prefix]) => code.startsWith(prefix))?.[1];
}

function isServerError(error: Error): error is Error & { readonly code: string } {
  return "severity" in error && "code" in error && typeof error.code === "string";
}

function unavailable(says: Meaning["says"]): Meaning {
  return { code: "store-unavailable", retryable: true, says };
}
