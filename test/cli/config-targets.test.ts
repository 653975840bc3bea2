import { expect, test } from "vitest";
import { targetWarnings } from "../../src/cli/config-targets.ts";
import { loadCommandLineConfig } from "../../src/config.ts";

const REDIS = "redis: { connections: { sessions: { host: a.test, aliases: [gateway-redis] }, jobs: { host: b.test } } }";
const DOCKER = "docker: { connections: { edge-1: { url: unix:///run/docker.sock } } }";
const KUBERNETES = "kubernetes: { kubeconfig: [./a], connections: { prod-eu: { kubeconfig: [./b] } } }";
const ALL = [REDIS, DOCKER, KUBERNETES].join("\n");

test.each([
  ["redis/sesions", REDIS, "configured are redis/sessions, redis/jobs. Did you mean redis/sessions?"],
  ["redis/gateway-redis", REDIS, "configured are redis/sessions, redis/jobs. Did you mean redis/sessions?"],
  ["redis/sessions/2", REDIS, "configured are redis/sessions, redis/jobs. Did you mean redis/sessions?"],
  ["redis/shop-*", REDIS, "configured are redis/sessions, redis/jobs"],
  ["redis/sessions", DOCKER, "no Redis is configured (redis.connections)"],
  ["docker/kong", REDIS, "no Docker host is configured (docker.connections)"],
  ["docker/kong", DOCKER, "the configured Docker hosts are edge-1. Did you mean edge-1:docker/kong?"],
  ["edge1:docker/kong", DOCKER, "the configured Docker hosts are edge-1. Did you mean edge-1:docker/kong?"],
  ["prod-eu:deploy/shop/web", REDIS, "no cluster is configured (kubernetes.connections)"],
  ["prd-eu:deploy/shop/web", KUBERNETES, "the configured clusters are local, prod-eu. Did you mean prod-eu:deploy/shop/web?"],
  ["staging:node/a", KUBERNETES, "the configured clusters are local, prod-eu"],
  ["deploy/web", KUBERNETES, "a workload is deploy/<namespace>/<name>"],
])("%s can never fit, and is warned of with what there is (%#)", (pattern, yaml, because) => {
  expect(warningsOf(pattern, yaml)).toEqual([
    `maintenance "a" names ${pattern}, which nothing can fit: ${because}`,
    `the policy "b" names ${pattern}, which nothing can fit: ${because}`,
  ]);
});

test.each(["*", "redis/*", "redis/sess*", "redis/jobs", "edge-1:docker/kong", "deploy/shop/*", "prod-eu:sts/shop/db", "node/worker-1"])(
  "%s may fit something that nobody has asked for yet",
  (pattern) => {
    expect(warningsOf(pattern, ALL)).toEqual([]);
  },
);

function warningsOf(pattern: string, yaml: string): readonly string[] {
  const loaded = loadCommandLineConfig({
    env: {},
    readFile: () => `${yaml}
alerts: { maintenance: [{ name: a, targets: ["${pattern}"], weekly: "sat 02:00-06:00 UTC" }] }
access: { policies: [{ name: b, actions: ["*"], targets: ["${pattern}"], approvers: [U0ALICE] }] }
`,
  });
  if (loaded.kind === "invalid") throw new Error(JSON.stringify(loaded.problems));
  return targetWarnings(loaded.config);
}
