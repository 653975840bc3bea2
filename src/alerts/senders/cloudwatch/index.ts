import type { AlertFacts } from "../../../domain/alert.ts";
import { given } from "../../../domain/given.ts";
import { bounded, timeOf } from "../../facts.ts";
import { MOST_ALERTS, type Sender, type Sent } from "../sender.ts";
import { linesOf } from "../words.ts";
import { parseAlarm, parseEcsTask, parseNotices, parseOtherEvent, type AlarmChange, type Notice } from "./schema.ts";

/** CloudWatch: its alarms by SNS, by a Lambda function behind it, by EventBridge, or bare. */
export const cloudwatch = {
  source: "cloudwatch" as const,
  readSent(body: unknown): Sent {
    const notices = parseNotices(body);
    if (notices === undefined) {
      const facts = factsOf(body);
      return facts === undefined ? { kind: "unfit", because: UNFIT } : { kind: "facts", facts: [facts] };
    }
    const facts = notices.slice(0, MOST_ALERTS).filter(isNotification).map(factsOfNotice);
    const leftOut = Math.max(0, notices.length - MOST_ALERTS);
    const [only, ...others] = notices;
    return {
      kind: "facts",
      facts,
      ...(leftOut === 0 ? {} : { leftOut }),
      ...given({ id: others.length === 0 ? only?.MessageId?.slice(0, 128) : undefined }),
    };
  },
} satisfies Sender;

const UNFIT = "Type and Message, AlarmName, or detail-type: expected a message of SNS, an alarm, or an event of EventBridge";

/** The others ask for a subscription to be confirmed, or say that one has ended. */
function isNotification({ Type: type }: Notice): boolean {
  return type === "Notification" || type === undefined;
}

/** What is published through SNS may be anything. */
function factsOfNotice({ Subject: subject, Message: message = "", Timestamp: timestamp }: Notice): AlertFacts {
  const read = factsOf(jsonIn(message));
  if (read !== undefined) return read;
  return bounded({
    name: subject ?? null,
    status: "firing",
    severity: null,
    labels: {},
    text: linesOf([subject, message]),
    ...given({ startsAtMs: timeOf(timestamp) }),
  });
}

function jsonIn(message: string): unknown {
  if (!/^\s{0,100}\{/.test(message)) return undefined;
  try {
    return JSON.parse(message);
  } catch {
    return undefined; // it is text that begins like JSON
  }
}

function factsOf(content: unknown): AlertFacts | undefined {
  const alarm = parseAlarm(content);
  if (alarm !== undefined) return factsOfAlarm(alarm);
  const event = parseOtherEvent(content);
  if (event === undefined) return undefined;
  const { service, ended } = parseEcsTask(content);
  return bounded({
    name: event["detail-type"] ?? null,
    status: "firing",
    severity: null,
    labels: given({ region: event.region, container_name: ended[0]?.name, service }),
    text: linesOf([
      event["detail-type"],
      ...Object.entries(event.detail).map(([name, value]) => `${name}: ${value}`),
      ...ended.map(({ name, exitCode = "unknown", reason = "" }) => `Container ${name}: exit code ${exitCode} ${reason}`),
    ]),
    ...given({ startsAtMs: timeOf(event.time) }),
  });
}

function factsOfAlarm({ name, state, lines, changedAt, region, account, metrics, dimensions }: AlarmChange): AlertFacts {
  const [metric] = metrics;
  return bounded({
    name: name ?? null,
    // INSUFFICIENT_DATA is no all-clear: whoever was killed measures nothing any more.
    status: state === "OK" ? "resolved" : "firing",
    severity: null,
    labels: { ...dimensions, ...given({ cloudwatch_namespace: metric?.namespace, state, region, account }) },
    text: linesOf([name, ...lines, metric?.name]),
    ...given({
      metric: metric?.name,
      value: valueIn(lines),
      startsAtMs: timeOf(changedAt),
      link: name === undefined || region === undefined ? undefined : pageOf(name, region),
    }),
  });
}

/** `Threshold Crossed: 1 datapoint [92.3 (11/06/26 14:22:00)] was greater than the threshold (80.0).` */
function valueIn(lines: readonly (string | undefined)[]): string | undefined {
  return /\bdatapoints? \[(-?\d[\d.eE+-]{0,30})/.exec(linesOf(lines).slice(0, 4000))?.[1];
}

function pageOf(name: string, region: string): string | undefined {
  const isPlain = /^[a-z0-9-]{4,40}$/.test(region) && /^[\x20-\x7e]{1,256}$/.test(name);
  return isPlain ? `https://${region}.console.aws.amazon.com/cloudwatch/home#alarmsV2:alarm/${encodeURIComponent(name)}` : undefined;
}
