import { OomphError, type ErrorCode } from "../../domain/errors.ts";
import { RefusalSchema } from "./schema.ts";

/** How a call ended that did not end well. `headers` in lower case; no status: no answer. */
export type Failure = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly data?: unknown;
  readonly cause: unknown;
  /** The time that the call had is over. */
  readonly timedOut: boolean;
};

type Meaning = { readonly code: ErrorCode; readonly retryable?: true; readonly todo: string };

const MEANINGS: Readonly<Record<number, Meaning>> = {
  401: { code: "wrong-credentials", todo: "put a token into github.token that is valid and not expired" },
  403: {
    code: "no-rights",
    todo: "the token needs Issues: read and write (for pull requests also Contents and Pull requests) on the repository",
  },
  404: { code: "not-found", todo: "check github.repository, that its issues are switched on, and that the token may see it" },
  409: { code: "conflict", retryable: true, todo: "somebody changed it at the same moment" },
  410: { code: "not-found", todo: "it was deleted, or issues are switched off for the repository" },
  422: { code: "refused", todo: "GitHub finds something wrong with what was asked" },
};

// Two secondary limits come without a time to wait; GitHub asks for at least a minute then.
const DEFAULT_WAIT_MS = 60_000;

/** The OomphError that a failed call means. `doing` for the sentence: "open an issue in owner/name". */
export function refusalOf(doing: string, failure: Failure, nowMs: number): OomphError {
  const { status, cause } = failure;
  if (failure.timedOut) {
    return new OomphError("timed-out", `could not ${doing}: GitHub did not answer in time, it may or may not have done it`, {
      retryable: true,
      cause,
    });
  }
  if (status === undefined) {
    return new OomphError("unreachable", `could not ${doing}: no answer from GitHub (${causeOf(cause)}), it may or may not have done it`, {
      retryable: true,
      cause,
    });
  }
  const said = sayingOf(failure);
  const waitMs = waitMsOf(failure, nowMs);
  if (waitMs !== undefined) {
    const message = `could not ${doing}: GitHub asks to wait ${Math.ceil(waitMs / 1000)} s (${status}${said})`;
    return new OomphError("rate-limited", message, { retryable: true, retryAfterMs: waitMs, cause });
  }
  if (status >= 500) {
    return new OomphError("unreachable", `could not ${doing}: GitHub has a fault of its own (${status}${said})`, {
      retryable: true,
      cause,
    });
  }
  const { code, retryable = false, todo } = MEANINGS[status] ?? { code: "refused", todo: "GitHub does not do this" };
  return new OomphError(code, `could not ${doing}: GitHub answered ${status}${said}: ${todo}`, { retryable, cause });
}

/** For an answer of success that does not hold what it should: a proxy's page, or not GitHub at all. */
export function strangeAnswer(doing: string, cause: unknown): OomphError {
  return new OomphError(
    "unreachable",
    `could not ${doing}: expected GitHub's answer, got something else: check github.apiUrl and proxies on the way`,
    {
      retryable: true,
      cause,
    },
  );
}

/** Undefined: this is not about going too fast. A 403 is a limit when it says how long to wait, or that nothing is left. */
function waitMsOf({ status, headers = {}, data }: Failure, nowMs: number): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const seconds = Number(headers["retry-after"]);
  if (seconds > 0) return seconds * 1000;
  const resetMs = Number(headers["x-ratelimit-reset"]) * 1000;
  if (headers["x-ratelimit-remaining"] === "0") return resetMs > nowMs ? resetMs - nowMs : DEFAULT_WAIT_MS;
  const isLimit = status === 429 || /rate limit|abuse detection/i.test(RefusalSchema.safeParse(data).data?.message ?? "");
  return isLimit ? DEFAULT_WAIT_MS : undefined;
}

function sayingOf({ data }: Failure): string {
  const said = RefusalSchema.safeParse(data).data;
  if (said === undefined || said.message === "") return "";
  const details = said.errors.map(({ message, field, code }) => message ?? [field, code].filter((word) => word !== undefined).join(" "));
  return `: ${[said.message, ...details].join("; ")}`;
}

function causeOf(cause: unknown): string {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if ("code" in error && typeof error.code === "string") return error.code;
    if (error.cause === undefined) return error.message;
  }
  return String(cause);
}
