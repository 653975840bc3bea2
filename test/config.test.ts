import { describe, expect, test } from "vitest";
import { parse, parseDocument } from "yaml";
import { formatProblem, loadCommandLineConfig, loadConfig } from "../src/config.ts";
import { commaSeparated } from "../src/config/kinds.ts";
import { settingsOf } from "../src/config/outline-schema.ts";
import { Document } from "../src/config/schema.ts";

const SERVICE_ENV = {
  SLACK_BOT_TOKEN: "xoxb-made-up",
  SLACK_APP_TOKEN: "xapp-made-up",
  REDIS_URL: "redis://localhost:6379",
  OOMPH_SLACK_INCIDENT_CHANNEL: "C0INCIDENTS",
};

describe("the environment", () => {
  test("is enough for the service", () => {
    const config = loaded({ env: SERVICE_ENV });
    expect(config.slack).toEqual({
      settings: { botToken: "xoxb-made-up", transport: { kind: "socket", appToken: "xapp-made-up" }, timeoutMs: 10_000 },
      alertChannels: [],
      incidentChannel: "C0INCIDENTS",
      fallbackChannel: "C0INCIDENTS",
      isFallbackNamed: false,
    });
    expect(config.queue).toEqual({ url: "redis://localhost:6379" });
    expect(config.store).toEqual({ kind: "sqlite", path: ".oomph/oomph.sqlite", busyTimeoutMs: 5000 });
  });

  test("wins over the file", () => {
    const config = loaded({ env: { ...SERVICE_ENV, OOMPH_HTTP_PORT: "9999" }, files: { "oomph.yaml": "http:\n  port: 8000\n" } });
    expect(config.http.port).toBe(9999);
  });

  test("gives lists with commas, and an empty variable is one that is not set", () => {
    const config = loaded({ env: { ...SERVICE_ENV, OOMPH_SLACK_ALERT_CHANNELS: "C0ONE, C0TWO", DATABASE_URL: "" } });
    expect(config.slack.alertChannels).toEqual(["C0ONE", "C0TWO"]);
    expect(config.store.kind).toBe("sqlite");
  });

  test("gives a secret by file, without the newline at its end", () => {
    const { SLACK_BOT_TOKEN: _, ...env } = SERVICE_ENV;
    const config = loaded({ env: { ...env, SLACK_BOT_TOKEN_FILE: "/run/secrets/bot" }, files: { "/run/secrets/bot": "xoxb-from-file\n" } });
    expect(config.slack.settings.botToken).toBe("xoxb-from-file");
  });

  test.each([
    [{ SLACK_BOT_TOKEN_FILE: "/x" }, "SLACK_BOT_TOKEN_FILE: expected either SLACK_BOT_TOKEN or SLACK_BOT_TOKEN_FILE, got both"],
    [
      { REDIS_URL: "", REDIS_URL_FILE: "/nowhere" },
      'REDIS_URL_FILE: expected the path of a file that holds the secret and can be read, got "/nowhere" (ENOENT)',
    ],
    [{ OOMPH_HTTP_PROT: "1" }, "OOMPH_HTTP_PROT: expected a known name, perhaps OOMPH_HTTP_PORT, got a name that Oomph does not know"],
    [{ OOMPH_HTTP_PORT: "http" }, 'OOMPH_HTTP_PORT: expected a whole number from 0 to 65535, got "http"'],
    [
      { OOMPH_APPROVERS: "alice" },
      'OOMPH_APPROVERS: expected a list of ids of users (U..., W...) or user groups (S...), not names: use the id, in Slack under profile, three dots, Copy member ID (of a group: People, User groups, the group, three dots, Copy group ID), got "alice"',
    ],
    [
      { OOMPH_SLACK_INCIDENT_CHANNEL: "#incidents" },
      'OOMPH_SLACK_INCIDENT_CHANNEL: expected the id of a channel (C... or G...), not its name: use the id, in Slack at the end of the channel\'s About tab, got "#incidents"',
    ],
    [{ OOMPH_SLACK_API_URL: "https://slack.example.com/api/" }, "OOMPH_SLACK_API_URL: expected a URL on this machine"],
    [{ OOMPH_SLACK_TIMEOUT: "10" }, 'OOMPH_SLACK_TIMEOUT: expected a duration with its unit, such as 500ms, 30s or 15m, got "10"'],
    [
      { DATABASE_URL: "mysql://u:p@h/d" },
      "DATABASE_URL: expected a URL such as postgresql://user:password@host:5432/database, got a value of 15 characters (not shown)",
    ],
    [
      { DATABASE_URL: "postgres://h/d", OOMPH_SQLITE_PATH: "x" },
      "OOMPH_SQLITE_PATH: expected either DATABASE_URL (PostgreSQL) or OOMPH_SQLITE_PATH (SQLite), got both",
    ],
    [
      { OOMPH_CONFIG: "/nowhere.yaml" },
      'OOMPH_CONFIG: expected the path of a configuration file that can be read, got "/nowhere.yaml" (ENOENT)',
    ],
    [
      { SLACK_APP_TOKEN: "" },
      "slack.appToken (SLACK_APP_TOKEN): expected an app-level token (xapp-...), because mode is socket, got nothing",
    ],
    [
      { OOMPH_SLACK_MODE: "http" },
      "slack.signingSecret (SLACK_SIGNING_SECRET): expected the app's signing secret, because mode is http, got nothing",
    ],
    [{ REDIS_URL: "" }, "queue.url (REDIS_URL): expected the URL of Oomph's own Redis, such as redis://localhost:6379, got nothing"],
    [{ SLACK_BOT_TOKEN: "hunter2" }, "SLACK_BOT_TOKEN: expected the bot token (xoxb-...), got a value of 7 characters (not shown)"],
  ])("%j is told", (change, expected) => {
    const problems = refused({ env: { ...SERVICE_ENV, ...change } });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  test("lists every problem at once, and shows no secret", () => {
    const problems = refused({
      env: { SLACK_BOT_TOKEN: "hunter2", REDIS_URL: "http://user:hunter2@x", OOMPH_LOG_LEVEL: "loud", OOMPH_NONSENSE: "hunter2" },
    });
    expect(problems.map((problem) => problem.split(":")[0])).toEqual([
      "OOMPH_NONSENSE",
      "SLACK_BOT_TOKEN",
      "slack.incidentChannel (OOMPH_SLACK_INCIDENT_CHANNEL)",
      "REDIS_URL",
      "OOMPH_LOG_LEVEL",
      "slack.appToken (SLACK_APP_TOKEN)",
    ]);
    expect(problems.join("\n")).not.toContain("hunter2");
  });

  test("of a Kubernetes Service named oomph does not trouble Oomph", () => {
    const env = {
      OOMPH_SERVICE_HOST: "10.96.0.7",
      OOMPH_SERVICE_PORT: "8080",
      OOMPH_SERVICE_PORT_HTTP: "8080",
      OOMPH_PORT: "tcp://10.96.0.7:8080",
      OOMPH_PORT_8080_TCP: "tcp://10.96.0.7:8080",
      OOMPH_PORT_8080_TCP_PROTO: "tcp",
      OOMPH_PORT_8080_TCP_PORT: "8080",
      OOMPH_PORT_8080_TCP_ADDR: "10.96.0.7",
      OOMPH_REDIS_SERVICE_HOST: "10.96.0.8",
      OOMPH_REDIS_PORT: "tcp://10.96.0.8:6379",
    };
    expect(loaded({ env: { ...SERVICE_ENV, ...env } }).http.port).toBe(8080);
    expect(refused({ env: { ...SERVICE_ENV, OOMPH_PORT: "8080" } })).toEqual([expect.stringContaining("OOMPH_PORT")]);
    // A Service named oomph-http makes it an address; it must not be taken for ours in silence.
    expect(refused({ env: { ...SERVICE_ENV, OOMPH_HTTP_PORT: "tcp://10.96.0.7:80" } })).toEqual([
      expect.stringContaining("OOMPH_HTTP_PORT"),
    ]);
  });

  test("of tests does not trouble Oomph", () => {
    expect(loadCommandLineConfig(sources({ env: { OOMPH_TEST_LEDGER: "/x", OOMPH_CONFIG: "" } })).kind).toBe("ok");
  });
});

describe("oomph.yaml", () => {
  test("sets how soon a dead process's job is taken over, within bounds", () => {
    const files = (takeover: string) => ({ "oomph.yaml": `jobs: { takeover: ${takeover} }` });
    expect(loaded({ env: SERVICE_ENV }).jobs.takeoverMs).toBe(10_000);
    expect(loaded({ env: SERVICE_ENV, files: files("30s") }).jobs.takeoverMs).toBe(30_000);
    for (const wrong of ["1999ms", "301s", "30"]) {
      expect(refused({ env: SERVICE_ENV, files: files(wrong) })).toEqual([
        expect.stringMatching(/jobs\.takeover: expected a duration with its unit, from 2s to 5m, got/),
      ]);
    }
  });

  test("names Redis connections in every topology", () => {
    const { redis } = loaded({
      env: SERVICE_ENV,
      files: {
        "oomph.yaml": `
redis:
  census: 500ms
  connections:
    sessions:
      url: rediss://app:p%40ss@sessions.internal:6380/2
      aliases: [sessions-cache]
      memoryLimit: 512MiB
      healthUrl: http://gateway.internal/health
      tls: { caFile: /etc/ca.pem, serverName: sessions }
    plain: { host: 10.0.0.5, username: oomph, passwordFile: /run/secrets/plain }
    watched: { sentinel: { master: mymaster, nodes: [10.0.0.1:26379, "[::1]:26379"], password: s3 } }
    sharded: { cluster: { nodes: "10.0.0.7:7000" }, connectTimeout: 1s }
`,
        "/etc/ca.pem": "PEM\n",
        "/run/secrets/plain": "made-up\n",
      },
    });
    expect(redis).toEqual({
      censusMs: 500,
      lookAtStart: true,
      connections: [
        {
          name: "sessions",
          topology: { kind: "single", host: "sessions.internal", port: 6380 },
          username: "app",
          password: "p@ss",
          database: 2,
          tls: { verify: true, ca: "PEM", serverName: "sessions" },
          aliases: ["sessions-cache"],
          memoryLimitBytes: 512 * 2 ** 20,
          healthUrl: "http://gateway.internal/health",
          connectTimeoutMs: 3000,
          commandTimeoutMs: 5000,
        },
        {
          name: "plain",
          topology: { kind: "single", host: "10.0.0.5", port: 6379 },
          username: "oomph",
          password: "made-up",
          database: 0,
          aliases: [],
          connectTimeoutMs: 3000,
          commandTimeoutMs: 5000,
        },
        {
          name: "watched",
          topology: {
            kind: "sentinel",
            masterName: "mymaster",
            sentinels: [
              { host: "10.0.0.1", port: 26_379 },
              { host: "::1", port: 26_379 },
            ],
            sentinelPassword: "s3",
          },
          database: 0,
          aliases: [],
          connectTimeoutMs: 3000,
          commandTimeoutMs: 5000,
        },
        {
          name: "sharded",
          topology: { kind: "cluster", seeds: [{ host: "10.0.0.7", port: 7000 }] },
          database: 0,
          aliases: [],
          connectTimeoutMs: 1000,
          commandTimeoutMs: 5000,
        },
      ],
    });
  });

  test.each([
    [
      "redis:\n  conections: {}\n",
      "oomph.yaml:2 redis.conections: expected a known name, perhaps connections, got a name that Oomph does not know",
    ],
    [
      "redis:\n  connections:\n    a: { url: redis://h, pasword: x }\n",
      "oomph.yaml:3 redis.connections.a.pasword: expected a known name, perhaps password",
    ],
    [
      "redis:\n  connections:\n    a: {}\n",
      "oomph.yaml:3 redis.connections.a: expected exactly one of url (or urlFile), host, sentinel, cluster, kubernetes, got none",
    ],
    [
      "redis:\n  connections:\n    a: { url: redis://h, host: h }\n",
      "oomph.yaml:3 redis.connections.a: expected exactly one of url (or urlFile), host, sentinel, cluster, kubernetes, got url and host",
    ],
    [
      'redis:\n  connections:\n    "a/b": { host: h }\n',
      'oomph.yaml:3 redis.connections.a/b: expected a name of letters, digits, dots, dashes and underscores, got "a/b"',
    ],
    [
      "redis:\n  connections:\n    a: { url: 'redis://hunter2@h' }\n",
      "oomph.yaml:3 redis.connections.a.url: expected a URL such as redis://",
    ],
    [
      "redis:\n  connections:\n    a: { host: h, memoryLimit: lots }\n",
      'oomph.yaml:3 redis.connections.a.memoryLimit: expected a size such as 512MiB or 2GiB, got "lots"',
    ],
    [
      "redis:\n  connections:\n    a: { host: h, passwordFile: /nowhere }\n",
      "oomph.yaml:3 redis.connections.a.passwordFile: expected the path of a file that holds the secret and can be read",
    ],
    [
      "redis:\n  connections:\n    a: { host: h, passwordFile: /x, password: y }\n",
      "oomph.yaml:3 redis.connections.a.passwordFile: expected either password or passwordFile, got both",
    ],
    [
      "redis:\n  connections:\n    a:\n      url: redis://u:one@h\n      password: two\n",
      "oomph.yaml:5 redis.connections.a.password: expected a password in the url, or in password (or passwordFile), got both",
    ],
    ["redis: [1]\n", "oomph.yaml:1 redis: expected a section with keys such as census, connections"],
    ["http: { port: 8080\n", "expected valid YAML"],
    ["- a\n- b\n", "oomph.yaml:1: expected sections such as `redis:`"],
    ["http:\n  port: 1\n  port: 2\n", "oomph.yaml:3: expected valid YAML"],
    [
      "access:\n  policies:\n    - { name: a, approvers: [U0ONE], approvals: 2 }\n",
      "oomph.yaml:3 access.policies[0].approvals: expected at most as many approvals as there are approvers (1), got 2",
    ],
    [
      "access:\n  policies:\n    - { name: a, approvers: ['@carol'] }\n",
      "oomph.yaml:3 access.policies[0].approvers: expected a list of ids",
    ],
    ["access:\n  policies:\n    - { name: a, approvers: [U0ONE], aprovals: 2 }\n", "perhaps approvals"],
    ["access:\n  logins:\n    bob: S0ONCALL\n", "oomph.yaml:3 access.logins.bob: expected the id of a user (U... or W...), not a name"],
  ])("%j is told with its line", (yaml, expected) => {
    const problems = refused({ env: SERVICE_ENV, files: { "oomph.yaml": yaml, "/x": "y" } });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
    expect(problems[0]).not.toContain("hunter2");
  });
});

describe("access", () => {
  test("is the two-person rule unless policies are given", () => {
    const { access } = loaded({ env: { ...SERVICE_ENV, OOMPH_APPROVERS: "U0BOB,S0ONCALL", OOMPH_ADMINS: "U0CAROL" } });
    expect(access).toEqual({
      investigators: "everyone",
      requesters: "everyone",
      admins: ["U0CAROL"],
      policies: [
        {
          name: "two-person rule",
          actions: ["*"],
          targets: ["*"],
          requesters: "everyone",
          approvers: ["U0BOB", "S0ONCALL"],
          approvalsNeeded: 1,
          breakGlass: false,
          expiresAfterMs: 900_000,
        },
      ],
    });
  });

  test("knows who somebody at a command line is, by a list that has no more in it than what is written", () => {
    const { logins } = loaded({
      env: SERVICE_ENV,
      files: { "oomph.yaml": "access:\n  logins: { bob: U0BOB, __proto__: U0EVIL, 1000: W0CAROL }\n" },
    });
    expect([logins.get("bob"), logins.get("1000"), logins.get("constructor"), logins.get("toString")]).toEqual([
      "U0BOB",
      "W0CAROL",
      undefined,
      undefined,
    ]);
  });

  test("without an approver lets nobody approve", () => {
    expect(loaded({ env: SERVICE_ENV }).access.policies[0]?.approvers).toEqual([]);
  });

  test("is what the policies say, in their order", () => {
    const { access } = loaded({
      env: SERVICE_ENV,
      files: {
        "oomph.yaml": `
access:
  requesters: [U0ONE]
  policies:
    - name: production
      actions: ["redis.*"]
      targets: ["redis/prod-*"]
      requesters: [S0ONCALL]
      approvers: [U0ONE, U0TWO]
      approvals: 2
      breakGlass: true
      expiry: 5m
    - { name: rest, approvers: [] }
`,
      },
    });
    expect(access.policies).toEqual([
      {
        name: "production",
        actions: ["redis.*"],
        targets: ["redis/prod-*"],
        requesters: ["S0ONCALL"],
        approvers: ["U0ONE", "U0TWO"],
        approvalsNeeded: 2,
        breakGlass: true,
        expiresAfterMs: 300_000,
      },
      expect.objectContaining({ name: "rest", approvers: [], approvalsNeeded: 1 }),
    ]);
  });
});

describe("the command line", () => {
  test("needs neither Slack nor a queue", () => {
    const result = loadCommandLineConfig(sources({ env: {} }));
    expect(result.kind === "ok" ? result.config.queue : result).toBeUndefined();
  });

  test("does not look at Slack's settings, but at the rest", () => {
    const files = { "oomph.yaml": "slack: { botToken: wrong }\nlog: { level: loud }\n" };
    const result = loadCommandLineConfig(sources({ env: {}, files }));
    expect(result.kind === "invalid" ? result.problems.map(formatProblem) : result).toEqual([
      'oomph.yaml:2 log.level: expected one of debug, info, warn, error, got "loud"',
    ]);
  });
});

describe("paths", () => {
  const yaml = `
docker:
  connections:
    local:
      url: unix:///var/run/docker.sock
      compose: { paths: [compose, /srv/shop], checkout: .. }
    far: { url: "ssh://u@h", ssh: { agentSocket: run/agent, hostKey: "SHA256:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG" } }
store: { path: data/oomph.sqlite }
redis: { connections: { sessions: { host: h, passwordFile: ./secrets/sessions } } }
`;
  const files = { "/etc/oomph/oomph.yaml": yaml, "/etc/oomph/secrets/sessions": "made-up\n", "run/bot": "xoxb-of-the-working-directory" };
  const env = { ...SERVICE_ENV, OOMPH_CONFIG: "/etc/oomph/oomph.yaml" };

  test("in the file are meant from its folder, wherever Oomph is started", () => {
    const { redis, docker, store } = loaded({ env, files });
    const [local, far] = docker.hosts;
    expect(redis.connections[0]?.password).toBe("made-up");
    expect(local?.compose).toMatchObject({ paths: ["/etc/oomph/compose", "/srv/shop"], checkout: "/etc" });
    expect(far?.settings.ssh?.agentSocket).toBe("/etc/oomph/run/agent");
    expect(store).toMatchObject({ path: "/etc/oomph/data/oomph.sqlite" });
  });

  test("in variables are meant from the working directory", () => {
    const { SLACK_BOT_TOKEN: _, ...rest } = env;
    const { slack, store } = loaded({ env: { ...rest, SLACK_BOT_TOKEN_FILE: "run/bot", OOMPH_SQLITE_PATH: "x.sqlite" }, files });
    expect(slack.settings.botToken).toBe("xoxb-of-the-working-directory");
    expect(store).toMatchObject({ path: "x.sqlite" });
  });

  test("of a secret that is not there are told as they were written", () => {
    const { "/etc/oomph/secrets/sessions": _, ...without } = files;
    expect(refused({ env, files: without })).toEqual([
      expect.stringContaining(
        '/etc/oomph/oomph.yaml:9 redis.connections.sessions.passwordFile: expected the path of a file that holds the secret and can be read, got "./secrets/sessions" (ENOENT)',
      ),
    ]);
  });
});

test("what is missing is told with the line of the section it belongs to; without a line where that is not there either", () => {
  const { REDIS_URL: _, OOMPH_SLACK_INCIDENT_CHANNEL: __, ...env } = SERVICE_ENV;
  expect(refused({ env, files: { "oomph.yaml": "# ours\n\nslack:\n  timeout: 5s\n" } })).toEqual([
    expect.stringMatching(
      /^oomph\.yaml:3 slack\.incidentChannel \(OOMPH_SLACK_INCIDENT_CHANNEL\): expected the id .*, got nothing: it is not set$/,
    ),
    expect.stringMatching(/^oomph\.yaml queue\.url \(REDIS_URL\): expected the URL/),
  ]);
});

describe("a file that YAML does not take", () => {
  test.each([
    [
      "slack:\n  alertChannels: [*Alerts]\n",
      'oomph.yaml:2: expected quotation marks around it, as in "*Alerts", because YAML gives * a meaning of its own, got *Alerts',
    ],
    [
      "log: {}\naccess:\n  policies:\n    - actions: [*]\n",
      'oomph.yaml:4: expected quotation marks around it, as in "*", because YAML gives *',
    ],
    ["log: { level: *info* }\n", 'oomph.yaml:1: expected quotation marks around it, as in "*info*"'],
    ["slack:\n  incidentChannel: @alerts\n", 'oomph.yaml:2: expected quotation marks around it, as in "@alerts", because YAML gives @'],
    ["log:\n\tlevel: info\n", "oomph.yaml:2: expected valid YAML, got a mistake: Tabs are not allowed"],
    ["log: {}\nhttp: {}\nlog: {}\n", "oomph.yaml:3: expected valid YAML, got a mistake: Map keys must be unique"],
    ["- slack\n", "oomph.yaml:1: expected sections such as `redis:`, got something else at the top"],
  ])("%j is told with its line, and nothing is said of what could not be read", (yaml, expected) => {
    for (const load of [loadConfig, loadCommandLineConfig]) {
      const result = load(sources({ env: {}, files: { "oomph.yaml": yaml } }));
      expect(result.kind === "invalid" ? result.problems.map(formatProblem) : result).toEqual([expect.stringContaining(expected)]);
    }
  });

  test("may refer to what is named in it", () => {
    const files = {
      "oomph.yaml":
        "slack: { alertChannels: &ours [C0ONE], timeout: 5s }\naccess: { approvers: [U0ONE] }\nwatch: {}\nredis: { connections: { a: { host: h, aliases: *ours } } }\n",
    };
    expect(loaded({ env: SERVICE_ENV, files }).redis.connections[0]?.aliases).toEqual(["C0ONE"]);
  });

  test("is not there: that is another thing than one that was named and cannot be read", () => {
    expect(loadConfig(sources({ env: {} }))).toMatchObject({ kind: "invalid", hasFile: false });
    expect(refused({ env: { OOMPH_CONFIG: "/nowhere.yaml" } })).toEqual([expect.stringMatching(/^OOMPH_CONFIG: .*ENOENT/)]);
  });
});

test("what stands as a default in the reference can be written so, in YAML and in a variable", () => {
  const defaults = settingsOf(Document).flatMap(({ doc }) => doc.fallback ?? []);
  expect(defaults).toContain('["*"]');
  for (const written of defaults.filter((each) => each.startsWith("["))) {
    expect(commaSeparated(written)).toEqual(parse(written));
  }
  for (const written of defaults) expect(parseDocument(`key: ${written}`).errors, written).toEqual([]);
});

type Given = { readonly env: Readonly<Record<string, string>>; readonly files?: Readonly<Record<string, string>> };

function sources({ env, files = {} }: Given) {
  const readFile = (path: string): string => {
    const content = files[path];
    if (content === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    return content;
  };
  return { env, readFile };
}

function loaded(given: Given) {
  const result = loadConfig(sources(given));
  if (result.kind === "invalid") throw new Error(result.problems.map(formatProblem).join("\n"));
  return result.config;
}

function refused(given: Given): readonly string[] {
  const result = loadConfig(sources(given));
  return result.kind === "invalid" ? result.problems.map(formatProblem) : [];
}
