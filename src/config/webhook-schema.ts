import { z } from "zod";
import { SEVERITIES } from "../domain/alert.ts";
import { oneOf, text } from "./kinds.ts";
import { optional, setting } from "./setting-schema.ts";
import { jsonPath, jsonPaths, topicArns } from "./webhook-kinds.ts";

const SECRET = "a secret of at least 16 characters";

/** The secret of one sender's route. */
function secretOf(env: string, says: string) {
  return optional(text, { expected: SECRET, says, env, secret: true });
}

const generic = z.strictObject({
  secret: setting(text, {
    expected: `${SECRET} (or secretFile)`,
    says: "The sender sends it along to `/webhooks/generic/<name>`",
    secret: true,
  }),
  alerts: optional(jsonPath, {
    says: "Where the list of alerts is; without it the document is one alert. The paths below begin at each of its items",
  }),
  name: optional(jsonPath, { says: "The alert's name" }),
  status: optional(jsonPath, { says: "Its state: `resolved`, `ok`, `closed` and the like end it, everything else is firing" }),
  statusWords: z
    .record(
      z.string(),
      setting(oneOf("firing", "resolved"), { says: "What this value of `status` means, where it is not one of those words: `0`" }),
    )
    .prefault({}),
  severity: optional(jsonPath, { says: "How bad it is, in any of the usual words" }),
  severityWords: z
    .record(
      z.string(),
      setting(oneOf(...SEVERITIES), { says: "What this value of `severity` means, where it is not one of those words: `5`" }),
    )
    .prefault({}),
  text: setting(jsonPaths, { says: "What it says for people, a line each", fallback: "[]" }),
  labels: z.record(z.string(), setting(jsonPath, { says: "A label, as the rules read it: `namespace`, `pod`, `instance`" })).prefault({}),
  startsAt: optional(jsonPath, { says: "When it began: ISO 8601 with its zone, or seconds or milliseconds since 1970" }),
  value: optional(jsonPath, { says: "The measured value" }),
  link: optional(jsonPath, { says: "The sender's page of it" }),
  id: optional(jsonPath, { says: "The sender's own id of the message, from the document's beginning: the same id is the same message" }),
});
export type GenericWebhookDocument = z.output<typeof generic>;

export const webhooks = z.strictObject({
  wazuhSecret: secretOf("OOMPH_WAZUH_SECRET", "Wazuh's integration sends it along; without it /webhooks/wazuh does not exist"),
  alertmanagerSecret: secretOf(
    "OOMPH_ALERTMANAGER_SECRET",
    "Alertmanager sends it along; without it /webhooks/alertmanager does not exist",
  ),
  grafanaSecret: secretOf("OOMPH_GRAFANA_SECRET", "Grafana's contact point sends it along; without it /webhooks/grafana does not exist"),
  cloudwatchTopics: setting(topicArns, {
    says: "Topics of SNS whose signed messages are taken at /webhooks/cloudwatch, and whose subscriptions are confirmed",
    env: "OOMPH_CLOUDWATCH_TOPICS",
    fallback: "[]",
  }),
  cloudwatchSecret: secretOf("OOMPH_CLOUDWATCH_SECRET", "A Lambda function or EventBridge sends it along to /webhooks/cloudwatch"),
  pagerdutySecret: secretOf("OOMPH_PAGERDUTY_SECRET", "PagerDuty signs with it; without it /webhooks/pagerduty does not exist"),
  sentrySecret: secretOf(
    "OOMPH_SENTRY_SECRET",
    "Sentry signs with it, the integration's client secret; without it /webhooks/sentry does not exist",
  ),
  datadogSecret: secretOf("OOMPH_DATADOG_SECRET", "Datadog sends it along; without it /webhooks/datadog does not exist"),
  newrelicSecret: secretOf("OOMPH_NEWRELIC_SECRET", "New Relic sends it along; without it /webhooks/newrelic does not exist"),
  generic: z.record(z.string(), generic).prefault({}),
});
export type WebhooksDocument = z.output<typeof webhooks>;
