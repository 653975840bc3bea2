import { expect, test } from "vitest";
import { createSdkLog } from "../../../src/adapters/slack/sdk-log.ts";
import { collectLog, type Logged } from "../../support/slack-app.ts";

test("warnings and errors of Slack's libraries are passed on as fields; debug lines, which hold payloads, are not", () => {
  const logged: Logged[] = [];
  const log = createSdkLog(collectLog(logged));
  log.debug();
  log.info();
  log.warn("http request failed", new Error("reset"));
  log.error("x".repeat(10_000));
  expect(logged).toEqual([
    { level: "warn", fields: { says: "http request failed Error: reset" }, message: "Slack's library warns" },
    { level: "error", fields: { says: "x".repeat(500) }, message: "Slack's library reports an error" },
  ]);
});
