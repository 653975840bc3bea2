import { describe, expect, it } from "vitest";
import { fitMessage } from "../../src/adapters/slack/fit-message.ts";
import { tellStrays, type Stray } from "../../src/domain/stray.ts";
import { strayPages, strayQuestion, strayRoot } from "../../src/messages/strays.ts";
import { pressable, seen } from "../support/seen.ts";

const stray = (index: number, more: Partial<Stray> = {}): Stray => ({
  id: `str_${index}`,
  channel: "C0ALERTS",
  roundMs: 0,
  name: `redis-${index}-${"long".repeat(60)}-${index}`,
  source: "alertmanager",
  class: "redis_memory",
  severity: index % 50 === 9 ? "critical" : "warning",
  says: `RedisMemoryHigh ${"says more than anybody reads ".repeat(20)}`,
  because: "This is about the memory of a Redis, but I do not know it.",
  count: 4,
  lastAtMs: index,
  ...more,
});
const round = (count: number) => tellStrays(Array.from({ length: count }, (_, index) => stray(index)));

describe("what is said of names that are not known", () => {
  it("together is how many names and alerts, the worst and newest first, and one list to choose from, within one message", () => {
    const told = round(303);
    const message = strayRoot(told);
    const lines = seen(message);
    expect(lines[0]).toContain("Alerts about 300 names that I cannot place");
    expect(lines.slice(1, 3)).toEqual([expect.stringMatching(/^1,200 alerts, the last .*\.$/), "By name: 6 critical and 294 warning."]);
    expect(lines[3]).toContain("`redis-259-");
    expect(lines.join("\n")).toContain("… and 288 others, in the thread.");
    expect(pressable(message)).toHaveLength(100);
    expect(fitMessage(message, "below").messages).toEqual([message]);
  });

  it("is listed whole in the thread, in pages that can each be chosen from, and beyond those counted", () => {
    const pages = strayPages(round(453));
    const fitted = pages.map((page) => fitMessage(page, "below").messages);
    expect(fitted).toEqual(pages.map((page) => [page]));
    expect(pages.flatMap(pressable).map(({ value }) => value)).toHaveLength(400);
    expect(new Set(pages.flatMap(pressable).map(({ value }) => value)).size).toBe(400);
    expect(seen(pages[9] ?? { blocks: [] }).join("\n")).toContain("50 more names, none of them worse, find no room here");
    expect(strayPages(round(15))).toEqual([]);
  });

  it("one by one is why nobody knows, who has told it where no post shows that, how often, and in the end what was chosen", () => {
    const shop = { kind: "redis", name: "shop" } as const;
    expect(seen(strayQuestion(stray(1, { lastAtMs: 0 }), [shop]))).toEqual([
      expect.stringMatching(/^🔔 RedisMemoryHigh says more .*· warning$/),
      "This is about the memory of a Redis, but I do not know it. Told by alertmanager.",
      "[redis/shop]",
      expect.stringMatching(/^4 alerts of this so far, .*in a thread of its own\. .*`memory: no`/),
    ]);
    const below = stray(1, { threadTs: "1.1", count: 1 });
    expect(pressable(strayQuestion(below, [shop]))).toMatchObject([{ value: "redis/shop str_1" }]);
    expect(seen(strayQuestion(below, []))).toEqual([
      "This is about the memory of a Redis, but I do not know it.",
      "[Choose its target]",
      expect.stringMatching(/^What you choose is looked into below this post/),
    ]);
    expect(pressable(strayQuestion(below, []))).toMatchObject([{ value: "str_1" }]);
    const chosen = { target: "redis/shop", userId: "U0REQUESTER" };
    expect(seen(strayQuestion({ ...below, chosen }, [shop]))).toEqual(["Looking at `redis/shop`, as chosen."]);
    const message = strayRoot(tellStrays([...round(9).alone, stray(7), stray(8, { chosen })]));
    expect(seen(message).join("\n")).toMatch(/`redis-8-.*` → `redis\/shop`, chosen by <@U0REQUESTER>/);
    expect(pressable(message)).toHaveLength(1);
    expect(seen(strayRoot(tellStrays([...round(9).alone, stray(1), stray(2)]))).join("\n")).toMatch(
      /8 alerts, the last .*\.\nBy name: both warning\./,
    );
    const weighed = (...severities: readonly Stray["severity"][]) =>
      seen(strayRoot(tellStrays([...round(3).alone, ...severities.map((severity, index) => stray(index, { severity }))])))
        .join("\n")
        .match(/By name: (.*)\./)?.[1];
    expect(weighed(null)).toBe("no severity given");
    expect(weighed(null, null)).toBe("none with a severity");
    expect(weighed("critical")).toBe("critical");
    expect(weighed("critical", "critical", "critical")).toBe("all 3 critical");
    expect(weighed("critical", null)).toBe("1 critical and 1 without a severity");
    expect(seen(strayRoot(round(4))).join("\n")).not.toContain("instead of 1");
  });
});
