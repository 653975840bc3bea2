import { ChatRefusal } from "../../ports/chat.ts";
import { httpRefusal, namedRefusal, rateLimitedBy } from "./refusal.ts";
import type { SlackSettings } from "./settings.ts";

const SLACK_HOOKS = "https://hooks.slack.com";

/** Posts to a response_url; throws ChatRefusal. Goes nowhere but to Slack, or to the local Slack that `apiUrl` names. */
export type PostToResponseUrl = (responseUrl: string, body: Readonly<Record<string, unknown>>) => Promise<void>;

export function createPostToResponseUrl({ apiUrl, timeoutMs }: SlackSettings): PostToResponseUrl {
  const allowedOrigin = apiUrl === undefined ? SLACK_HOOKS : new URL(apiUrl).origin;

  return async (responseUrl, body) => {
    if (!URL.canParse(responseUrl) || new URL(responseUrl).origin !== allowedOrigin) {
      throw new ChatRefusal("no-such-place", `response_url: expected an address at ${allowedOrigin}, got another`);
    }
    const answer = await send(responseUrl, body, timeoutMs);
    if (answer.ok) return;
    if (answer.status === 429) throw rateLimitedBy("response_url", answer.headers.get("retry-after"));
    throw answer.status === 404 ? namedRefusal("response_url", errorIn(await answer.text())) : httpRefusal("response_url", answer.status);
  };
}

async function send(url: string, body: Readonly<Record<string, unknown>>, timeoutMs: number): Promise<Response> {
  try {
    return await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify(body),
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    throw new ChatRefusal("unavailable", "response_url: no answer from Slack: it may or may not have arrived", { cause: error });
  }
}

// Slack answers 404 with {"ok":false,"error":"used_url"}, and with plain words for addresses that it does not know.
function errorIn(text: string): string {
  return /"error"\s*:\s*"([a-z_]+)"/.exec(text)?.[1] ?? "expired_url";
}
