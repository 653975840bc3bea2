import { describe, expect, it } from "vitest";
import { formatTarget, readingKey, targetKey } from "../../src/domain/target.ts";

describe("a target", () => {
  it("is written with its database, and keyed without: the server has one memory", () => {
    const target = { kind: "redis", name: "sessions", database: 0 } as const;
    expect(formatTarget(target)).toBe("redis/sessions/0");
    expect(targetKey(target)).toBe("redis/sessions");
    expect(formatTarget({ kind: "redis", name: "sessions" })).toBe("redis/sessions");
  });

  it("is a workload, keyed by its owner, and written and read by as far as it is narrowed", () => {
    const web = { kind: "workload", connection: "local", resource: "deploy", namespace: "shop", name: "web" } as const;
    const app = { ...web, connection: "eu", pod: "web-7c9-x2x4b", container: "app" };
    expect([web, app].map(targetKey)).toEqual(["deploy/shop/web", "eu:deploy/shop/web"]);
    expect(formatTarget(app)).toBe("eu:deploy/shop/web/web-7c9-x2x4b/app");
    expect(readingKey(app)).toBe("eu:deploy/shop/web/web-7c9-x2x4b/app");
    const lone = { ...web, resource: "pod", name: "lone", container: "app" } as const;
    expect([formatTarget(lone), readingKey(lone)]).toEqual(["pod/shop/lone/app", "pod/shop/lone/lone/app"]);
  });
});
