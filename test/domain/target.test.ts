import { describe, expect, it } from "vitest";
import { formatTarget, targetKey } from "../../src/domain/target.ts";

describe("a target", () => {
  it("is written with its database, and keyed without: the server has one memory", () => {
    const target = { kind: "redis", name: "sessions", database: 0 } as const;
    expect(formatTarget(target)).toBe("redis/sessions/0");
    expect(targetKey(target)).toBe("redis/sessions");
    expect(formatTarget({ kind: "redis", name: "sessions" })).toBe("redis/sessions");
  });
});
