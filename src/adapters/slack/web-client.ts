import { WebClient } from "@slack/web-api";
import type { Log } from "../../ports/log.ts";
import { refusalOf } from "./refusal.ts";
import { createSdkLog } from "./sdk-log.ts";
import type { SlackSettings } from "./settings.ts";

/** Calls one method of the Web API; throws ChatRefusal. Neither retries nor waits out a rate limit. */
export type CallSlack = (method: string, params: Readonly<Record<string, unknown>>) => Promise<unknown>;

export function createCallSlack(settings: SlackSettings, log: Log): CallSlack {
  const client = new WebClient(settings.botToken, webClientOptions(settings, log));
  return async (method, params) => {
    try {
      return await client.apiCall(method, { ...params });
    } catch (error) {
      throw refusalOf(method, error);
    }
  };
}

/** For every client of the Web API that Oomph has, the one that asks for Socket Mode connections too. */
export function webClientOptions(settings: SlackSettings, log: Log) {
  return {
    ...(settings.apiUrl !== undefined && { slackApiUrl: settings.apiUrl }),
    logger: createSdkLog(log),
    timeout: settings.timeoutMs,
    // The library's own policy waits for up to half an hour: the outbox does it better, and tells people.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
  };
}
