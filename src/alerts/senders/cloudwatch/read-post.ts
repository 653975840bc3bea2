import type { AlertStatus } from "../../../domain/alert.ts";
import { given } from "../../../domain/given.ts";
import { bounded, linkOf } from "../../facts.ts";
import { labelsInText } from "../../labels-in-text.ts";
import { timeInText } from "../../time-in-text.ts";
import { comparable } from "../../victim-labels.ts";
import type { ReadPost } from "../sender.ts";

const HEAD_CHARACTERS = 2000;
const SAYS_CLOUDWATCH = /cloudwatch|\balarmname\b|\balarm name\b/i;
// The subject of SNS's mails: `ALARM: "web-memory" in US East (N. Virginia)`.
const SUBJECT = /^[^\w]{0,12}(alarm|ok|insufficient_data): "([^"\n]{1,255})"/im;
// AWS Chatbot: `CloudWatch Alarm | web-memory | us-east-1 | Account: 123456789012`.
const CHATBOT = /cloudwatch alarm \| ([^|\n]{1,255}) \| ([a-z0-9-]{4,40})/i;
const METRIC = /\bmetric ?name[^\w\n]{0,8}[:=][^\w\n]{0,8}([\w.%-]{1,100})/i;
// "AVERAGE MemoryUtilization GreaterThanThreshold 80.0 for 1 period(s)"
const TRIGGER = /\b(?:average|maximum|minimum|sum|samplecount|p\d\d) ([\w.%-]{1,100}) (?:greater|less)than/i;
const DIMENSION = /\b([A-Z][A-Za-z]{2,40})[^\w\n]{0,4}[=:][^\w\n]{0,4}([\w./:-]{1,253})/g;

/** CloudWatch's alarms as they are posted: by AWS' own chat bot, by functions that post attachments with fields, as SNS' mail. */
export const readPost: ReadPost = ({ asWritten }) => {
  const head = asWritten.slice(0, HEAD_CHARACTERS);
  const [, subjectState, subjectName] = SUBJECT.exec(head) ?? [];
  if (subjectName === undefined && !SAYS_CLOUDWATCH.test(head)) return undefined;
  const written = labelsInText(asWritten);
  const said = new Map(Object.entries(written).map(([name, value]) => [comparable(name), value] as const));
  const [, chatbotName, chatbotRegion] = CHATBOT.exec(head) ?? [];
  const name = subjectName ?? said.get("alarm_name") ?? said.get("alarmname") ?? chatbotName?.trim();
  if (name === undefined) return undefined;
  const state = subjectState ?? said.get("current_state") ?? said.get("new_state") ?? said.get("newstatevalue") ?? said.get("state");
  return [
    bounded({
      name,
      status: statusOf(state, head),
      severity: null,
      labels: { ...dimensionsIn(asWritten), ...given({ state, region: chatbotRegion ?? said.get("region") }) },
      text: asWritten,
      ...given({
        metric: METRIC.exec(asWritten)?.[1] ?? said.get("metric_name") ?? TRIGGER.exec(asWritten)?.[1],
        startsAtMs: timeInText(asWritten),
        link: linkOf(said.get("link_to_alarm")),
      }),
    }),
  ];
};

function statusOf(state: string | undefined, head: string): AlertStatus {
  if (/^ok\b/i.test(state ?? "")) return "resolved";
  return state === undefined && /\b(?:alarm (?:->|→|to) ok|has entered the ok state)\b|:white_check_mark:|✅/i.test(head)
    ? "resolved"
    : "firing";
}

// Words of the alarm itself in the same form.
const NO_DIMENSIONS = new Set([
  "Alarm",
  "Name",
  "Description",
  "State",
  "Region",
  "Account",
  "Reason",
  "Timestamp",
  "Trigger",
  "Threshold",
  "Statistic",
  "Period",
  "Unit",
  "Details",
  "MetricName",
  "MetricNamespace",
  "Namespace",
  "Link",
  "Change",
  "Metric",
  "AlarmName",
  "Dimensions",
  "Crossed",
]);

function dimensionsIn(text: string): Readonly<Record<string, string>> {
  const bare = text.slice(0, 20_000).replaceAll(/\bdimensions?[^\w\n]{0,6}/gi, " ");
  const found = Array.from(bare.matchAll(DIMENSION), ([, name = "", value = ""]) => [name, value] as const);
  return Object.fromEntries(found.filter(([name]) => !NO_DIMENSIONS.has(name)).slice(0, 30));
}
