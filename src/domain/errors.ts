/** What went wrong, for code to branch on. Messages are for people. */
export type ErrorCode =
  | "bad-input"
  | "not-found"
  /** It is there, but stopped: what only a running one can tell is not to be had. */
  | "not-running"
  | "no-rights"
  | "wrong-credentials"
  | "unreachable"
  | "timed-out"
  | "loading"
  | "read-only"
  | "out-of-memory"
  | "rate-limited"
  | "refused"
  | "conflict"
  | "store-unavailable"
  | "queue-unavailable"
  | "internal";

export type ErrorDetails = {
  readonly retryable?: boolean;
  readonly cause?: unknown;
  /** Milliseconds that the other side asked us to wait. */
  readonly retryAfterMs?: number;
};

/** The one base of errors that Oomph throws. `message` says what was expected, what came and what to do. */
export class OomphError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "OomphError";
    this.code = code;
    this.retryable = details.retryable ?? false;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** The code of an error, `internal` for what Oomph did not throw itself. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof OomphError ? error.code : "internal";
}

/** A sentence for people about any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
