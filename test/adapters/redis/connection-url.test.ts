import { describe, expect, test } from "vitest";
import { connectionFromUrl, redactUrl } from "../../../src/adapters/redis/connection-url.ts";
import { messageOf, OomphError } from "../../../src/domain/errors.ts";

describe("a connection from a URL", () => {
  test("host, port, user, password and database", () => {
    expect(connectionFromUrl("redis://watcher:p%40ss%3A%2F@cache.example:6380/2")).toMatchObject({
      name: "cache.example:6380",
      topology: { kind: "single", host: "cache.example", port: 6380 },
      username: "watcher",
      password: "p@ss:/",
      database: 2,
    });
  });

  test.each([
    ["redis://cache", "cache", 6379],
    ["redis://cache/", "cache", 6379],
    ["  redis://127.0.0.1:7000 ", "127.0.0.1", 7000],
    ["redis://[::1]:7000", "::1", 7000],
    ["REDIS://cache", "cache", 6379],
  ])("%s without the rest", (url, host, port) => {
    const settings = connectionFromUrl(url);
    expect(settings).toMatchObject({ topology: { host, port }, database: 0 });
    for (const absent of ["tls", "username", "password"]) expect(settings).not.toHaveProperty(absent);
  });

  test("rediss asks for TLS and checks the certificate; a password alone is the default user's", () => {
    expect(connectionFromUrl("rediss://:secret@cache")).toMatchObject({ tls: { verify: true }, password: "secret" });
  });
});

describe("a URL that is refused", () => {
  test.each([
    ["", "not a URL"],
    ["cache:6379", "not a URL with a host"],
    ["http://cache", "begins with http:"],
    ["redis://", "not a URL with a host"],
    ["redis://:hunter2@:6379", "not a URL"],
    ["redis://:hun#ter2@cache", "percent-encoded"],
    ["redis://user:12/hunter2@cache:6379", "%2F"],
    ["redis://:hunter2@cache/two", "database's number"],
    ["redis://:hunter2@cache/-1", "database's number"],
    ["redis://:hunter2@cache?db=2", "configuration"],
    ["redis://:hunter2@cache#x", "%23"],
    ["redis://:hunter2%@cache", "%25"],
    ["redis://hunter2@cache", "redis://:password@host"],
    ["redis://:hunter2@cache:70000", "not a URL"],
  ])("%s says what was expected, never the password", (url, part) => {
    const refuse = (): unknown => connectionFromUrl(url);
    expect(refuse).toThrow(OomphError);
    const error = caught(refuse);
    expect(error).toMatchObject({ code: "bad-input" });
    expect(messageOf(error)).toContain(part);
    expect(messageOf(error)).not.toMatch(/hunter2|ter2/);
  });
});

test.each([
  ["redis://watcher:hunter2@cache:6380/2", "redis://cache:6380/2"],
  ["rediss://:hunter2@cache", "rediss://cache:6379"],
  ["redis://user:12/hunter2@cache", "redis://***"],
  ["hunter2", "redis://***"],
])("%s may be shown as %s", (url, shown) => {
  expect(redactUrl(url)).toBe(shown);
});

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
