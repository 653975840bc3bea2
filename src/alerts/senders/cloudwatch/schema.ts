import { isRecord, Items, section, Word, Words } from "../loose-schema.ts";
import type { z } from "zod";

/*
 * What Amazon's SNS delivers (by HTTP, and inside the event of a Lambda function), what CloudWatch writes into it, and the
 * events that EventBridge passes on. Sources: Amazon SNS, "Parsing message formats"; CloudWatch, "Alarm events and
 * EventBridge"; AWS Lambda, "Using Lambda with Amazon SNS".
 */

const Notice = section({ Type: Word, MessageId: Word, Subject: Word, Message: Word, Timestamp: Word });
export type Notice = z.output<typeof Notice>;

const Dimension = section({ name: Word, value: Word });

const Metric = section({ MetricName: Word, Namespace: Word, Dimensions: Items });

const Alarm = section({
  AlarmName: Word,
  AlarmDescription: Word,
  AlarmArn: Word,
  AWSAccountId: Word,
  NewStateValue: Word,
  NewStateReason: Word,
  StateChangeTime: Word,
  /** Of composite alarms. */
  AlarmRule: Word,
  Trigger: section({ MetricName: Word, Namespace: Word, Dimensions: Items, Metrics: Items }),
});

const MetricOfTrigger = section({ MetricStat: section({ Metric }) });

const AlarmEvent = section({
  account: Word,
  region: Word,
  time: Word,
  detail: section({
    alarmName: Word,
    state: section({ value: Word, reason: Word, timestamp: Word }),
    configuration: section({ description: Word, alarmRule: Word, metrics: Items }),
  }),
});

const MetricOfEvent = section({ metricStat: section({ metric: section({ name: Word, namespace: Word, dimensions: Words }) }) });

const OtherEvent = section({
  "detail-type": Word,
  region: Word,
  time: Word,
  detail: Words,
});

const EcsTask = section({ detail: section({ group: Word, containers: Items }) });
const EcsContainer = section({ name: Word, exitCode: Word, reason: Word });
export type EcsContainer = z.output<typeof EcsContainer>;

/** Notices in an SNS message or in a Lambda function's event. Undefined: it is neither. */
export function parseNotices(body: unknown): readonly Notice[] | undefined {
  if (!isRecord(body)) return undefined;
  if (typeof body["Message"] === "string" && typeof body["Type"] === "string") return [Notice.parse(body)];
  const { Records: records } = body;
  if (!Array.isArray(records)) return undefined;
  const found = records.flatMap((record: unknown) => (isRecord(record) && isRecord(record["Sns"]) ? [Notice.parse(record["Sns"])] : []));
  return found.length === 0 ? undefined : found;
}

/** A change of an alarm's state, whichever way it came. */
export type AlarmChange = {
  readonly name: string | undefined;
  readonly state: string | undefined;
  readonly lines: readonly (string | undefined)[];
  readonly changedAt: string | undefined;
  readonly region: string | undefined;
  readonly account: string | undefined;
  /** CloudWatch's own namespace (`AWS/RDS`), not one of Kubernetes. */
  readonly metrics: readonly { readonly name: string | undefined; readonly namespace: string | undefined }[];
  readonly dimensions: Readonly<Record<string, string>>;
};

/** Undefined: it is no change of an alarm's state. */
export function parseAlarm(content: unknown): AlarmChange | undefined {
  if (!isRecord(content)) return undefined;
  if (typeof content["AlarmName"] === "string") return ofAlarm(Alarm.parse(content));
  return content["detail-type"] === "CloudWatch Alarm State Change" ? ofEvent(AlarmEvent.parse(content)) : undefined;
}

function ofAlarm(alarm: z.output<typeof Alarm>): AlarmChange {
  const { Trigger: trigger } = alarm;
  const parts = trigger.Metrics.slice(0, 20).map((item) => MetricOfTrigger.parse(item).MetricStat.Metric);
  const metrics = [trigger, ...parts].filter(({ MetricName: name }) => name !== undefined);
  return {
    name: alarm.AlarmName,
    state: alarm.NewStateValue,
    lines: [alarm.AlarmDescription, alarm.NewStateReason, alarm.AlarmRule],
    changedAt: alarm.StateChangeTime,
    // `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:name`; the field Region is a text for people.
    region: alarm.AlarmArn?.split(":", 5)[3],
    account: alarm.AWSAccountId,
    metrics: metrics.map(({ MetricName: name, Namespace: namespace }) => ({ name, namespace })),
    dimensions: Object.assign({}, ...metrics.map(({ Dimensions: dimensions }) => dimensionsIn(dimensions)).toReversed()),
  };
}

function ofEvent({ account, region, time, detail }: z.output<typeof AlarmEvent>): AlarmChange {
  const metrics = detail.configuration.metrics.slice(0, 20).map((item) => MetricOfEvent.parse(item).metricStat.metric);
  return {
    name: detail.alarmName,
    state: detail.state.value,
    lines: [detail.configuration.description, detail.state.reason, detail.configuration.alarmRule],
    changedAt: detail.state.timestamp ?? time,
    region,
    account,
    metrics: metrics.flatMap(({ name, namespace }) => (name === undefined ? [] : [{ name, namespace }])),
    dimensions: Object.assign({}, ...metrics.map(({ dimensions }) => dimensions).toReversed()),
  };
}

function dimensionsIn(items: readonly unknown[]): Readonly<Record<string, string>> {
  const pairs = items.slice(0, 64).map((item) => Dimension.parse(item));
  return Words.parse(Object.fromEntries(pairs.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value]]))));
}

/** Of ECS: containers of a task that ended in a way that their event tells of, and the service that they belong to. */
export function parseEcsTask(content: unknown): { readonly service: string | undefined; readonly ended: readonly EcsContainer[] } {
  const { group, containers } = EcsTask.parse(content).detail;
  const ended = containers.slice(0, 20).map((item) => EcsContainer.parse(item));
  return { service: group?.replace(/^\w{1,20}:/, ""), ended: ended.filter(({ name, exitCode }) => name !== undefined && exitCode !== "0") };
}

/** Another event of EventBridge's: what it says in words. Undefined: it is none. */
export function parseOtherEvent(content: unknown): z.output<typeof OtherEvent> | undefined {
  return isRecord(content) && typeof content["detail-type"] === "string" ? OtherEvent.parse(content) : undefined;
}
