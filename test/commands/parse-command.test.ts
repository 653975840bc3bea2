import { describe, expect, it } from "vitest";
import { parseCommand, type Command } from "../../src/commands/parse-command.ts";

function command(text: string): Command {
  const parsed = parseCommand(text);
  if (parsed.kind === "wrong") throw new Error(`${parsed.because} ${parsed.todo}`);
  return parsed.command;
}

describe("the grammar of /oom", () => {
  it.each<[string, Command]>([
    ["", { kind: "help" }],
    ["help", { kind: "help" }],
    ["investigate redis/sessions", { kind: "investigate", target: "redis/sessions" }],
    ["investigate sessions --since 30m", { kind: "investigate", target: "sessions", sinceMs: 1_800_000 }],
    ["investigate --since=2h sessions", { kind: "investigate", target: "sessions", sinceMs: 7_200_000 }],
    ["incidents", { kind: "incidents", which: "open" }],
    ["incidents ALL", { kind: "incidents", which: "all" }],
    ["show inc_1", { kind: "show", id: "inc_1" }],
    ["run redis.flush-db redis/sessions/2", { kind: "run", action: "redis.flush-db", target: "redis/sessions/2", params: {} }],
    [
      'run expire-keys sessions --ttl 1h --pattern "user: *"',
      { kind: "run", action: "expire-keys", target: "sessions", params: { ttl: "1h", pattern: "user: *" } },
    ],
    ["approvals", { kind: "approvals" }],
    ["locks", { kind: "locks" }],
    ["unlock redis/sessions", { kind: "unlock", target: "redis/sessions" }],
    ["freeze", { kind: "freeze", turn: "ask" }],
    ["freeze on we are moving racks", { kind: "freeze", turn: "on", reason: "we are moving racks" }],
    ["freeze off", { kind: "freeze", turn: "off" }],
    ["runbooks", { kind: "runbooks" }],
    ["runbooks redis-memory", { kind: "runbooks", id: "redis-memory" }],
    ["audit inc_1", { kind: "audit", id: "inc_1" }],
    ["whoami", { kind: "whoami" }],
  ])("understands %j", (text, expected) => {
    expect(command(text)).toEqual(expected);
  });

  it.each([
    ["backticks", "`investigate` `redis/sessions`"],
    ["case and spaces", "  INVESTIGATE\u00a0\u2003redis/sessions "],
    ["zero-width characters", "investi\u200bgate redis/\u200bsessions\ufeff"],
    ["curly quotes", "investigate “redis/sessions”"],
    ["a link that Slack made of a name", "investigate <http://redis/sessions|redis/sessions>"],
    ["the command typed again", "/oom investigate redis/sessions"],
  ])("forgives %s", (_what, text) => {
    expect(command(text)).toEqual({ kind: "investigate", target: "redis/sessions" });
  });

  it("forgives a dash that a phone made of two hyphens", () => {
    expect(command("investigate sessions \u2014since 30m")).toEqual({ kind: "investigate", target: "sessions", sinceMs: 1_800_000 });
    expect(command("investigate sessions \u2013since=30m")).toMatchObject({ sinceMs: 1_800_000 });
  });

  it("takes what is to be shown of memory", () => {
    expect(command("top")).toEqual({ kind: "top" });
    expect(command("top containers shop")).toEqual({ kind: "top", of: "containers", filter: "shop" });
    expect(command("top pods")).toEqual({ kind: "top", of: "pods" });
    expect(command("top app=web,tier!=batch")).toEqual({ kind: "top", of: "pods", selector: "app=web,tier!=batch" });
    expect(command("top kong")).toEqual({ kind: "top", filter: "kong" });
    expect(command("trend prod-eu:docker/kong")).toEqual({ kind: "trend", target: "prod-eu:docker/kong" });
  });

  it("undoes what Slack escapes", () => {
    expect(command("run x y --pattern a&amp;b&lt;c&gt;")).toMatchObject({ params: { pattern: "a&b<c>" } });
    expect(command("investigate <http://sessions.internal:6379/>")).toMatchObject({ target: "sessions.internal:6379" });
    expect(command("freeze on <@U1> said so")).toMatchObject({ reason: "@U1 said so" });
  });

  it.each([
    ["investgate sessions", "Did you mean `/oom investigate sessions`?"],
    ["top a b c", "It is typed `/oom top [containers|pods] [part of a name]`"],
    ["deploy/shop/web", "Did you mean `/oom investigate deploy/shop/web`?"],
    ["trend", "It is typed `/oom trend <target>`"],
    ["docker/kong", "Did you mean `/oom investigate docker/kong`?"],
    ["incidnets", "Did you mean `/oom incidents`?"],
    ["redis/sessions", "Did you mean `/oom investigate redis/sessions`?"],
    ["investigate", "It is typed `/oom investigate <target> [--since 30m]`"],
    ["show", "It is typed `/oom show <id>`"],
  ])("answers %j with what to type", (text, todo) => {
    expect(parseCommand(text)).toMatchObject({ kind: "wrong", todo: expect.stringContaining(todo) });
  });

  it.each([
    ["investigate a b", "expected one target, got 2"],
    ["investigate a --since soon", 'such as 30m, 2h or 1d, got "soon"'],
    ["investigate a --since 31d", 'expected after `--since` a time with its unit, up to 30d, such as 30m, 2h or 1d, got "31d"'],
    ["investigate a --since", "expected a value after `--since`, got none"],
    ["investigate a --for 3m", "there is no `--for` here"],
    ["incidents closed", 'got "closed"'],
    ["run x", 'expected a target after "x"'],
    ["run x y z", 'did not expect "z"'],
    ["run x y --a 1 --a 2", "`--a` is given twice"],
    ["locks please", "expected nothing after `locks`"],
    ["freeze maybe", 'got "maybe"'],
  ])("says of %j what was expected", (text, because) => {
    expect(parseCommand(text)).toMatchObject({ kind: "wrong", because: expect.stringContaining(because) });
  });

  it("what is a list may be given several times, a value in quotes as JSON too", () => {
    const typed = `run set-environment docker/kong --set A=1 --set "B=two words" --unset C --unset D`;
    expect(parseCommand(typed)).toMatchObject({ command: { params: { set: "A=1\nB=two words", unset: "C\nD" } } });
    expect(parseCommand(`run set-environment docker/kong --set '{"A":"1 = 2"}'`)).toMatchObject({
      command: { params: { set: '{"A":"1 = 2"}' } },
    });
  });

  it("takes hostile text of 100 kB", () => {
    for (const piece of ["<", "<a|", '"', "'", "\"'", "`", "—a ", "--a ", "&lt;", "\u0000", "a"]) {
      const parsed = parseCommand(`investigate ${piece.repeat(100_000 / piece.length)}`);
      expect(["wrong", "command"]).toContain(parsed.kind);
    }
  });
});
