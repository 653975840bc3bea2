import { describe, expect, it } from "vitest";
import { findTarget, lookUpTarget } from "../../src/commands/find-target.ts";
import { targetOfAlert } from "../../src/commands/target-of-alert.ts";
import type { Target } from "../../src/domain/target.ts";
import { targetsOf } from "../support/targets.ts";

const redis = (name: string): Target => ({ kind: "redis", name });
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  sessions: ["10.0.0.5:6379", "gateway"],
  "cache-eu": ["shared"],
  "cache-us": ["shared"],
};
const targets = await targetsOf(
  [redis("sessions"), redis("cache-eu"), redis("cache-us")],
  (target: Target) => ALIASES[target.name] ?? [],
).list();

describe("a target that was typed", () => {
  it.each(["sessions", "redis/sessions", "redis:sessions", "SESSIONS", "gateway", "10.0.0.5:6379"])("is found by %j", (typed) => {
    expect(findTarget(typed, targets)).toEqual({ kind: "found", target: redis("sessions") });
  });

  it("may name a database, whether or not there is such a one", () => {
    expect(findTarget("redis/sessions/2", targets)).toEqual({ kind: "found", target: { ...redis("sessions"), database: 2 } });
    expect(findTarget("sessions/99", targets)).toMatchObject({ kind: "found", target: { database: 99 } });
  });

  it("is a choice when several may be meant, and when only a part is typed", () => {
    expect(findTarget("shared", targets)).toEqual({ kind: "several", targets: [redis("cache-eu"), redis("cache-us")] });
    expect(findTarget("cache/3", targets)).toMatchObject({
      kind: "several",
      targets: [
        { name: "cache-eu", database: 3 },
        { name: "cache-us", database: 3 },
      ],
    });
    expect(findTarget("sess", targets)).toMatchObject({ kind: "several", targets: [{ name: "sessions" }] });
  });

  it("is answered with the nearest names when there is none", () => {
    expect(findTarget("sesions", targets)).toMatchObject({ because: 'there is no target "sesions"', nearest: ["redis/sessions"] });
    const there = ["redis/sessions", "redis/cache-eu", "redis/cache-us"];
    expect(findTarget("zzzzzz", targets)).toMatchObject({ kind: "none", nearest: [], there });
  });

  it("of a kind of which nothing is configured is told so", async () => {
    const known = targetsOf([redis("sessions")]);
    const because = (typed: string) => lookUpTarget(typed, known);
    const none = "no Docker host is configured (`docker.connections` in oomph.yaml)";
    expect(await because("docker/nothing")).toMatchObject({ because: `there is no target "docker/nothing": ${none}` });
    expect(await because("eu:docker/kong")).toMatchObject({ because: expect.stringContaining(none) });
    expect(await because("redis/nothing")).toMatchObject({ because: 'there is no target "redis/nothing"' });
    expect(await because("nothing")).toMatchObject({ because: 'there is no target "nothing"' });
  });

  it("on another host is told from a host that is not there", async () => {
    const container = (connection: string, name: string): Target => ({ kind: "docker", connection, name });
    const list = await targetsOf([container("local", "kong"), container("prod-eu", "checkout")]).list();
    expect(findTarget("prod-us:docker/kong", list)).toEqual({
      kind: "none",
      because: 'there is no container "kong" on a Docker host called "prod-us" (containers are known of local, prod-eu)',
      nearest: ["docker/kong"],
      there: ["docker/kong", "prod-eu:docker/checkout"],
    });
    expect(findTarget("prod-eu:docker/chekout", list)).toMatchObject({
      because: 'there is no container "chekout" on Docker host "prod-eu"',
      nearest: ["prod-eu:docker/checkout"],
    });
    expect(findTarget("prod-eu:docker/kong", list)).toMatchObject({ nearest: [], there: ["prod-eu:docker/checkout"] });
  });

  it.each([
    ["nowhere:docker/kong", 'there is no container "kong" on a Docker host called "nowhere"'],
    ["sessions/two", 'expected a database number after "sessions/", got "two"'],
    ["redis/sessions/2/3", 'got "redis/sessions/2/3"'],
    ["redis://10.0.0.9:6379", "`redis/<name>`"],
  ])("says of %j what was expected", (typed, because) => {
    expect(findTarget(typed, targets)).toMatchObject({ kind: "none", because: expect.stringContaining(because) });
  });
});

describe("the target of an alert", () => {
  it.each([
    "10.0.0.5:6379",
    "sessions",
    "redis-sessions-0.redis-sessions.prod.svc.cluster.local:6379",
    "redis://sessions:6380/2",
    "SESSIONS.internal",
    "sessions-redis",
  ])("is known by %j", (name) => {
    expect(targetOfAlert([name], targets)).toEqual({ kind: "found", target: redis("sessions") });
  });

  it("is the first name that fits, and nobody's guess when it fits two", () => {
    expect(targetOfAlert(["prod", "cache-us", "sessions"], targets)).toEqual({ kind: "found", target: redis("cache-us") });
    expect(targetOfAlert(["shared"], targets)).toEqual({ kind: "unsure", targets: [redis("cache-eu"), redis("cache-us")] });
    const onOneHost = {
      known: ["a", "b"].map((name, index) => ({ target: redis(name), aliases: ["10.0.0.5", `10.0.0.5:${6379 + index}`] })),
      missing: [],
    };
    for (const name of ["redis://10.0.0.5:6380", "rediss://:secret@10.0.0.5:6380/2", "10.0.0.5:6380"])
      expect(targetOfAlert([name], onOneHost)).toEqual({ kind: "found", target: redis("b") });
    expect(targetOfAlert(["redis://10.0.0.5"], onOneHost)).toEqual({ kind: "unsure", targets: [redis("a"), redis("b")] });
    const only = { known: onOneHost.known.slice(0, 1), missing: [] };
    for (const other of ["redis://10.0.0.5:6390", "10.0.0.5:6390/1."])
      expect(targetOfAlert([other], only)).toEqual({ kind: "unsure", targets: [redis("a")] });
    for (const own of ["10.0.0.5:6379", "10.0.0.5", "10.0.0.5:9121"])
      // the last is its exporter's
      expect(targetOfAlert([own], only)).toEqual({ kind: "found", target: redis("a") });
    expect(targetOfAlert(["sess"], targets)).toEqual({ kind: "unsure", targets: targets.known.map(({ target }) => target) });
  });
});
