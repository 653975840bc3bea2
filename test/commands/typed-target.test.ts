import { describe, expect, it } from "vitest";
import { readTyped } from "../../src/commands/typed-target.ts";

describe("what was typed for a target", () => {
  it.each([
    ["deploy/shop/web", { resource: "deploy", namespace: "shop", name: "web" }],
    ["prod-eu:deployment/shop/web", { connection: "prod-eu", resource: "deploy", namespace: "shop", name: "web" }],
    ["deploy/shop/web/web-7c9-x2x4b", { resource: "deploy", namespace: "shop", name: "web", pod: "web-7c9-x2x4b" }],
    ["deploy/shop/web/web-7c9-x2x4b/app", { resource: "deploy", namespace: "shop", name: "web", pod: "web-7c9-x2x4b", container: "app" }],
    ["pod/shop/lone/app", { resource: "pod", namespace: "shop", name: "lone", container: "app" }],
    ["po/shop/web-7c9-x2x4b", { resource: "pod", namespace: "shop", name: "web-7c9-x2x4b" }],
    ["pods/web-7c9-x2x4b", { resource: "pod", name: "web-7c9-x2x4b" }],
    ["StatefulSet/Data/Pg", { resource: "sts", namespace: "data", name: "pg" }],
    ["ds/kube-system/node.exporter", { resource: "ds", namespace: "kube-system", name: "node.exporter" }],
    ["cj/batch/report", { resource: "cronjob", namespace: "batch", name: "report" }],
    ["jobs/batch/report-28", { resource: "job", namespace: "batch", name: "report-28" }],
    ["eu.prod:node/ip-10-0-0-1.eu.internal", { connection: "eu.prod", resource: "node", name: "ip-10-0-0-1.eu.internal" }],
  ])("%s is of a cluster", (typed, asked) => {
    expect(readTyped(typed)).toEqual({ kind: "object", asked });
  });

  it.each(["deploy/", "deploy//web", "pod/a/b/c/d", "deploy/a/b/c/d/e", "node/a/b", "deploy/-a/b", "deploy/a/b;rm -rf", "redis/a/2/3", ""])(
    "%j is answered with what was expected",
    (typed) => {
      expect(readTyped(typed)).toMatchObject({ kind: "wrong", because: expect.stringContaining("expected `docker/<container>`") });
    },
  );

  it.each([
    ["kong", { kind: "named", of: undefined, name: "kong", database: undefined }],
    ["docker/kong", { kind: "named", of: "docker", name: "kong", database: undefined }],
    ["Redis:sessions/2", { kind: "named", of: "redis", name: "sessions", database: 2 }],
    ["prod-eu:docker/kong", { kind: "elsewhere", host: "prod-eu", container: "kong" }],
  ])("%s is not", (typed, expected) => {
    expect(readTyped(typed)).toEqual(expected);
  });
});
