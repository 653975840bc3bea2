import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { renderConfigurationReference } from "../../scripts/docs/render-configuration.ts";
import { loadConfig } from "../../src/config.ts";

const reference = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");

test("the configuration reference is what the schema says (mend with: npm run docs)", () => {
  expect(reference).toBe(renderConfigurationReference());
});

test("its example is a valid configuration", () => {
  const example = /```yaml\n([\s\S]+?)```/.exec(reference)?.[1] ?? "";
  expect(Object.keys(parse(example) as object)).toEqual(["slack", "redis", "access"]);
  const readFile = (path: string): string => (path === "oomph.yaml" ? example : "made-up");
  const env = { SLACK_BOT_TOKEN: "xoxb-made-up", SLACK_APP_TOKEN: "xapp-made-up", REDIS_URL: "redis://localhost" };
  expect(loadConfig({ env, readFile })).toMatchObject({ kind: "ok" });
});

test("every setting has its row", () => {
  for (const key of ["slack.botToken", "redis.connections.<name>.sentinel.nodes", "access.policies[].approvers", "jobs.drain"]) {
    expect(reference).toContain(`| \`${key}\``);
  }
});
