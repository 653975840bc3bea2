import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from "@slack/web-api";
import { ChatRefusal, type ChatRefusalCode } from "../../ports/chat.ts";

/** Slack names its errors: which of ours each is, and what to do. Source: the "Errors" tables of the Web API methods. */
const MEANINGS: readonly { readonly code: ChatRefusalCode; readonly todo: string; readonly errors: readonly string[] }[] = [
  {
    code: "no-such-place",
    todo: "invite Oomph to the channel, or correct the id in the configuration",
    errors: [
      "channel_not_found",
      "not_in_channel",
      "is_archived",
      "user_not_found",
      "users_not_found",
      "user_not_in_channel",
      "no_such_subteam",
      "messages_tab_disabled",
      "cannot_dm_bot",
      "restricted_action",
      "restricted_action_read_only_channel",
      "restricted_action_thread_only_channel",
      "restricted_action_non_threadable_channel",
      "restricted_action_thread_locked",
    ],
  },
  {
    code: "no-such-place",
    todo: "the message that the thread began with is gone",
    errors: ["thread_not_found"],
  },
  {
    code: "message-refused",
    todo: "send it plainer or shorter",
    errors: [
      "invalid_blocks",
      "invalid_blocks_format",
      "msg_too_long",
      "msg_blocks_too_long",
      "no_text",
      "too_many_attachments",
      "invalid_attachments",
      "invalid_arguments",
      "invalid_arg_name",
      "invalid_array_arg",
      "invalid_metadata_format",
      "invalid_metadata_schema",
      "metadata_too_large",
      "view_too_large",
      "invalid_view",
    ],
  },
  {
    code: "message-gone",
    todo: "post it anew",
    errors: ["message_not_found", "cant_update_message", "edit_window_closed", "file_not_found", "file_deleted"],
  },
  {
    code: "no-rights",
    todo: "check OOMPH's tokens and that the app is installed with the scopes of manifest.yml",
    errors: [
      "invalid_auth",
      "not_authed",
      "token_revoked",
      "token_expired",
      "account_inactive",
      "missing_scope",
      "no_permission",
      "not_allowed_token_type",
      "access_denied",
      "ekm_access_denied",
      "org_login_required",
      "team_access_not_granted",
      "not_allowed",
      "forbidden_team",
    ],
  },
  {
    code: "too-late",
    todo: "ask again: dialogs open within 3 s of the click, answers are taken for 30 min and 5 times",
    errors: ["expired_trigger_id", "invalid_trigger_id", "exchanged_trigger_id", "trigger_expired", "used_url", "expired_url"],
  },
  {
    code: "unavailable",
    todo: "try again",
    errors: [
      "internal_error",
      "fatal_error",
      "service_unavailable",
      "request_timeout",
      "team_added_to_org",
      "accesslimited",
      "upload_failed",
    ],
  },
];

// When Slack says "too often" without saying for how long; also the least, so that nobody asks again and again at once.
const LEAST_RETRY_AFTER_MS = 1_000;
// Slack says seconds. Whatever is said, it is tried again before a delivery is given up.
const MOST_RETRY_AFTER_MS = 3_600_000;
// What the library says to a 429 whose Retry-After is missing or no number.
const UNREADABLE_RETRY_AFTER = /^Retry header did not contain a valid timeout/;

/** What a failed call of the Web API means for Oomph. `method` for the sentence. */
export function refusalOf(method: string, error: unknown): ChatRefusal {
  if (error instanceof ChatRefusal) return error;
  if (error instanceof WebAPIRateLimitedError) return rateLimited(method, error.retryAfter * 1000, error);
  if (error instanceof WebAPIPlatformError)
    return namedRefusal(method, error.data.error, { needed: neededScope(error.data), cause: error });
  if (error instanceof WebAPIHTTPError) return httpRefusal(method, error.statusCode, error);
  if (error instanceof Error && UNREADABLE_RETRY_AFTER.test(error.message)) return rateLimited(method, 0, error);
  return new ChatRefusal("unavailable", `${method}: no answer from Slack: it may or may not have arrived`, { cause: error });
}

/** The refusal for one of Slack's error names. What is not a name (a page of a proxy, or none) counts as unavailable. */
export function namedRefusal(
  method: string,
  name: unknown,
  details: { readonly needed?: string | undefined; readonly cause?: unknown } = {},
): ChatRefusal {
  if (name === "ratelimited" || name === "rate_limited") return rateLimited(method, 0, details.cause);
  if (typeof name !== "string" || !/^[a-z][a-z0-9_]{0,80}$/.test(name))
    return new ChatRefusal("unavailable", `${method}: expected an answer of Slack's Web API, got something else`, details);
  const meaning = MEANINGS.find(({ errors }) => errors.includes(name));
  const scope = details.needed === undefined ? "" : ` (needed: ${details.needed})`;
  if (meaning === undefined) return new ChatRefusal("message-refused", `${method}: Slack says ${name}${scope}`, details);
  return new ChatRefusal(meaning.code, `${method}: Slack says ${name}${scope}: ${meaning.todo}`, details);
}

/** Slack's own name for why it refused; undefined: it gave none. */
export function nameOf(refusal: unknown): string | undefined {
  const cause = refusal instanceof ChatRefusal ? refusal.cause : undefined;
  return cause instanceof WebAPIPlatformError ? cause.data.error : undefined;
}

/** The refusal for an HTTP status that is not 200. */
export function httpRefusal(method: string, status: number, cause?: unknown): ChatRefusal {
  const code = status === 413 ? "message-refused" : "unavailable";
  return new ChatRefusal(code, `${method}: Slack answered with HTTP ${status}`, { cause });
}

/** The refusal for a 429, `Retry-After` given as the header has it (seconds). */
export function rateLimitedBy(method: string, retryAfterHeader: string | null): ChatRefusal {
  return rateLimited(method, Number(retryAfterHeader) * 1000, undefined);
}

/** A time that is none, or none that can be kept, becomes the nearest that can. */
function rateLimited(method: string, askedMs: number, cause: unknown): ChatRefusal {
  const retryAfterMs = askedMs > LEAST_RETRY_AFTER_MS ? Math.min(askedMs, MOST_RETRY_AFTER_MS) : LEAST_RETRY_AFTER_MS;
  return new ChatRefusal("rate-limited", `${method}: Slack asks to wait ${retryAfterMs} ms`, { retryAfterMs, cause });
}

function neededScope(data: object): string | undefined {
  return "needed" in data && typeof data.needed === "string" ? data.needed : undefined;
}
