import { expect, test } from "vitest";
import { loadConfig } from "../../src/config.ts";
import { secretsOf } from "../../src/config/secrets.ts";

test("every secret of a configuration is among those that the log masks", () => {
  const yaml = `
redis:
  connections:
    a: { url: "redis://u:made%2Dup-a@h" }
    b: { sentinel: { master: m, nodes: ["h:1"], password: made-up-b }, tls: { key: made-up-key } }
`;
  const env = {
    SLACK_BOT_TOKEN: "xoxb-made-up",
    SLACK_SIGNING_SECRET: "made-up-signing",
    OOMPH_SLACK_MODE: "http",
    OOMPH_SLACK_INCIDENT_CHANNEL: "C0ONE",
    REDIS_URL: "redis://:made%2Dup-queue@h",
    DATABASE_URL: "postgres://u:made-up-db@h/d",
  };
  const loaded = loadConfig({ env, readFile: () => yaml });
  expect(loaded.kind === "ok" ? secretsOf(loaded.config) : loaded).toEqual([
    "made%2Dup-queue",
    "made-up-queue",
    "made-up-db",
    "made-up-db",
    "made-up-a",
    "made-up-b",
    "made-up-key",
    "xoxb-made-up",
    "made-up-signing",
  ]);
});
