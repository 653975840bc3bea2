import { describe, expect, it } from "vitest";
import { chooseDatabase } from "../../../src/actions/redis/database.ts";
import type { RedisSession } from "../../../src/actions/redis/redis-session.ts";
import { SESSIONS } from "./lab.ts";

function session(more: Partial<RedisSession> = {}): RedisSession {
  return { name: "sessions", topology: "single", settings: { aliases: [], database: 0 }, servers: [], missing: [], ...more };
}

describe("which database is meant", () => {
  it("the parameter's, else the target's, else the one that the connection names", () => {
    const named = session({ settings: { aliases: [], database: 5 } });
    expect(chooseDatabase(named, { ...SESSIONS, database: 3 }, 2)).toEqual({ kind: "chosen", database: 2 });
    expect(chooseDatabase(named, { ...SESSIONS, database: 0 }, undefined)).toEqual({ kind: "chosen", database: 0 });
    expect(chooseDatabase(named, SESSIONS, undefined)).toEqual({ kind: "chosen", database: 5 });
  });

  it("is asked when nobody said it: database 0 is not guessed", () => {
    expect(chooseDatabase(session(), SESSIONS, undefined)).toMatchObject({
      kind: "refused",
      because: expect.stringContaining("It holds no keys."),
    });
  });

  it("is 0 on a Cluster, and nothing else", () => {
    expect(chooseDatabase(session({ topology: "cluster" }), SESSIONS, undefined)).toEqual({ kind: "chosen", database: 0 });
    expect(chooseDatabase(session({ topology: "cluster" }), SESSIONS, 1)).toMatchObject({ kind: "refused" });
  });
});
