import type { AlertFacts, Severity } from "../../../domain/alert.ts";
import { readIsoTime } from "../../../domain/kernel-oom/log-time.ts";
import { bounded, timeOf } from "../../facts.ts";
import type { ReadPost, Sender, Sent } from "../sender.ts";
import { parseWazuhAlert, type WazuhAlert } from "./schema.ts";

/** Wazuh: what its manager's integrator hands to a script, and its own Slack post. */
export const wazuh = {
  source: "wazuh" as const,
  readSent(body: unknown): Sent {
    const parsed = parseWazuhAlert(body);
    return parsed.kind === "unfit" ? parsed : { kind: "facts", id: parsed.alert.id, facts: [factsOfSent(parsed.alert)] };
  },
  readPost,
} satisfies Sender;

function factsOfSent(alert: WazuhAlert): AlertFacts {
  const { rule, agent, predecoder, location, full_log: text } = alert;
  return factsOf({
    rule: { id: rule.id, level: rule.level, description: rule.description },
    // The line's own host: an agent may collect the logs of others.
    ...(predecoder?.hostname === undefined ? {} : { hostname: predecoder.hostname }),
    ...(agent?.name === undefined ? {} : { agent: agent.name }),
    ...(location === undefined ? {} : { location }),
    text,
    // When the manager saw it, which is within seconds of what it tells of.
    startsAtMs: (alert.timestamp === undefined ? null : readIsoTime(alert.timestamp)) ?? timeOfId(alert.id),
  });
}

type Content = {
  readonly rule: { readonly id: string; readonly level: number | undefined; readonly description: string };
  readonly hostname?: string;
  readonly agent?: string;
  readonly location?: string;
  readonly text: string;
  readonly startsAtMs: number | undefined;
};

function factsOf({ rule, hostname, agent, location, text, startsAtMs }: Content): AlertFacts {
  return bounded({
    name: rule.description === "" ? null : rule.description,
    status: "firing",
    severity: rule.level === undefined ? null : severityOfLevel(rule.level),
    labels: {
      rule_id: rule.id,
      ...(rule.level === undefined ? {} : { rule_level: String(rule.level) }),
      ...(hostname === undefined ? {} : { hostname }),
      ...(agent === undefined ? {} : { agent }),
      ...(location === undefined ? {} : { location }),
    },
    text,
    ...(startsAtMs === undefined ? {} : { startsAtMs }),
  });
}

/** Levels go from 0 to 16; from 12 on they are of high importance, from 7 on worth a look. Source: Wazuh, "Rules classification". */
function severityOfLevel(level: number): Severity {
  if (level >= 12) return "critical";
  return level >= 7 ? "warning" : "info";
}

/** An alert's id is seconds since 1970 and a place in the manager's log: `1781187740.5106268`. */
function timeOfId(id: string): number | undefined {
  const seconds = /^([1-9]\d{9})\.\d{1,15}$/.exec(id)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

// Wazuh's integrations/slack.py: pretext, title = the rule's description, text = full_log, and three fields.
const PRETEXT = /^wazuh alert\b/i;
const AGENT = /^agent: \([^()\n]{1,20}\) - ([\w.-]{1,256})/im;
const LOCATION = /^location: (.{1,256})/im;
const RULE = /^rule id: (\d{1,9})(?:[^\d\n]{1,20}(\d{1,2})\b)?/im;

function readPost({ asWritten }: Parameters<ReadPost>[0]): readonly AlertFacts[] | undefined {
  const lines = asWritten.split("\n", 200);
  const first = lines.findIndex((line) => PRETEXT.test(line));
  const [, ruleId, level] = RULE.exec(asWritten) ?? [];
  if (first < 0 || ruleId === undefined) return undefined;
  const log = lines.slice(first + 2).filter((line) => !/^(?:agent|location|rule id): /i.test(line) && timeOf(line) === undefined);
  const agent = AGENT.exec(asWritten)?.[1];
  const location = LOCATION.exec(asWritten)?.[1];
  return [
    factsOf({
      rule: { id: ruleId, level: level === undefined ? undefined : Number(level), description: lines[first + 1] ?? "" },
      ...(agent === undefined ? {} : { agent }),
      ...(location === undefined ? {} : { location }),
      text: log.join("\n"),
      startsAtMs: timeOf(lines.at(-1)),
    }),
  ];
}
