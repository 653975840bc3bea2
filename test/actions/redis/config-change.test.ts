import { expect, it } from "vitest";
import { cannotPersist, isChanged, readSetting, rewriteCalls } from "../../../src/actions/redis/config-change.ts";
import type { RedisSession, Server } from "../../../src/actions/redis/redis-session.ts";

const SETTING = { name: "maxmemory", field: "maxmemory" };

function session(...infos: readonly Readonly<Record<string, string>>[]): RedisSession {
  const servers = infos.map(
    (info, index) => ({ node: { address: `127.0.0.1:${7000 + index}` }, runId: `run${index}`, info }) as unknown as Server,
  );
  return { name: "sessions", topology: "cluster", settings: undefined, servers, missing: [] };
}

it("reads a setting from every master", () => {
  expect(readSetting(session({ maxmemory: "1" }, { maxmemory: "2" }), SETTING)).toEqual({ run0: "1", run1: "2" });
  expect(isChanged(session({ maxmemory: "2" }, { maxmemory: "2" }), SETTING, { to: "2" })).toBe(true);
  expect(isChanged(session({ maxmemory: "1" }, { maxmemory: "2" }), SETTING, { to: "2" })).toBe(false);
});

it("knows that nothing can be written down without a config file", () => {
  expect(cannotPersist(session({ config_file: "/etc/redis.conf" }, { config_file: "" }))).toContain(
    "127.0.0.1:7001 runs without a config file",
  );
  expect(cannotPersist(session({ config_file: "/etc/redis.conf" }))).toBeUndefined();
});

it("counts rewrites where the server does", () => {
  expect(rewriteCalls(session({ "cmdstat_config|rewrite": "calls=3,usec=1" }, { cmdstat_get: "calls=1,usec=1" }, {}))).toEqual({
    run0: 3,
    run1: 0,
  });
});
