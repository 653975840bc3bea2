import { createReadStream, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fillUntilRefused, startRedis, type RedisLab } from "../../scripts/lab/redis.ts";
import { openStore } from "../../src/adapters/sql/open-store.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { runCommandLine } from "../../src/cli/program.ts";

type Ran = { readonly code: number; readonly out: string; readonly err: string };
type Surroundings = {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly columns?: number;
};

const MOVES = new RegExp(`${String.fromCodePoint(27)}\\[\\d+[AK]`, "g");
const folder = mkdtempSync(join(tmpdir(), "oomph-cli-test-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("investigate", () => {
  let full: RedisLab;
  let idle: RedisLab;

  beforeAll(async () => {
    [full, idle] = await Promise.all([
      startRedis({ maxmemory: "3mb", policy: "noeviction", password: "made-up" }),
      startRedis({ maxmemory: "64mb", policy: "allkeys-lru" }),
    ]);
    await fillUntilRefused(full, { database: 2, prefix: "dedup:", valueBytes: 100 });
  });

  afterAll(() => Promise.all([full.stop(), idle.stop()]));

  test("a URL needs no configuration, and the report says verdict, actions and reasons", async () => {
    const { code, out, err } = await run(["investigate", full.url, "--census", "200ms"]);
    expect(code).toBe(EXIT.ok);
    expect(out).toContain("full-under-noeviction, confidence");
    expect(out).toMatch(/Recommended actions:\n {2}- redis\./);
    expect(out).toContain("Evidence summary:");
    expect(err).toMatch(new RegExp(`^Investigating redis/127.0.0.1:${full.port} `));
    expect(err).toMatch(/✓ Memory and policy \(INFO\) \(\d/);
    expect(out + err).not.toContain("made-up");
  });

  test("--json is one document on standard output", async () => {
    const { code, out } = await run(["investigate", `redis/${full.url}`, "--json", "--census", "200ms"]);
    expect(code).toBe(EXIT.ok);
    expect(JSON.parse(out)).toMatchObject({
      kind: "investigation",
      target: `redis/127.0.0.1:${full.port}`,
      runbook: "redis-memory",
      reached: true,
      verdict: "full-under-noeviction",
      failures: [],
      evidence: expect.arrayContaining([expect.objectContaining({ step: "redis.info" })]),
    });
    expect(out).not.toContain("made-up");
  });

  test("a name, an alias and a database come from oomph.yaml", async () => {
    const files = {
      "oomph.yaml": `redis: { census: 100ms, connections: { sessions: { url: "${full.url}", aliases: [sessions-cache] } } }`,
    };
    for (const name of ["redis/sessions", "sessions", "sessions-cache"]) {
      const { out } = await run(["investigate", name, "--json"], { files });
      expect(JSON.parse(out)).toMatchObject({ target: "redis/sessions", verdict: "full-under-noeviction" });
    }
    const { out } = await run(["investigate", "redis/sessions/2", "--json"], { files });
    expect(JSON.parse(out)).toMatchObject({ target: "redis/sessions/2" });
  });

  test("--exit-code tells a script whether there is a problem", async () => {
    expect((await run(["investigate", full.url, "--exit-code", "--census", "100ms"])).code).toBe(EXIT.found);
    expect((await run(["investigate", idle.url, "--exit-code", "--census", "100ms"])).code).toBe(EXIT.ok);
  });

  test("a server that is not there, or wants another password, is a verdict of its own", async () => {
    const gone = await run(["investigate", "redis://127.0.0.1:1", "--json"]);
    expect(gone.code).toBe(EXIT.failed);
    expect(JSON.parse(gone.out)).toMatchObject({ reached: false, evidence: [] });
    const wrong = await run(["investigate", `redis://:hunter2-made-up@127.0.0.1:${full.port}`]);
    expect(wrong.code).toBe(EXIT.failed);
    expect(wrong.out).toMatch(/password/i);
    expect(wrong.out + wrong.err).not.toContain("hunter2");
  });

  test("--since is taken as in Slack, and what it comes to is said", async () => {
    const { code, out, err } = await run(["investigate", idle.url, "--census", "100ms", "--since", "2h", "--json"]);
    expect([code, JSON.parse(out)]).toEqual([EXIT.ok, expect.objectContaining({ verdict: "healthy" })]);
    expect(err).toContain("A Redis keeps no record of its past: it is looked at as it is now, and --since changes nothing.");
  });

  test("on a terminal the steps are redrawn in place, each on one line", async () => {
    const { err } = await run(["investigate", idle.url, "--census", "100ms"], { columns: 40 });
    expect(err).toContain("\u001B[9A");
    const lines = err
      .split("\n")
      .slice(1)
      .map((line) => line.replaceAll(MOVES, ""));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
  });

  test("what could steer the terminal is shown, not sent", async () => {
    await idle.client.set("evil\u001B[2J:key", "x".repeat(100_000));
    const { out } = await run(["investigate", idle.url, "--census", "200ms"]);
    expect(out).not.toContain("\u001B");
    await idle.client.flushall();
  });

  test.each([
    ["nonsense target", ["investigate", "docker/web/1/2"], /expected docker\/<container>, deploy\/<namespace>\/<name> .*, redis\/<name>/],
    ["a URL that is none", ["investigate", "redis://"], /Expected redis:\/\//],
    ["an unknown name", ["investigate", "redis/sesions"], /there is no Redis connection named "sesions": did you mean sessions\?/],
    [
      "another unknown name",
      ["investigate", "redis/orders"],
      /configured are sessions\. Any other Redis can be given as redis:\/\/host:port/,
    ],
    ["a census without unit", ["investigate", "redis/sessions", "--census", "3"], /--census expected a duration up to 60s/],
    ["a census without end", ["investigate", "redis/sessions", "--census", "2h"], /--census expected a duration up to 60s/],
    [
      "a time without unit",
      ["investigate", "redis/sessions", "--since", "2"],
      /--since expected a time with its unit, up to 30d, such as 30m/,
    ],
    [
      "a runbook of pods for a Redis",
      ["investigate", "redis/sessions", "--as", "metrics-auth"],
      /--as expected nothing for this kind of target, which has one runbook only, got "metrics-auth"/,
    ],
    ["a missing target", ["investigate"], /missing required argument 'target'/],
    [
      "a broken configuration",
      ["investigate", "redis/x", "--config", "broken.yaml"],
      /the configuration is not valid:\n {2}broken\.yaml:1 nope: expected/,
    ],
    ["a configuration that is not there", ["investigate", "redis/x", "--config", "none.yaml"], /OOMPH_CONFIG: expected the path/],
  ])("%s is bad input", async (_what, args, expected) => {
    const files = { "oomph.yaml": "redis: { connections: { sessions: { host: 127.0.0.1 } } }", "broken.yaml": "nope: 1" };
    const { code, out, err } = await run(args, { files });
    expect([code, out]).toEqual([EXIT.badInput, ""]);
    expect(err).toMatch(expected);
  });
});

describe("explain", () => {
  const INFO =
    "# Server\r\nredis_version:7.0.15\r\n# Memory\r\nused_memory:268435456\r\nmaxmemory:268435456\r\nmaxmemory_policy:noeviction\r\n# Keyspace\r\ndb2:keys=100,expires=0,avg_ttl=0\r\n";

  test("reads a pasted INFO from standard input", async () => {
    const { code, out } = await run(["explain", "-", "--json"], { stdin: INFO });
    expect(code).toBe(EXIT.ok);
    expect(JSON.parse(out)).toMatchObject({
      kind: "redis_info",
      verdict: "full-under-noeviction",
      maxmemoryBytes: 268_435_456,
      policy: "noeviction",
      keys: 100,
    });
  });

  test("reads a file", async () => {
    const { code, out } = await run(["explain", "info.txt"], { files: { "info.txt": INFO } });
    expect(code).toBe(EXIT.ok);
    expect(out).toContain("full-under-noeviction, confidence");
  });

  test("asks the users' rules for alerts too, and goes without them where the configuration does not read", async () => {
    const alert = JSON.stringify({ alerts: [{ status: "firing", labels: { alertname: "VipsCacheHot", pod: "img-0", namespace: "img" } }] });
    const rule = "{ id: image-cache, when: [{ name: [VipsCache*] }], verdict: { memory: yes } }";
    const files = { "alert.json": alert, "oomph.yaml": `alerts: { rules: [${rule}] }`, "odd.yaml": "alerts: 7" };
    const ruleOf = ({ out }: Ran): unknown => (JSON.parse(out) as { alerts: readonly { rule: string }[] }).alerts[0]?.rule;
    expect(ruleOf(await run(["explain", "alert.json", "--json"], { files }))).toBe("image-cache");
    const odd = await run(["explain", "alert.json", "--json"], { files, env: { OOMPH_CONFIG: "odd.yaml" } });
    expect(odd).toMatchObject({
      code: EXIT.ok,
      err: expect.stringMatching(/^Your rules for alerts are left out: the configuration is not valid/),
    });
    expect(ruleOf(odd)).toBe("none");
    expect(await run(["explain", "alert.json", "--config", "odd.yaml"], { files })).toMatchObject({ code: EXIT.badInput });
  });

  test("tries a mapping of webhooks.generic, or a sender's own webhook", async () => {
    const own = JSON.stringify({ problems: [{ title: "RedisMemoryHigh", host: "cart", state: "closed" }] });
    const mapping = "{ secret: own-json-own-json, alerts: problems, name: title, status: state, labels: { instance: host } }";
    const files = { "own.json": own, "oomph.yaml": `webhooks: { generic: { own-json: ${mapping} } }` };
    const mapped = await run(["explain", "own.json", "--as", "generic/own-json", "--json"], { files });
    expect(JSON.parse(mapped.out)).toMatchObject({
      source: "generic",
      status: "resolved",
      alerts: [{ name: "RedisMemoryHigh", class: "redis_memory", target: { names: ["cart"] } }],
    });
    expect(await run(["explain", "own.json", "--as", "alertmanager"], { files })).toMatchObject({
      code: EXIT.badInput,
      err: "This is not what alertmanager sends: alerts: expected a list of alerts.\n",
    });
    expect((await run(["explain", "own.json", "--as", "generic/other"], { files })).err).toContain("generic/own-json");
    expect((await run(["explain", "own.json", "--as", "nagios"], { files })).code).toBe(EXIT.badInput);
  });

  test("says what it cannot make sense of", async () => {
    const unknown = await run(["explain", "-"], { stdin: "hello" });
    expect([unknown.code, unknown.out]).toEqual([EXIT.badInput, ""]);
    expect(unknown.err).not.toBe("");
    const json = await run(["explain", "-", "--json"], { stdin: "hello" });
    expect(JSON.parse(json.out)).toMatchObject({ kind: "unknown" });
    expect(json.err).toBe(unknown.err);
    expect((await run(["explain", "none.txt"])).err).toBe(
      'oomph: expected a file that can be read, or - for standard input, got "none.txt" (ENOENT)\n',
    );
  });
});

describe("redis flush", () => {
  test("empties one database of a test server, and refuses others", async () => {
    const redis = await startRedis();
    await redis.client.set("in-database-0", "stays");
    const flushed = async (...more: string[]): Promise<Ran> => run(["redis", "flush", "--url", redis.url, "--db", "2", ...more]);
    expect(await flushed()).toMatchObject({ code: EXIT.ok, out: "Database 2 is empty already.\n" });
    await redis.client.select(2);
    await redis.client.mset({ a: "1", b: "2" });
    expect(await flushed("--max-keys", "1")).toMatchObject({ code: EXIT.refused, out: "" });
    expect(await flushed("--dry-run")).toMatchObject({
      code: EXIT.ok,
      out: "Would flush database 2: 2 keys. Nothing was done (--dry-run).\n",
    });
    const refusal = await flushed("--max-keys", "1", "--json");
    expect(refusal).toMatchObject({ code: EXIT.refused, err: expect.stringContaining("--max-keys 1") });
    expect(JSON.parse(refusal.out)).toEqual({ kind: "refused", because: expect.stringContaining("--max-keys 1") });
    expect(await flushed()).toMatchObject({ code: EXIT.ok, out: "Flushed database 2: 2 keys gone.\n" });
    expect(JSON.parse((await flushed("--json")).out)).toEqual({ kind: "already-empty", database: 2 });
    await redis.client.select(0);
    expect(await redis.client.dbsize()).toBe(1);
    await redis.stop();
  });

  test("refuses a host that is not this machine, and a number that is none", async () => {
    expect(await run(["redis", "flush", "--url", "redis://10.1.2.3"])).toMatchObject({
      code: EXIT.refused,
      err: expect.stringContaining("--allow-host 10.1.2.3"),
    });
    expect(await run(["redis", "flush", "--db", "two"])).toMatchObject({
      code: EXIT.badInput,
      err: expect.stringContaining('expected a whole number, got "two"'),
    });
  });
});

describe("audit verify", () => {
  const path = join(folder, "oomph.sqlite");
  const env = { OOMPH_SQLITE_PATH: path };

  test("says that there is no database, instead of making an empty one", async () => {
    const { code, err } = await run(["audit", "verify"], { env: { OOMPH_SQLITE_PATH: join(folder, "none.sqlite") } });
    expect(code).toBe(EXIT.badInput);
    expect(err).toContain("there is none");
    expect(existsSync(join(folder, "none.sqlite"))).toBe(false);
  });

  test("recomputes the chain, and finds an earlier head in it", async () => {
    const store = await openStore({ kind: "sqlite", path, busyTimeoutMs: 1000 });
    const first = await store.audit.append({ kind: "freeze-on", actor: { kind: "cli", login: "someone" }, atMs: 1, detail: {} });
    const second = await store.audit.append({ kind: "freeze-off", actor: { kind: "cli", login: "someone" }, atMs: 2, detail: {} });
    await store.close();
    const { code, out } = await run(["audit", "verify"], { env });
    expect(code).toBe(EXIT.ok);
    expect(out).toContain(`The audit trail is intact: 2 entries.\nHead: ${second.hash}\n`);
    expect((await run(["audit", "verify", "--head", first.hash], { env })).code).toBe(EXIT.ok);
    const cut = await run(["audit", "verify", "--head", "f".repeat(64)], { env });
    expect(cut.code).toBe(EXIT.found);
    expect(cut.err).toMatch(/the audit trail is broken at entry \d+: /);
  });

  test("wants a whole hash", async () => {
    expect(await run(["audit", "verify", "--head", "abc"], { env })).toMatchObject({
      code: EXIT.badInput,
      err: expect.stringContaining("64 hexadecimal digits"),
    });
  });
});

describe("config check", () => {
  test("lists every problem at once", async () => {
    const { code, out, err } = await run(["config", "check"], { env: { OOMPH_LOG_LEVEL: "loud" } });
    expect([code, out]).toEqual([EXIT.badInput, ""]);
    expect(err).toMatch(/^The configuration has 5 problems:\n/);
    expect(err).toContain('  OOMPH_LOG_LEVEL: expected one of debug, info, warn, error, got "loud"\n');
  });

  test("says what is configured, without a secret", async () => {
    const env = {
      SLACK_BOT_TOKEN: "xoxb-made-up",
      SLACK_APP_TOKEN: "xapp-made-up",
      REDIS_URL: "redis://:made-up@h",
      OOMPH_SLACK_INCIDENT_CHANNEL: "C0ONE",
    };
    const files = { "other.yaml": "redis: { connections: { a: { host: h, password: made-up, tls: { verify: false } } } }" };
    const { code, out } = await run(["config", "check", "--config", "other.yaml"], { env, files });
    expect(code).toBe(EXIT.ok);
    expect(out).toMatch(/^The configuration is valid\.\n/);
    for (const line of [
      "Slack: socket mode, 0 alert channels",
      "Store: SQLite in .oomph/oomph.sqlite",
      "Targets: redis/a",
      "Nobody can approve an action",
      "redis/a accepts any certificate",
    ]) {
      expect(out).toContain(line);
    }
    expect(out).not.toContain("made-up");
  });

  test("for the command line alone needs nothing", async () => {
    expect(await run(["config", "check", "--command-line"])).toMatchObject({
      code: EXIT.ok,
      out: expect.stringContaining("Targets: none"),
    });
  });
});

describe("the rest", () => {
  test.each([
    [["version"], EXIT.ok, /^\d+\.\d+\.\d+\n$/],
    [["--version"], EXIT.ok, /^\d+\.\d+\.\d+\n$/],
    [["--help"], EXIT.ok, /Exit codes:\n {2}0 {3}done/],
    [["investigate", "--help"], EXIT.ok, /--census <duration>/],
  ])("%j", async (args, code, expected) => {
    const ran = await run(args);
    expect(ran).toMatchObject({ code, err: "" });
    expect(ran.out).toMatch(expected);
  });

  test.each([
    [[], /Usage: oomph/],
    [["investigat", "x"], /there is no command "investigat". Did you mean investigate\?/],
    [["redis", "flsh"], /unknown command 'flsh'\n\(Did you mean flush\?\)/],
    [["explain", "-", "--jsn"], /unknown option '--jsn'\n\(Did you mean --json\?\)/],
  ])("%j is bad input", async (args, expected) => {
    const ran = await run(args, { stdin: "" });
    expect(ran.code).toBe(EXIT.badInput);
    expect(ran.err).toMatch(expected);
  });
});

describe("with --json, what cannot be done is one document on standard output, and a sentence on standard error", () => {
  const away = {
    env: { OOMPH_SQLITE_PATH: "/nowhere/oomph.sqlite" },
    files: { "oomph.yaml": "docker: { connections: { local: { url: unix:///nowhere/docker.sock } } }\n" },
  };

  test.each([
    [["investigate", "redis:///x"], "bad-input"],
    [["investigate", "docker/web", "--since", "soon"], "bad-input"],
    [["investigate"], "bad-input"],
    [["plan", "docker.restart", "docker/web"], "unreachable"],
    [["plan", "docker.restart", "docker/web", "--config", "none.yaml"], "bad-input"],
    [["run", "docker.restart", "docker/web"], "bad-input"],
    [["follow", "req_1"], "bad-input"],
    [["top", "a", "b", "c"], "bad-input"],
    [["trend", "docker/web"], "bad-input"],
    [["report", "century"], "bad-input"],
    [["history", "export"], "bad-input"],
    [["explain", "/nowhere"], "bad-input"],
    [["explan"], "bad-input"],
    [["explain", "-", "--jsn"], "bad-input"],
  ])("%j", async (args, expected) => {
    const { code, out, err } = await run([...args, "--json"], away);
    const document = JSON.parse(out) as { readonly because: string };
    expect(document).toEqual({ kind: "error", code: expected, because: expect.any(String), exitCode: code });
    expect(code).toBe(expected === "unreachable" ? EXIT.failed : EXIT.badInput);
    expect(err).toContain(document.because);
  });

  test("a value that looks like it is none, and what went wrong after the document is not a second one", async () => {
    expect((await run(["explain", "--", "--json"])).out).toBe("");
    const said: string[] = [];
    const io = { err: () => undefined, isTerminal: false, columns: 80, sources: async () => ({ env: {}, readFile: () => "" }) };
    const out = (text: string): void => {
      said.push(text);
      throw new Error("the pipe is gone");
    };
    const read = () => Readable.from([Buffer.from("maxmemory:1\nused_memory:1\n")]);
    expect(await runCommandLine(["explain", "-", "--json"], { ...io, out, read })).toBe(EXIT.internal);
    expect(said).toHaveLength(1);
  });
});

/** Paths of `files` are as if they lay in the working directory. */
async function run(args: readonly string[], { stdin = "", env = {}, files = {}, columns }: Surroundings = {}): Promise<Ran> {
  const said = { out: "", err: "" };
  const place = (path: string): string => {
    const content = files[path];
    if (content === undefined) return path;
    const at = join(folder, path);
    writeFileSync(at, content);
    return at;
  };
  const code = await runCommandLine(args, {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    isTerminal: columns !== undefined,
    columns: columns ?? 80,
    read: (file) => (file === "-" ? Readable.from([Buffer.from(stdin)]) : createReadStream(place(file))),
    sources: () =>
      Promise.resolve({
        env,
        readFile: (path) => {
          const content = files[path];
          if (content === undefined) throw Object.assign(new Error("none"), { code: "ENOENT" });
          return content;
        },
      }),
  });
  return { code, ...said };
}
