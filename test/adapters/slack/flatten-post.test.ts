import { describe, expect, test } from "vitest";
import { flattenPost, undoMarkup } from "../../../src/adapters/slack/flatten-post.ts";

describe("undoMarkup", () => {
  test.each([
    ["<https://redis-1.example.com|redis-1.example.com>:6379", "redis-1.example.com:6379"],
    ["<https://grafana.example.com/d/1>", "https://grafana.example.com/d/1"],
    ["<mailto:a@example.com|a@example.com> <mailto:b@example.com>", "a@example.com b@example.com"],
    ["<@U123> <@U123|kim> <#C1|alerts> <#C1>", "@U123 kim #alerts #C1"],
    ["<!channel> <!here|here> <!subteam^S1|@oncall> <!subteam^S1>", "@channel here @oncall @S1"],
    ["<!date^1700000000^{time}|13:03>", "2023-11-14T22:13:20.000Z"],
    ["used &gt; 90% &amp; rising, &lt;none&gt;", "used > 90% & rising, <none>"],
    ["&amp;lt;", "&lt;"],
    ["a < b > c", "a < b > c"],
  ])("%s", (slack, plain) => {
    expect(undoMarkup(slack)).toBe(plain);
  });
});

describe("flattenPost", () => {
  test("the preview of a text file, as it is in the file", () => {
    const files = [{ id: "F1", mode: "snippet", preview: "kernel: [1.5] Out of memory: Killed process 7 (<a>)\nmore" }, { id: "F2" }, null];
    expect(flattenPost({ text: "see this", files })).toBe("see this\nkernel: [1.5] Out of memory: Killed process 7 (<a>)\nmore");
  });

  test("text, blocks and attachments, each line once", () => {
    const text = flattenPost({
      text: "*Redis* is full",
      blocks: [
        { type: "header", text: { type: "plain_text", text: "Redis is full" } },
        { type: "section", text: { type: "mrkdwn", text: "Redis is full" }, fields: [{ type: "mrkdwn", text: "*host*\nredis-1" }] },
        {
          type: "context",
          elements: [
            { type: "mrkdwn", text: "from Grafana" },
            { type: "image", alt_text: "x" },
          ],
        },
        { type: "actions", elements: [{ type: "button", text: { type: "plain_text", text: "Silence" } }] },
      ],
      attachments: [
        {
          fallback: "unused",
          pretext: "before",
          title: "T",
          text: "body",
          fields: [{ title: "severity", value: "critical" }],
          footer: "foot",
        },
        { fallback: "only this" },
      ],
    });
    expect(text).toBe("*Redis* is full\n*host*\nredis-1\nfrom Grafana\nbefore\nT\nbody\nseverity: critical\nfoot\nonly this");
  });

  test("rich text: lists, links, mentions, preformatted text and tables", () => {
    const section = (...elements: unknown[]) => ({ type: "rich_text_section", elements });
    const text = flattenPost({
      blocks: [
        {
          type: "rich_text",
          elements: [
            section(
              { type: "text", text: "OOM on " },
              { type: "link", url: "https://x", text: "redis-1" },
              { type: "user", user_id: "U1" },
              { type: "emoji", name: "fire" },
            ),
            {
              type: "rich_text_list",
              style: "bullet",
              elements: [section({ type: "text", text: "one" }), section({ type: "broadcast", range: "here" })],
            },
            { type: "rich_text_preformatted", elements: [{ type: "text", text: "maxmemory 4mb\nused 4mb" }] },
          ],
        },
        {
          type: "table",
          rows: [
            [
              { type: "raw_text", text: "db" },
              { type: "raw_text", text: "keys" },
            ],
            [
              { type: "raw_text", text: "2" },
              { type: "rich_text", elements: [section({ type: "text", text: "12" })] },
            ],
          ],
        },
      ],
    });
    expect(text).toBe("OOM on redis-1@U1:fire:\none\n@here\nmaxmemory 4mb\nused 4mb\ndb | keys\n2 | 12");
  });

  test("what cannot be seen is taken out: control characters, turned reading direction", () => {
    expect(flattenPost({ text: "OOM\u0000\u0007 on\tredis\u202e1\u200b" })).toBe("OOM on redis1");
  });

  test("at most 40,000 characters, and the rest counted", () => {
    expect(flattenPost({ text: "x".repeat(100_000) })).toBe(`${"x".repeat(40_000)}\n… cut, 60000 more characters`);
  });

  test("odd shapes are no text, and no crash", () => {
    let deep: unknown = { type: "text", text: "bottom" };
    for (let level = 0; level < 5000; level += 1) deep = { type: "rich_text", elements: [deep] };
    expect(
      flattenPost({
        text: null,
        blocks: [null, 7, "x", { type: "section", text: 5, fields: "no" }, deep],
        attachments: [[], { fields: [null] }],
      }),
    ).toBe(":");
  });
});
