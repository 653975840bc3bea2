import { describe, expect, test } from "vitest";
import { webClientOptions } from "../../../src/adapters/slack/web-client.ts";
import { collectLog } from "../../support/slack-app.ts";

// What calls do with a Slack behind them: chat.test.ts.
describe("webClientOptions", () => {
  const settings = { botToken: "xoxb-lab", timeoutMs: 700, transport: { kind: "socket", appToken: "xapp-lab" } } as const;

  test("one attempt, with its own time-out, and no waiting out of rate limits", () => {
    expect(webClientOptions(settings, collectLog([]))).toMatchObject({
      timeout: 700,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
    });
  });

  test("slack.com unless another Slack is named", () => {
    expect(webClientOptions(settings, collectLog([]))).not.toHaveProperty("slackApiUrl");
    expect(webClientOptions({ ...settings, apiUrl: "http://127.0.0.1:1/api/" }, collectLog([]))).toMatchObject({
      slackApiUrl: "http://127.0.0.1:1/api/",
    });
  });
});
