import { describe, expect, test } from "vitest";
import { formatProblem, loadCommandLineConfig } from "../../src/config.ts";

describe("Docker hosts", () => {
  test("are named, with health checks, what is watched, and compose files", () => {
    const config = loaded(`
docker:
  logPatterns: { "queue full": "queue .* is full" }
  connections:
    local: { url: /var/run/docker.sock }
    prod-eu:
      url: tcp://docker-1.internal:2376
      tls: { caFile: /ca.pem }
      watch: [shop-*, kong]
      ignore: [shop-batch]
      health: { kong: { command: kong health }, web: { url: "http://web:8080/ready" } }
      compose: { paths: [/srv/shop], repository: example/shop, checkout: /srv/shop }
    far: { url: "ssh://deploy@docker-2:2222", ssh: { privateKeyFile: /ca.pem, hostKey: "SHA256:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG" } }
github: { tokenFile: /ca.pem }
`);
    const [local, eu, far] = config.docker.hosts;
    expect(config.docker.logs).toEqual({
      lines: 20_000,
      maxBytes: 8 * 2 ** 20,
      patterns: [{ name: "queue full", pattern: "queue .* is full" }],
    });
    expect(local).toEqual({
      settings: {
        name: "local",
        endpoint: { kind: "socket", path: "/var/run/docker.sock" },
        connectTimeoutMs: 3000,
        callTimeoutMs: 10_000,
      },
      watch: ["*"],
      ignore: [],
      health: {},
      compose: { paths: [], branch: "main" },
    });
    expect(eu).toMatchObject({
      settings: { endpoint: { kind: "tcp", host: "docker-1.internal", port: 2376, tls: true }, tls: { verify: true, ca: "PEM" } },
      watch: ["shop-*", "kong"],
      ignore: ["shop-batch"],
      health: { kong: { command: ["kong", "health"] }, web: { url: "http://web:8080/ready" } },
      compose: { paths: ["/srv/shop"], repository: "example/shop", checkout: "/srv/shop", branch: "main" },
    });
    expect(far?.settings).toMatchObject({
      endpoint: { kind: "ssh", user: "deploy", host: "docker-2", port: 2222 },
      ssh: { privateKey: "PEM", hostKeySha256: "SHA256:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG" },
    });
  });

  test("one is given by a variable alone", () => {
    const loadedConfig = loadCommandLineConfig({ env: { OOMPH_DOCKER_HOST: "unix:///run/docker.sock" }, readFile: missing });
    expect(loadedConfig).toMatchObject({
      config: { docker: { hosts: [{ settings: { name: "local", endpoint: { path: "/run/docker.sock" } } }] } },
    });
  });

  test.each([
    ["docker: { connections: { a: } }", "oomph.yaml:1 docker.connections.a: expected a section with a url, got nothing"],
    [
      "docker: { connections: { a: { url: docker.sock } } }",
      "expected a URL such as unix:///var/run/docker.sock, tcp://host:2376 or ssh://user@host",
    ],
    ["docker: { connections: { a: { url: 'ssh://u@h' } } }", "a.ssh.privateKey: expected privateKey (or privateKeyFile), or agentSocket"],
    ["docker: { connections: { a: { url: 'ssh://u@h', ssh: { agentSocket: /a } } } }", "a.ssh.hostKey: expected a fingerprint such as"],
    [
      "docker: { connections: { a: { url: /s, ssh: { hostKey: 'SHA256:short' } } } }",
      "as `ssh-keyscan <host> | ssh-keygen -lf -` prints it",
    ],
    ["docker: { connections: { a: { url: /s, tls: { ca: x } } } }", "expected a tcp:// or https:// url beside it"],
    ["docker: { host: /a, connections: { local: { url: /b } } }", "docker.host: expected either that or docker.connections.local"],
    ["docker: { logPatterns: { slow: '(a+)+$' } }", "expected a regular expression of at most 200 characters without"],
    ["docker: { logPatterns: { broken: '(' } }", "expected a regular expression"],
    [
      "docker: { connections: { a: { url: /s, health: { k: { command: '' , url: 'ftp://x' } } } } }",
      "expected a URL that begins with http",
    ],
    ["watch: { warning: 90 }", "watch.warning: expected less than watch.critical (85), got 90"],
    ["github: { repository: example/shop }", "github.token (GITHUB_TOKEN): expected a token, because github.repository is set"],
    ["github: { apiUrl: 'http://github.internal' }", "expected a URL that begins with https://"],
    ["mail: { host: smtp.internal }", "mail.from: expected a value, because mail is set up, got nothing"],
    ["mail: { host: h, from: a@b, to: [c@d], tls: none, user: u, password: made-up }", "a password is never sent in the clear"],
    ["mail: { host: h, from: a@b, to: ['Name <c@d>'] }", "expected a list of mail addresses"],
    ["escalation: { on: [always] }", "expected a list of warning, leak, critical, killed"],
    ["webhooks: { wazuhSecret: short }", "expected a secret of at least 16 characters, got a value of 5 characters (not shown)"],
    ["webhooks: { sentrySecret: short }", "webhooks.sentrySecret: expected a secret of at least 16 characters"],
    ["webhooks: { cloudwatchTopics: ['*'] }", "webhooks.cloudwatchTopics: expected a list of ARNs of topics"],
    [
      `webhooks: { generic: { a: { name: x } } }`,
      "webhooks.generic.a.secret: expected a secret of at least 16 characters (or secretFile), got nothing",
    ],
    [`webhooks: { generic: { a: { secret: short, name: x } } }`, "webhooks.generic.a.secret: expected a secret of at least 16"],
    [`webhooks: { generic: { "a/b": { secret: ${"s".repeat(16)}, name: x } } }`, "expected a name of letters, digits, dots, dashes"],
    [
      `webhooks: { generic: { a: { secret: ${"s".repeat(16)}, name: "$..x" } } }`,
      "webhooks.generic.a.name: expected a path of names and places",
    ],
    [
      `webhooks: { generic: { a: { secret: ${"s".repeat(16)}, name: $.event.name } } }`,
      "webhooks.generic.a.name: expected a path of names and places in lists with dots between them, such as data.0.title (at most 16, no expressions, no $. before them), got",
    ],
    [`webhooks: { generic: { a: { secret: ${"s".repeat(16)}, name: __proto__.x } } }`, "expected a path of names and places in lists"],
    [
      `webhooks: { generic: { a: { secret: ${"s".repeat(16)}, text: ["a", "b[0]"] } } }`,
      "webhooks.generic.a.text: expected a list of paths",
    ],
    [`webhooks: { generic: { a: { secret: ${"s".repeat(16)}, labels: { pod: 7 } } } }`, "webhooks.generic.a.labels.pod: expected a path"],
    [`webhooks: { generic: { a: { secret: ${"s".repeat(16)}, nam: x } } }`, "a known name, perhaps name"],
    [
      `webhooks: { generic: { a: { secret: ${"s".repeat(16)}, name: x, status: y, statusWords: { 0: gone } } } }`,
      "webhooks.generic.a.statusWords.0: expected one of firing, resolved, got",
    ],
    [
      `webhooks: { generic: { a: { secret: ${"s".repeat(16)}, name: x, severityWords: { 5: critical } } } }`,
      "webhooks.generic.a.severity: expected a path, because severityWords says what its values mean",
    ],
  ])("%s is told", (yaml, expected) => {
    const result = loadCommandLineConfig({ env: {}, readFile: fileOf(yaml) });
    expect(result.kind === "invalid" ? result.problems.map(formatProblem).join("\n") : "no problem").toContain(expected);
  });
});

