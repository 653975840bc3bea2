import { expect, test } from "vitest";
import { explainRefusal, isOutOfRange, needsNoPassword, readRefusal } from "../../../src/adapters/redis/refusals.ts";

const asked = { server: "Redis at cache:6379", username: "watcher", command: "MEMORY USAGE" };

test.each([
  ["NOPERM this user has no permissions to run the 'memory|usage' command", "no-rights", "ACL SETUSER watcher +memory|usage"],
  ["NOPERM User watcher has no permissions to run the 'memory' command", "no-rights", "ACL SETUSER watcher +memory|usage"],
  ["NOPERM No permissions to access a key", "no-rights", "ACL SETUSER watcher ~<pattern>"],
  ["WRONGPASS invalid username-password pair or user is disabled.", "wrong-credentials", 'user "watcher"'],
  ["ERR invalid password", "wrong-credentials", "password is wrong"],
  ["ERR wrong number of arguments for 'auth' command", "wrong-credentials", "older than Redis 6"],
  ["NOAUTH Authentication required.", "wrong-credentials", "none is configured"],
  ["DENIED Redis is running in protected mode", "no-rights", "protected mode"],
  ["OOM command not allowed when used memory > 'maxmemory'.", "out-of-memory", "more than maxmemory"],
  ["LOADING Redis is loading the dataset in memory", "loading", "loading its data set"],
  ["MASTERDOWN Link with MASTER is down", "unreachable", "lost its master"],
  ["CLUSTERDOWN The cluster is down", "unreachable", "cluster that is down"],
  ["BUSY Redis is busy running a script.", "unreachable", "SCRIPT KILL"],
  ["READONLY You can't write against a read only replica.", "read-only", "Ask the master"],
  ["MISCONF Redis is configured to save RDB snapshots", "refused", "last snapshot failed"],
  ["NOREPLICAS Not enough good replicas to write.", "refused", "min-replicas-to-write"],
  ["MOVED 866 10.0.0.1:6379", "bad-input", "as a cluster"],
  ["ERR max number of clients reached", "unreachable", "maxclients"],
  ["ERR unknown command 'MEMORY', with args beginning with:", "no-rights", "renamed or disabled"],
  ["ERR unknown subcommand 'USAGE'. Try MEMORY HELP.", "no-rights", "older than that command"],
  ["ERR The server is running without a config file", "bad-input", "without a config file"],
  [
    "ERR ACL failure in script: User watcher has no permissions to run the 'persist' command script: e03, on @user_script:1.",
    "no-rights",
    "watcher +persist",
  ],
  [
    "ERR The user executing the script can't run this command or subcommand script: e03, on @user_script:1.",
    "no-rights",
    "watcher +pttl +pexpireat",
  ],
  [
    "ERR Error running script (call to f_04): @user_script: 1: The user executing the script can't run this command or subcommand",
    "no-rights",
    "+pttl",
  ],
  ["ERR something else", "refused", "ERR something else"],
])("%s → %s", (text, code, part) => {
  const error = explainRefusal(readRefusal(text), asked);
  expect(error).toMatchObject({ code, message: expect.stringContaining(part) as string });
  expect(error.message).toMatch(/^Redis at cache:6379 /);
});

test("refusals that are no failure, or that need more than words", () => {
  expect(needsNoPassword(readRefusal("ERR AUTH <password> called without any password configured for the default user."))).toBe(true);
  expect(needsNoPassword(readRefusal("ERR Client sent AUTH, but no password is set"))).toBe(true);
  expect(needsNoPassword(readRefusal("WRONGPASS invalid username-password pair"))).toBe(false);
  expect(isOutOfRange(readRefusal("ERR DB index is out of range"))).toBe(true);
  expect(isOutOfRange(readRefusal("NOPERM"))).toBe(false);
});
