import type { Handler } from "../adapters/http/server.ts";
import { createWebhook } from "../adapters/http/webhook.ts";
import type { Judge } from "../alerts/judge.ts";
import { wazuh } from "../alerts/senders/wazuh/index.ts";
import { createTaker } from "../alerts/take-sent.ts";
import type { Config } from "../config/build.ts";
import type { Desk } from "../incidents/desk.ts";

/** Routes of senders that do not go through Slack, by path; each is there only when it has a secret. */
export function webhooksOf({ webhooks }: Config, desk: Desk, judge: Judge): Readonly<Record<string, Handler>> {
  const { wazuhSecret } = webhooks;
  if (wazuhSecret === undefined) return {};
  const { clock, log } = desk;
  const take = createTaker({ source: wazuh.source, readSent: wazuh.readSent }, { ...desk, judge });
  return { "/webhooks/wazuh": createWebhook({ secret: wazuhSecret, take, clock, log }) };
}