test("what goes outside Slack is absent unless it is set up, and whole when it is", () => {
  expect(loaded("")).toMatchObject({
    escalation: { on: ["critical", "leak", "killed"], lateAfterMs: 300_000 },
    webhooks: { secrets: {}, topics: [], generic: [] },
  });
  expect(loaded("")).not.toHaveProperty("github");
  expect(loaded("mail: { host: h, port: 465, tls: implicit, from: a@b, to: [c@d], user: u, password: made-up }").mail).toEqual({
    host: "h",
    port: 465,
    tls: "implicit",
    from: "a@b",
    to: ["c@d"],
    timeoutMs: 20_000,
    auth: { user: "u", password: "made-up" },
  });
});

test("webhooks have a secret each, from a variable or a file, and a mapping where the sender is not known", () => {
  const yaml = `
webhooks:
  cloudwatchTopics: ["arn:aws:sns:eu-west-1:123456789012:alarms"]
  generic:
    zabbix:
      secretFile: /ca.pem
      alerts: data.alerts
      name: event.name
      status: event.value
      statusWords: { 0: resolved, "Up again": resolved, 1: firing }
      severity: event.severity
      severityWords: { "5": critical }
      text: [event.opdata, message]
      labels: { host: host.name }
      id: eventId
`;
  const env = { OOMPH_ALERTMANAGER_SECRET: "a-made-up-secret-of-this-test", OOMPH_PAGERDUTY_SECRET_FILE: "/ca.pem" };
  const readFile = (path: string): string => (path === "oomph.yaml" ? yaml : "a-secret-from-a-file");
  const result = loadCommandLineConfig({ env, readFile });
  expect(result.kind === "ok" ? result.config.webhooks : result.problems).toEqual({
    secrets: { alertmanager: "a-made-up-secret-of-this-test", pagerduty: "a-secret-from-a-file" },
    topics: ["arn:aws:sns:eu-west-1:123456789012:alarms"],
    generic: [
      {
        name: "zabbix",
        secret: "a-secret-from-a-file",
        mapping: {
          alerts: ["data", "alerts"],
          name: ["event", "name"],
          status: ["event", "value"],
          statusWords: { "0": "resolved", "1": "firing", "up again": "resolved" },
          severity: ["event", "severity"],
          severityWords: { "5": "critical" },
          text: [["event", "opdata"], ["message"]],
          labels: { host: ["host", "name"] },
          id: ["eventId"],
        },
      },
    ],
  });
});

function loaded(yaml: string) {
  const result = loadCommandLineConfig({ env: {}, readFile: fileOf(yaml) });
  if (result.kind === "invalid") throw new Error(result.problems.map(formatProblem).join("\n"));
  return result.config;
}

function fileOf(yaml: string): (path: string) => string {
  return (path) => {
    if (path === "oomph.yaml") return yaml;
    if (path === "/ca.pem") return "PEM\n";
    return missing();
  };
}

function missing(): never {
  throw Object.assign(new Error("no such file"), { code: "ENOENT" });
}
