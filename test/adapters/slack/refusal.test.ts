import { WebAPIPlatformError, WebAPIRateLimitedError } from "@slack/web-api";
import { describe, expect, test } from "vitest";
import { httpRefusal, namedRefusal, nameOf, rateLimitedBy, refusalOf } from "../../../src/adapters/slack/refusal.ts";

describe("refusals of Slack", () => {
  test("say what Slack said and what to do", () => {
    expect(namedRefusal("chat.postMessage", "not_in_channel").message).toBe(
      "chat.postMessage: Slack says not_in_channel: invite Oomph to the channel, or correct the id in the configuration",
    );
  });

  test("name the missing scope", () => {
    const answer = { ok: false, error: "missing_scope", needed: "usergroups:read" };
    const error = new WebAPIPlatformError(answer);
    expect(refusalOf("usergroups.users.list", error)).toMatchObject({
      code: "no-rights",
      message: expect.stringContaining("(needed: usergroups:read)"),
    });
  });

  test("keep Slack's own name for it", () => {
    expect(nameOf(refusalOf("reactions.add", new WebAPIPlatformError({ ok: false, error: "already_reacted" })))).toBe("already_reacted");
    expect(nameOf(httpRefusal("reactions.add", 502))).toBeUndefined();
  });

  test("a page of a proxy is no answer of Slack", () => {
    expect(namedRefusal("auth.test", "<html>Bad gateway</html>")).toMatchObject({
      code: "unavailable",
      message: expect.not.stringContaining("html"),
    });
  });

  test("ratelimited in the body waits a second when Slack says no time", () => {
    expect(namedRefusal("chat.update", "ratelimited")).toMatchObject({ code: "rate-limited", retryAfterMs: 1000 });
    expect(rateLimitedBy("x", "3")).toMatchObject({ retryAfterMs: 3000 });
    expect(rateLimitedBy("x", null)).toMatchObject({ retryAfterMs: 1000 });
  });

  test.each([
    ["0", 1_000],
    ["-5", 1_000],
    ["soon", 1_000],
    ["9".repeat(30), 3_600_000],
    ["7200", 3_600_000],
  ])("a Retry-After of %s is a second at least, and an hour at most", (header, retryAfterMs) => {
    expect(rateLimitedBy("x", header)).toMatchObject({ code: "rate-limited", retryAfterMs });
    const byLibrary = new WebAPIRateLimitedError(Number.parseInt(header, 10));
    expect(refusalOf("x", byLibrary)).toMatchObject({ code: "rate-limited", retryAfterMs });
  });

  test("HTTP statuses", () => {
    expect(httpRefusal("x", 413).code).toBe("message-refused");
    expect(httpRefusal("x", 502).code).toBe("unavailable");
  });

  test("anything else is no answer; a refusal stays what it is", () => {
    const cause = new Error("socket hang up");
    const refusal = refusalOf("chat.postMessage", cause);
    expect(refusal).toMatchObject({ code: "unavailable", cause });
    expect(refusalOf("other", refusal)).toBe(refusal);
  });
});

test("an answer that names no error is not taken for a refusal of the message", () => {
  const answer = { ok: false, message: "limit exceeded" } as unknown as WebAPIPlatformError["data"];
  expect(refusalOf("chat.update", new WebAPIPlatformError(answer))).toMatchObject({ code: "unavailable" });
});
