import type { Command } from "./link.ts";

/** What a server's version changes about how it is spoken to. */
export type Dialect = {
  readonly flush: Command;
  unlink(key: Buffer): Command;
  /** 1 when the key got the TTL, 0 when it had one or is gone. One command, so that nothing comes between. */
  expireAt(key: Buffer, atMs: number): Command;
  /** PEXPIRETIME is there, which `persistWhereExpiresAt` needs. */
  readonly knowsExpireTime: boolean;
  /** 1 when the key lost its TTL. */
  persistWhereExpiresAt(key: Buffer, atMs: number): Command;
};

// Neither PEXPIREAT nor PERSIST needs memory, so a full server runs these scripts too.
const EXPIRE_WITHOUT_TTL = "if redis.call('PTTL', KEYS[1]) == -1 then return redis.call('PEXPIREAT', KEYS[1], ARGV[1]) end return 0";
const PERSIST_WHERE = "if redis.call('PEXPIRETIME', KEYS[1]) == tonumber(ARGV[1]) then return redis.call('PERSIST', KEYS[1]) end return 0";

/** By major version; undefined (INFO not permitted): a modern one. */
export function dialectOf(major: number | undefined): Dialect {
  const version = major ?? 7;
  return {
    flush: { name: "FLUSHDB", args: version >= 4 ? ["ASYNC"] : [] },
    unlink: (key) => ({ name: version >= 4 ? "UNLINK" : "DEL", args: [key] }),
    expireAt: (key, atMs) =>
      version >= 7 ? { name: "PEXPIREAT", args: [key, atMs, "NX"] } : { name: "EVAL", args: [EXPIRE_WITHOUT_TTL, 1, key, atMs] },
    knowsExpireTime: version >= 7,
    persistWhereExpiresAt: (key, atMs) => ({ name: "EVAL", args: [PERSIST_WHERE, 1, key, atMs] }),
  };
}
