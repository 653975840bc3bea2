import { alertmanager } from "./alertmanager/index.ts";
import { cloudwatch } from "./cloudwatch/index.ts";
import { datadog } from "./datadog/index.ts";
import { grafana } from "./grafana/index.ts";
import { newrelic } from "./newrelic/index.ts";
import { pagerduty } from "./pagerduty/index.ts";
import type { Sender } from "./sender.ts";
import { sentry } from "./sentry/index.ts";
import { wazuh } from "./wazuh/index.ts";

/** Asked in this order; the first that knows a post or a JSON as its own has it. */
export const SENDERS: readonly Sender[] = [wazuh, cloudwatch, pagerduty, sentry, newrelic, datadog, grafana, alertmanager];
