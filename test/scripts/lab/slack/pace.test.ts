import { describe, expect, test } from "vitest";
import { createPace } from "../../../../scripts/lab/slack/pace.ts";

const MINUTE_MS = 60_000;

/** How many calls of a minute are taken, by a caller that waits as it is told, and the longest that it was told to wait. */
function takenInAMinute(method: string, channels: readonly string[] = ["C1"]): { readonly taken: number; readonly longestWait: number } {
  let nowMs = 0;
  const pace = createPace(() => nowMs);
  let taken = 0;
  let longestWait = 0;
  // A bucket that is full at the beginning is no part of the pace.
  while (pace(method, channels[0]) === 0) for (const channel of channels.slice(1)) pace(method, channel);
  while (nowMs < MINUTE_MS) {
    const waits = channels.map((channel) => pace(method, channel));
    taken += waits.filter((wait) => wait === 0).length;
    const wait = Math.max(...waits);
    longestWait = Math.max(longestWait, wait);
    nowMs += Math.max(wait, 0.01) * 1000;
  }
  return { taken, longestWait };
}

describe("the local Slack's pace", () => {
  test.each([
    ["apps.connections.open", 1],
    ["usergroups.users.list", 20],
    ["chat.update", 50],
    ["conversations.history", 50],
    ["conversations.replies", 50],
    ["reactions.add", 50],
    ["reactions.remove", 20],
    ["chat.postMessage", 60],
    ["files.completeUploadExternal", 60],
    ["chat.postEphemeral", 100],
    ["files.getUploadURLExternal", 100],
    ["users.info", 100],
    ["views.open", 100],
  ])("%s: %i a minute", (method, perMinute) => {
    const { taken, longestWait } = takenInAMinute(method);
    expect(taken).toBeGreaterThanOrEqual(perMinute - 1);
    expect(taken).toBeLessThanOrEqual(perMinute + 1);
    expect(longestWait).toBe(Math.ceil(60 / perMinute));
  });

  test("posts are counted by channel, whichever way they come; edits and dialogs in the whole workspace", () => {
    const pace = createPace(() => 0);
    for (let post = 0; post < 4; post += 1) expect(pace("chat.postMessage", "C1")).toBe(0);
    expect(pace("chat.postMessage", "C1")).toBe(1);
    expect(pace("files.completeUploadExternal", "C1")).toBe(1);
    expect(pace("incoming-webhook", "C1")).toBe(1);
    expect(pace("chat.postMessage", "C2")).toBe(0);
    for (let edit = 0; edit < 10; edit += 1) expect(pace("chat.update", `C${edit}`)).toBe(0);
    expect(pace("chat.update", "C11")).toBe(2);
    expect(pace("views.open", undefined)).toBe(0);
  });

  test("what was refused is not counted: who waits as told is taken", () => {
    let nowMs = 0;
    const pace = createPace(() => nowMs);
    while (pace("chat.update", "C1") === 0);
    for (let again = 0; again < 5; again += 1) expect(pace("chat.update", "C1")).toBe(2);
    nowMs += 2_000;
    expect(pace("chat.update", "C1")).toBe(0);
  });

  test("there is no limit for what has none here", () => {
    const pace = createPace(() => 0);
    for (let call = 0; call < 1_000; call += 1) expect(pace("response_url", undefined)).toBe(0);
  });
});
