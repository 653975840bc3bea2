import type { AlertMapping } from "../domain/alert-mapping.ts";
import { given } from "../domain/given.ts";
import type { GenericWebhookDocument, WebhooksDocument } from "./webhook-schema.ts";

/** Senders whose route wants a secret of their own. */
export type KeyedSender = "wazuh" | "alertmanager" | "grafana" | "cloudwatch" | "pagerduty" | "sentry" | "datadog" | "newrelic";

export type WebhookConfig = {
  readonly secrets: Readonly<Partial<Record<KeyedSender, string>>>;
  /** ARNs of SNS topics. */
  readonly topics: readonly string[];
  readonly generic: readonly { readonly name: string; readonly secret: string; readonly mapping: AlertMapping }[];
};

export function buildWebhooks(webhooks: WebhooksDocument): WebhookConfig {
  return {
    secrets: given({
      wazuh: webhooks.wazuhSecret,
      alertmanager: webhooks.alertmanagerSecret,
      grafana: webhooks.grafanaSecret,
      cloudwatch: webhooks.cloudwatchSecret,
      pagerduty: webhooks.pagerdutySecret,
      sentry: webhooks.sentrySecret,
      datadog: webhooks.datadogSecret,
      newrelic: webhooks.newrelicSecret,
    }),
    topics: webhooks.cloudwatchTopics,
    generic: Object.entries(webhooks.generic).map(([name, { secret, ...mapping }]) => ({ name, secret, mapping: buildMapping(mapping) })),
  };
}

/** Does anybody send here? */
export function hasWebhooks({ secrets, topics, generic }: WebhookConfig): boolean {
  return Object.keys(secrets).length + topics.length + generic.length > 0;
}

function buildMapping({ text, labels, statusWords, severityWords, ...paths }: Omit<GenericWebhookDocument, "secret">): AlertMapping {
  return { text, labels, statusWords: inSmallLetters(statusWords), severityWords: inSmallLetters(severityWords), ...given(paths) };
}

function inSmallLetters<Meaning>(words: Readonly<Record<string, Meaning>>): Readonly<Record<string, Meaning>> {
  return Object.fromEntries(Object.entries(words).map(([word, meaning]) => [word.trim().toLowerCase(), meaning]));
}
