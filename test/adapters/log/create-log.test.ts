import { describe, expect, test } from "vitest";
import { createLog } from "../../../src/adapters/log/create-log.ts";
import { OomphError } from "../../../src/domain/errors.ts";

const SECRETS = ["hunter2-made-up", 'quo"te/d?'];

describe("a secret is not in the line", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["in a message", {}, "connecting with hunter2-made-up now"],
    ["in a field", { url: "something hunter2-made-up" }, "x"],
    ["deep in a field", { a: { b: [{ c: "hunter2-made-up" }] } }, "x"],
    ["in an error", { error: new Error("wrong hunter2-made-up") }, "x"],
    ["in an error's cause", { error: new Error("outer", { cause: new Error("hunter2-made-up") }) }, "x"],
    ["in an aggregate of errors", { error: new AggregateError([new Error("hunter2-made-up")], "all") }, "x"],
    ["under a secret's key", { password: "hunter2-other", botToken: "hunter2-other", Authorization: "hunter2-other" }, "x"],
    ["under a secret's key, whatever it is", { config: { signingSecret: { value: "hunter2-other" } } }, "x"],
    ["percent-encoded", { url: encodeURIComponent("hunter2-made-up/?") }, "x"],
    ["in base64", { header: Buffer.from("hunter2-made-up").toString("base64") }, "x"],
    ["in a Map", { map: new Map([["k", "hunter2-made-up"]]) }, "x"],
    ["in a Set", { set: new Set(["hunter2-made-up"]) }, "x"],
  ])("%s", (_where, fields, message) => {
    const line = logged(fields, message);
    expect(line).toContain("***");
    expect(line).not.toMatch(/hunter2/);
    expect(line).not.toContain(Buffer.from("hunter2-made-up").toString("base64"));
  });

  test.each([
    ["redis://user:s3cr3t@host:6379/0", "redis://***@host:6379/0"],
    ["rediss://:p@ss@host", "rediss://***@host"],
    ["postgresql://u:s3cr3t@db/oomph failed", "postgresql://***@db/oomph failed"],
    ["token xoxb-12345-abcdef was refused", "token xox*-*** was refused"],
    ["xoxe.xoxp-1-abcdef", "xox*-***"],
    ["xapp-1-A0-12345-abcdef", "xapp-***"],
    ["Authorization: Bearer abc.def-ghi", "Authorization: Bearer ***"],
    ["Basic dXNlcjpwYXNz", "Basic ***"],
    ["https://hooks.slack.com/commands/T0/1/abc ok", "https://hooks.slack.com/commands/*** ok"],
    ["config set requirepass=s3cr3t done", "config set requirepass=*** done"],
    ["or as `x-oomph-secret: <secret>`, not `secret: s3cr3t`", "or as `x-oomph-secret: <secret>`, not `secret: ***"],
    ['{"password":"s3cr3t","a":1}', '{"password":"***","a":1}'],
  ])("of the shape of %s", (text, expected) => {
    expect(JSON.parse(logged({ text }, text))).toMatchObject({ text: expected, msg: expected });
  });

  test("with quotes in it", () => {
    expect(logged({ text: JSON.stringify({ key: 'quo"te/d?' }) }, "x")).not.toContain("te/d?");
  });
});

describe("a line", () => {
  test("has time, level, message and fields", () => {
    const line: unknown = JSON.parse(logged({ incident: "inc_1", tookMs: 12 }, "investigated"));
    expect(line).toEqual({
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      incident: "inc_1",
      tookMs: 12,
      msg: "investigated",
    });
  });

  test("keeps what is no secret", () => {
    const text = "https://example.com/a?b=c 5 tokens, user@example.com";
    expect(JSON.parse(logged({ text, keyCount: 5 }, text))).toMatchObject({ text, keyCount: 5, msg: text });
  });

  test("spells an error out", () => {
    const line: unknown = JSON.parse(logged({ error: new OomphError("unreachable", "nobody there") }, "x"));
    expect(line).toMatchObject({
      error: { type: "OomphError", code: "unreachable", message: "nobody there", stack: expect.stringContaining("create-log.test") },
    });
  });

  test("leaves out what clients hang on errors: commands with their arguments, requests with their headers", () => {
    const error = Object.assign(new Error("refused"), { command: { name: "auth", args: ["not-known-as-a-secret"] }, code: "ERR" });
    const line = logged({ error }, "x");
    expect(JSON.parse(line)).toMatchObject({ error: { code: "ERR", message: "refused" } });
    expect(line).not.toContain("not-known-as-a-secret");
  });

  test("survives what JSON cannot carry", () => {
    const circle: Record<string, unknown> = { big: 10n, bytes: Buffer.from("abc"), at: new Date(0), run: () => 1 };
    circle["self"] = circle;
    expect(JSON.parse(logged({ circle, long: "x".repeat(20_000) }, "x"))).toMatchObject({
      circle: { big: "10", bytes: "[3 bytes]", at: "1970-01-01T00:00:00.000Z", self: "[circular]" },
      long: expect.stringMatching(/\.\.\. \(20000 characters\)$/),
    });
  });

  test("below the level is not written", () => {
    const lines: string[] = [];
    const log = createLog({ level: "warn", secrets: [], destination: { write: (line) => lines.push(line) } });
    log.debug({}, "a");
    log.info({}, "b");
    log.warn({}, "c");
    log.error({}, "d");
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(["c", "d"]);
  });
});

function logged(fields: Record<string, unknown>, message: string): string {
  const lines: string[] = [];
  createLog({ level: "debug", secrets: SECRETS, destination: { write: (line) => lines.push(line) } }).info(fields, message);
  return lines.join("");
}
