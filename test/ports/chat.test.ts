import { expect, test } from "vitest";

import { messageOf, OomphError } from "../../src/domain/errors.ts";
import { ChatRefusal } from "../../src/ports/chat.ts";

test("a refusal says what, for how long, and because of what, and is not taken for an error of Oomph's own", () => {
  const cause = new Error("socket hang up");
  const refusal = new ChatRefusal("rate-limited", "Slack asks to wait for 3 s", { retryAfterMs: 3_000, cause });
  expect(refusal).toMatchObject({ name: "ChatRefusal", code: "rate-limited", retryAfterMs: 3_000, cause });
  expect(messageOf(refusal)).toBe("Slack asks to wait for 3 s");
  expect(refusal).not.toBeInstanceOf(OomphError);
});

test("without a wait of its own the sender chooses one", () => {
  expect(new ChatRefusal("unavailable", "no answer").retryAfterMs).toBeUndefined();
});
