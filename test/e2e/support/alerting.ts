import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import Libsql from "libsql";
import { parse } from "yaml";
import { startAlertmanager } from "../../../scripts/lab/alertmanager.ts";
import { startGauges, type GaugesLab } from "../../../scripts/lab/gauges.ts";
import { startPrometheus } from "../../../scripts/lab/prometheus.ts";
import type { Scene } from "./scene.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../../examples");

/** A real Prometheus and Alertmanager with the rules, routes and template of examples/, quickened. */
export type Alerting = { readonly gauges: GaugesLab; readonly alertmanagerUrl: string };

type Receiver = {
  readonly name: string;
  readonly webhook_configs?: readonly object[];
  readonly slack_configs?: readonly object[];
};
type AlertmanagerExample = {
  readonly route: { readonly routes: readonly object[] };
  readonly receivers: readonly Receiver[];
};
type RulesExample = { readonly groups: readonly { readonly rules: readonly object[] }[] };

export type AlertingOptions = {
  /** The alertmanager program. */
  readonly program: string;
  /** Of Oomph's webhook. */
  readonly secret: string;
};

/** Stops with the scene, whose Oomph is told by webhook and in its Slack's channel of alerts. */
export async function startAlerting(scene: Scene, { program, secret }: AlertingOptions): Promise<Alerting> {
  const gauges = await startGauges();
  scene.atEnd(() => gauges.stop());
  const secretFile = join(scene.directory, "alertmanager-secret");
  writeFileSync(secretFile, secret, { mode: 0o600 });
  const slackFile = join(scene.directory, "slack-url");
  writeFileSync(slackFile, scene.slack.incomingWebhook("alerts"), { mode: 0o600 });
  const webhook = { url: `${scene.oomph().url}/webhooks/alertmanager`, secretFile };
  const alertmanager = await startAlertmanager(program, alertmanagerOf({ webhook, slackFile }));
  scene.atEnd(() => alertmanager.stop());
  const prometheus = await startPrometheus(
    {
      global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
      alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager.url).host] }] }] },
      scrape_configs: [{ job_name: "lab", honor_labels: true, static_configs: [{ targets: [gauges.target] }] }],
    },
    rulesAtOnce(),
  );
  scene.atEnd(() => prometheus.stop());
  return { gauges, alertmanagerUrl: alertmanager.url };
}

/** The example's rules, which wait for nothing. */
function rulesAtOnce(): object {
  const { groups } = parse(readFileSync(join(EXAMPLES, "prometheus/rules.yml"), "utf8")) as RulesExample;
  return { groups: groups.map((group) => ({ ...group, rules: group.rules.map((rule) => ({ ...rule, for: "0s" })) })) };
}

type Told = { readonly webhook: { readonly url: string; readonly secretFile: string }; readonly slackFile: string };

/** The example with its addresses and secrets put in, and waits of a second. */
function alertmanagerOf({ webhook: { url, secretFile }, slackFile }: Told): object {
  const example = parse(readFileSync(join(EXAMPLES, "alertmanager/alertmanager.yml"), "utf8")) as AlertmanagerExample;
  const receivers = example.receivers.map(({ name, webhook_configs: webhooks, slack_configs: slacks }) => ({
    name,
    ...(webhooks && {
      webhook_configs: webhooks.map((one) => ({
        ...one,
        url,
        http_config: { authorization: { type: "Bearer", credentials_file: secretFile } },
      })),
    }),
    ...(slacks && { slack_configs: slacks.map((one) => ({ ...one, api_url_file: slackFile })) }),
  }));
  return {
    ...example,
    templates: [join(EXAMPLES, "alertmanager/oomph.tmpl")],
    route: { ...example.route, group_wait: "1s", group_interval: "1s" },
    receivers,
  };
}

/** An incident as Oomph has it written down. */
export type HeardIncident = {
  readonly id: string;
  readonly channel: string;
  /** Of the post that it began with, or of its own; null: that is not posted yet. */
  readonly rootTs: string | null;
  readonly state: string;
  readonly severity: string | null;
  readonly runbook: string;
  /** What was heard of it: `HighMemory`'s class, once for each message. */
  readonly classes: readonly string[];
};

/** Incidents of the target of this name, read from the file past Oomph. */
export function incidentsOf(scene: Pick<Scene, "directory">, name: string): readonly HeardIncident[] {
  const file = new Libsql(join(scene.directory, "oomph.sqlite"), { readonly: true });
  try {
    const rows = file
      .prepare(
        `select i.id, i.channel, i.state, i.severity,
           coalesce(i.root_ts, (select o.ts from outbox o where o.slot = i.id || '/root')) as rootTs,
           (select v.runbook_id from investigations v where v.incident_id = i.id limit 1) as runbook
         from incidents i where json_extract(i.target, '$.name') = ?`,
      )
      .all(name) as Omit<HeardIncident, "classes">[];
    return rows.map((row) => {
      const heard = file.prepare("select class from heard where incident_id = ? order by class").all(row.id) as { class: string }[];
      return { ...row, classes: heard.map((one) => one.class) };
    });
  } finally {
    file.close();
  }
}
