import { describe, expect, it } from "vitest";
import {
  begin,
  beginWithFigure,
  clip,
  code,
  confidence,
  link,
  listed,
  person,
  prose,
  time,
  visible,
  who,
} from "../../src/messages/words.ts";

describe("words from outside", () => {
  it("escapes markup, so that no mention or link survives", () => {
    expect(prose("<!channel> & <@U123> <https://bad.example|safe>")).toBe(
      "&lt;!channel&gt; &amp; &lt;@U123&gt; &lt;https://bad.example|safe&gt;",
    );
    expect(code("<!here>")).toBe("`&lt;!here&gt;`");
  });

  it("puts words that Slack would format into backticks", () => {
    expect(prose("keys named user:* and job:lock:7, or _tmp_.")).toBe("keys named `user:*` and `job:lock:7`, or `_tmp_`.");
    expect(prose("used_memory is 1,024 MiB at 10.0.0.5:6379")).toBe("used_memory is 1,024 MiB at 10.0.0.5:6379");
    expect(prose("100% (of 5)")).toBe("100% (of 5)");
  });

  it("a colon that introduces what follows stands behind the backticks, one of a name in them", () => {
    expect(prose("***: what changed")).toBe("`***`: what changed");
    expect(prose("image:tag: ended")).toBe("`image:tag`: ended");
    expect(prose("(job:lock:7): gone")).toBe("(`job:lock:7`): gone");
    expect(prose('"user:*": gone')).toBe("`user:*`: gone");
    expect(prose("keys of job:lock:")).toBe("keys of `job:lock:`");
    expect(prose(":warning: is said")).toBe("`:warning:` is said");
    expect(prose("(:warning:) is said")).toBe("(`:warning:`) is said");
  });

  it("keeps backticks that come in pairs and takes the others away", () => {
    expect(prose("set `maxmemory-policy` to `allkeys-lru`")).toBe("set `maxmemory-policy` to `allkeys-lru`");
    expect(prose("a ` alone")).toBe("a ' alone");
    expect(code("a`b`c")).toBe("`aˋbˋc`");
  });

  it("writes out characters that cannot be seen", () => {
    expect(visible("a\u202eb\u200bc\u0000d")).toBe("a\\u202eb\\u200bc\\u0000d");
    expect(visible("one\ntwo\t three\u00a0four")).toBe("one two three four");
    expect(visible("\ud800x")).toBe("\\ud800x");
    expect(code("")).toBe("` `");
  });

  it("shortens in the middle, by characters", () => {
    expect(clip("abcdefghij", 7)).toBe("abcd…ij");
    expect(Array.from(clip("🔴".repeat(50), 10))).toHaveLength(10);
    expect(clip("short", 10)).toBe("short");
    expect(begin("Redis is full and refuses writes", 20)).toBe("Redis is full and…");
    expect(begin("x".repeat(30), 10)).toBe(`${"x".repeat(9)}…`);
    expect(begin("short", 10)).toBe("short");
    expect(beginWithFigure("memory on app-srv-07 98%", 24)).toBe("memory on app-srv-07 98%");
    expect(beginWithFigure("redis billing-cache used memory is at 99% of maxmemory", 30)).toBe("redis billing-cache used… 99%");
    expect(beginWithFigure("memory at 98% on app-srv-07 of the shop", 30)).toBe("memory at 98% on app-srv-07…");
    expect(beginWithFigure("Redis is full and refuses writes", 20)).toBe("Redis is full and…");
  });

  it("takes a hostile text of 100 kB", () => {
    for (const piece of ["`", "_", ":a", "*", "<", "(", "'", "a ", ":_*"]) {
      expect(prose(piece.repeat(100_000 / piece.length)).length).toBeLessThan(600_000);
    }
  });
});

describe("facts in words", () => {
  it("says how sure, in words and per cent, and never 100%", () => {
    expect([1, 0.97, 0.8, 0.6, 0.4, 0.1, -1].map(confidence)).toEqual([
      "very sure, 99%",
      "very sure, 97%",
      "fairly sure, 80%",
      "likely, 60%",
      "uncertain, 40%",
      "a guess, 10%",
      "a guess, 0%",
    ]);
  });

  it("says times in the reader's own zone, with ISO where that cannot be", () => {
    expect(time(1_762_000_000_123)).toBe("<!date^1762000000^{date_short_pretty} {time_secs}|2025-11-01T12:26:40Z>");
  });

  it("mentions ids and nothing else", () => {
    expect(person("U0ABC")).toBe("<@U0ABC>");
    expect(person("S0ABC")).toBe("<!subteam^S0ABC>");
    expect(person("!channel")).toBe("`!channel`");
    expect(who({ kind: "cli", login: "root" })).toBe("`root` on the command line");
    expect(who({ kind: "alert", source: "grafana" })).toBe("an alert (grafana)");
  });

  it("links addresses only", () => {
    expect(link("https://lab.slack.com/p1", "Go")).toBe("<https://lab.slack.com/p1|Go>");
    expect(link("javascript:alert(1)", "Go")).toBeUndefined();
    expect(link("https://a|b> <!channel", "Go")).toBeUndefined();
    expect(listed(["a", "b", "c"], "or")).toBe("a, b or c");
  });
});
