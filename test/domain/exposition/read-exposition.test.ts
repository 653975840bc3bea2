import { describe, expect, test } from "vitest";
import { readExposition } from "../../../src/domain/exposition/read-exposition.ts";
import { readSample } from "../../../src/domain/exposition/read-sample.ts";

const MIB = 2 ** 20;

function read(text: string, wants: (name: string) => boolean = () => true) {
  return readExposition(new TextEncoder().encode(text), { wants, most: 100 });
}

describe("a sample", () => {
  test.each([
    ["up 1", { name: "up", labels: {}, value: 1 }],
    [
      'http_requests_total{method="post",code="200"} 1027 1395066363000',
      { name: "http_requests_total", labels: { method: "post", code: "200" }, value: 1027 },
    ],
    [
      'a{path="C:\\\\DIR\\\\F.TXT",error="no \\"f\\"\\n{x}"} 1.458255915e9',
      { name: "a", labels: { path: "C:\\DIR\\F.TXT", error: 'no "f"\n{x}' }, value: 1_458_255_915 },
    ],
    ["free -3.14E-2", { name: "free", labels: {}, value: -0.0314 }],
    ['h_bucket{le="+Inf",} +Inf', { name: "h_bucket", labels: { le: "+Inf" }, value: Number.POSITIVE_INFINITY }],
    ["r:sum  NaN", { name: "r:sum", labels: {}, value: Number.NaN }],
    ["empty{} 2", { name: "empty", labels: {}, value: 2 }],
    ['größe{a="1"} 2', undefined],
    ['{"my.metric","some.label"="ü"} 4', { name: "my.metric", labels: { "some.label": "ü" }, value: 4 }],
    ['q_total 5 1.5 # {trace_id="x"} 0.6', { name: "q_total", labels: {}, value: 5 }],
    ['open{a="1" 2', undefined],
    ["nothing", undefined],
    ["word value", undefined],
    ["<html>", undefined],
  ])("%s", (line, expected) => {
    expect(readSample(line)).toEqual(expected);
  });
});

describe("an answer of a program", () => {
  test("keeps what is wanted, and counts what else there was", () => {
    const text = [
      "# HELP sse_connections_active Open streams.",
      "# TYPE sse_connections_active gauge",
      "sse_connections_active 412",
      "other_total 1",
      "not a line",
      "",
    ];
    const { samples, lines } = read(text.join("\r\n"), (name) => name.startsWith("sse_"));
    expect(samples).toEqual([{ name: "sse_connections_active", labels: {}, value: 412 }]);
    expect(lines).toEqual({ samples: 2, unreadable: 1 });
  });

  test("a page of HTML has no sample at all", () => {
    expect(read("<!doctype html>\n<html><body>\n<h1>Sign in</h1>\n</body></html>").lines.samples).toBe(0);
  });

  test("the last line counts without a line feed, and letters are not cut where pieces end", () => {
    // A letter of several bytes lies across the border of a piece at 256 KiB.
    const before = `# ${"x".repeat(256 * 1024 - 14)}\n`;
    const { samples } = read(`${before}a{b="ü日本"} 1\nlast 2`);
    expect(samples).toEqual([
      { name: "a", labels: { b: "ü日本" }, value: 1 },
      { name: "last", labels: {}, value: 2 },
    ]);
  });

  test("more samples than are kept are counted", () => {
    const { samples, leftOut } = read(Array.from({ length: 250 }, (_each, at) => `m{i="${at}"} ${at}`).join("\n"));
    expect([samples.length, leftOut]).toEqual([100, 150]);
  });

  test("50 MiB with a line of 1 MiB in it: only what is wanted is read", () => {
    const row = new TextEncoder().encode(`http_request_duration_seconds_bucket{path="/a/b/c/d",method="GET",le="0.5"} 1027\n`);
    const body = new Uint8Array(50 * MIB);
    for (let at = 0; at < body.length; at += row.length) body.set(row.subarray(0, Math.min(row.length, body.length - at)), at);
    body.fill(0x61, 20 * MIB, 21 * MIB);
    body.set(new TextEncoder().encode("\ncommands_active 7\n"), 40 * MIB);
    const { samples, lines } = readExposition(body, { wants: (name) => name === "commands_active", most: 10 });
    expect(samples).toEqual([{ name: "commands_active", labels: {}, value: 7 }]);
    expect(lines.samples).toBeGreaterThan(500_000);
  });
});
