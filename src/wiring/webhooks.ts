import type { Handler } from "../adapters/http/server.ts";
import { createWebhook } from "../adapters/http/webhook.ts";
import { createWazuhTaker } from "../alerts/wazuh/take-wazuh.ts";
import type { Config } from "../config/build.ts";
import type { Desk } from "../incidents/desk.ts";

/** Routes of senders that do not go through Slack, by path; each is there only when it has a secret. */
export function webhooksOf({ webhooks }: Config, desk: Desk): Readonly<Record<string, Handler>> {
  const { wazuhSecret } = webhooks;
  if (wazuhSecret === undefined) return {};
  const { clock, log } = desk;
  return { "/webhooks/wazuh": createWebhook({ secret: wazuhSecret, take: createWazuhTaker(desk), clock, log }) };
}
