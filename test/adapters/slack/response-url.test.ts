import { describe, expect, test } from "vitest";
import { createPostToResponseUrl } from "../../../src/adapters/slack/response-url.ts";
import { refusalOf } from "../../contract/chat.ts";

// With a Slack behind it: chat.test.ts.
describe("response_url", () => {
  const post = createPostToResponseUrl({ botToken: "xoxb-lab", timeoutMs: 100, transport: { kind: "http", signingSecret: "s" } });

  test.each([
    "http://127.0.0.1:1/x",
    "https://hooks.slack.com.example.com/x",
    "http://hooks.slack.com/x",
    "file:///etc/passwd",
    "not a url",
    "",
  ])("nothing is sent to %s", async (url) => {
    expect(await refusalOf(post(url, {}))).toBe("no-such-place");
  });
});
