import { z } from "zod";
import { isRecord, Items, section, Word, WordList, Words } from "../loose-schema.ts";

/*
 * What Sentry posts: its integration platform's issue alerts, issues, errors and metric alerts, and its old webhook plugin.
 * Who was affected, and what they asked for, is not read. Source: Sentry, "Integration Platform", "Webhooks".
 */

const Contexts = section({
  device: section({ name: Word }),
  runtime: section({ name: Word, version: Word }),
  kubernetes: Words,
  container: section({ id: Word, name: Word }),
});

const SentryEvent = section({
  event_id: Word,
  title: Word,
  message: Word,
  level: Word,
  culprit: Word,
  environment: Word,
  release: Word,
  server_name: Word,
  datetime: Word,
  timestamp: Word,
  web_url: Word,
  logentry: section({ formatted: Word, message: Word }),
  metadata: section({ type: Word, value: Word }),
  exception: section({ values: Items }),
  tags: z.unknown().prefault(null),
  contexts: Contexts,
  project: Word,
});
export type SentryEvent = z.output<typeof SentryEvent>;

const SentryIssue = section({
  id: Word,
  title: Word,
  level: Word,
  culprit: Word,
  platform: Word,
  firstSeen: Word,
  lastSeen: Word,
  count: Word,
  permalink: Word,
  web_url: Word,
  metadata: section({ type: Word, value: Word }),
  project: section({ slug: Word, name: Word }),
});
export type SentryIssue = z.output<typeof SentryIssue>;

const MetricAlert = section({
  title: Word,
  date_started: Word,
  alert_rule: section({ name: Word, aggregate: Word, query: Word, environment: Word }),
  projects: WordList,
});
export type MetricAlert = z.output<typeof MetricAlert>;

const Hook = section({
  action: Word,
  // The old plugin's own fields.
  project: Word,
  project_slug: Word,
  project_name: Word,
  level: Word,
  culprit: Word,
  message: Word,
  url: Word,
});

const HookData = section({ triggered_rule: Word, web_url: Word, description_title: Word, description_text: Word });

type Common = { readonly hook: z.output<typeof Hook>; readonly data: z.output<typeof HookData> };

export type SentryMessage =
  | (Common & { readonly kind: "event"; readonly event: SentryEvent })
  | (Common & { readonly kind: "issue"; readonly issue: SentryIssue })
  | (Common & { readonly kind: "metric"; readonly alert: MetricAlert })
  /** Of Sentry, about something else: a comment, an installation. */
  | { readonly kind: "other" };

/** Undefined: it is not Sentry's. */
export function parseSentryMessage(body: unknown): SentryMessage | undefined {
  if (!isRecord(body)) return undefined;
  const common = { hook: Hook.parse(body), data: HookData.parse(body["data"]) };
  const data = isRecord(body["data"]) ? body["data"] : {};
  const event = [data["event"], data["error"], "project" in body ? body["event"] : undefined].find(isRecord);
  if (event !== undefined) return { ...common, kind: "event", event: SentryEvent.parse(event) };
  if (isRecord(data["metric_alert"])) return { ...common, kind: "metric", alert: MetricAlert.parse(data["metric_alert"]) };
  if (isRecord(data["issue"])) return { ...common, kind: "issue", issue: SentryIssue.parse(data["issue"]) };
  return isRecord(body["installation"]) && typeof body["action"] === "string" ? { kind: "other" } : undefined;
}

const Exception = section({ type: Word, value: Word });
const KeyAndValue = section({ key: Word, value: Word });

/** What was thrown, `OutOfMemoryError: Java heap space`; the last is the outermost. */
export function exceptionsIn({ exception, metadata }: Pick<SentryEvent, "exception" | "metadata">): readonly string[] {
  const thrown = [...exception.values.slice(-5).map((value) => Exception.parse(value)), metadata];
  return thrown.map(({ type, value }) => [type, value].filter((word) => word !== undefined).join(": ")).filter((line) => line !== "");
}

/** The type of what was thrown: `KeyError`; undefined: it is a message. */
export function thrownIn({ exception, metadata }: Pick<SentryEvent, "exception" | "metadata">): string | undefined {
  return metadata.type ?? Exception.parse(exception.values.at(-1)).type;
}

/** `[["pod", "web-1"]]`, `[{ key: "pod", value: "web-1" }]` or `{ pod: "web-1" }`. */
export function tagsOf({ tags }: Pick<SentryEvent, "tags">): Readonly<Record<string, string>> {
  if (!Array.isArray(tags)) return Words.parse(tags);
  const items: readonly unknown[] = tags.slice(0, 256);
  const pairs = items.map((item) => (Array.isArray(item) ? WordList.parse(item) : Object.values(KeyAndValue.parse(item))));
  return Words.parse(Object.fromEntries(pairs.flatMap(([key, value]) => (key === undefined || value === undefined ? [] : [[key, value]]))));
}
