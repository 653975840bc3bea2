import { flattenPost } from "../adapters/slack/flatten-post.ts";
import { killWithoutLine } from "../alerts/kills-in.ts";
import { readAlert } from "../alerts/read-alert.ts";
import { readWazuhAlert, startOf, timeOfId } from "../alerts/wazuh/read-wazuh-alert.ts";
import { parseWazuhAlert } from "../alerts/wazuh/schema.ts";
import type { AlertKill, AlertReading } from "../domain/alert.ts";
import type { AlertFacts, AlertResult } from "./alert-result.ts";

/** An alert of Wazuh's as its webhook has it, or its Slack post. Undefined: neither. */
export function readWazuhJson(value: object): AlertResult | undefined {
  return "rule" in value ? ofWebhook(value) : ofPost(value);
}

function ofWebhook(value: object): AlertResult | undefined {
  const parsed = parseWazuhAlert(value);
  if (parsed.kind === "unfit") return undefined;
  const { rule, agent, location } = parsed.alert;
  return resultOf(readWazuhAlert(parsed.alert), {
    level: rule.level,
    description: rule.description,
    host: agent?.name,
    atMs: startOf(parsed.alert),
    labels: {
      rule_id: rule.id,
      rule_level: String(rule.level),
      rule_description: rule.description,
      ...(agent?.name === undefined ? {} : { agent: agent.name }),
      ...(location === undefined ? {} : { location }),
    },
  });
}

/** One attachment, made by Wazuh's own integration; its `ts` is the alert's id, not a time of Slack's. */
function ofPost(post: object): AlertResult | undefined {
  const attachments = "attachments" in post && Array.isArray(post.attachments) ? post.attachments : [];
  const attachment: unknown = attachments[0];
  if (typeof attachment !== "object" || attachment === null || !/^wazuh alert/i.test(textIn(attachment, "pretext"))) return undefined;
  const fields = fieldsOf(attachment);
  const [, id = "", level = ""] = /^(\d+)\D+(\d+)/.exec(fields.get("Rule ID") ?? "") ?? [];
  const agent = / - (.+)$/.exec(fields.get("Agent") ?? "")?.[1];
  const location = fields.get("Location");
  const description = textIn(attachment, "title");
  const text = flattenPost({ attachments: [attachment] });
  return resultOf(readAlert({ channel: "", ts: "", text }), {
    level: Number(level),
    description,
    host: agent,
    atMs: timeOfId(textIn(attachment, "ts")),
    labels: {
      rule_id: id,
      rule_level: level,
      rule_description: description,
      ...(agent === undefined ? {} : { agent }),
      ...(location === undefined ? {} : { location }),
    },
  });
}

type Frame = Pick<AlertFacts, "labels"> & {
  readonly level: number;
  readonly description: string;
  readonly host: string | undefined;
  readonly atMs: number | undefined;
};

function resultOf(reading: AlertReading, frame: Frame): AlertResult {
  if (reading.kind === "not-about-memory") {
    const nobody = killWithoutLine(frame.description);
    return { kind: "alert", memoryRelated: false, status: "firing", alerts: [factsOf(nobody, { ...frame, class: "other" })] };
  }
  const host = frame.host ?? reading.hosts[0];
  const alerts = reading.kills.map((kill) => factsOf(kill, { ...frame, host, class: isNamed(kill) ? "oom_killed" : "out_of_memory" }));
  return { kind: "alert", memoryRelated: true, status: reading.status, alerts };
}

function isNamed({ process, pid, cgroup }: AlertKill): boolean {
  return process !== null || pid !== null || cgroup !== null;
}

function factsOf(kill: AlertKill, frame: Frame & Pick<AlertFacts, "class">): AlertFacts {
  const { process, pid, constraint, cgroup, containerId, podUid, anonRssBytes, limitBytes, says } = kill;
  const atMs = kill.atMs ?? frame.atMs;
  return {
    class: frame.class,
    severity: severityOf(frame.level),
    target: { host: frame.host ?? null, process, pid, constraint, cgroup, containerId, podUid, anonRssBytes, limitBytes },
    startsAt: atMs === undefined ? null : new Date(atMs).toISOString(),
    labels: frame.labels,
    says,
  };
}

/** Wazuh's levels go from 0 to 16; from 12 on they are "high importance", from 7 on worth a look. Source: Wazuh, "Rules classification". */
function severityOf(level: number): AlertFacts["severity"] {
  if (level >= 12) return "critical";
  return level >= 7 ? "warning" : "info";
}

function fieldsOf(attachment: object): ReadonlyMap<string, string> {
  const fields: readonly unknown[] = "fields" in attachment && Array.isArray(attachment.fields) ? attachment.fields : [];
  return new Map(
    fields.flatMap((field) =>
      typeof field === "object" && field !== null ? [[textIn(field, "title"), textIn(field, "value")] as const] : [],
    ),
  );
}

function textIn(holder: object, key: string): string {
  const value: unknown = Object.entries(holder).find(([name]) => name === key)?.[1];
  return typeof value === "string" ? value : "";
}
