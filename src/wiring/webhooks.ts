import { createLargeBodies, createPlaces } from "../adapters/http/places.ts";
import { sharedSecret, signedBody } from "../adapters/http/proofs.ts";
import type { Handler } from "../adapters/http/server.ts";
import { createUnconfigured, createWebhook, MOST_LARGE, MOST_UNPROVEN, type WebhookParts } from "../adapters/http/webhook.ts";
import { createSnsProof } from "../adapters/sns/sns-proof.ts";
import type { Judge } from "../alerts/judge.ts";
import { createGenericReader } from "../alerts/senders/generic/index.ts";
import { timeOf } from "../alerts/facts.ts";
import { SENDERS } from "../alerts/senders/index.ts";
import { parsePagerDutyEvent } from "../alerts/senders/pagerduty/schema.ts";
import type { ReadSent } from "../alerts/senders/sender.ts";
import { createTaker } from "../alerts/take-sent.ts";
import type { Config } from "../config/build.ts";
import type { KeyedSender, WebhookConfig } from "../config/build-webhooks.ts";
import type { AlertSource } from "../domain/alert.ts";
import type { Desk } from "../incidents/desk.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Proof } from "../ports/webhook.ts";

// A group of some thousand alerts is one message; the others send one alert each.
const GROUP_LIMIT_BYTES = 4 * 2 ** 20;

type Route = Pick<WebhookParts, "proof" | "limitBytes" | "types" | "onlyAfter5xx"> & {
  /** Below /webhooks/. */
  readonly path: string;
  readonly source: AlertSource;
  readonly readSent: ReadSent;
  readonly isSentOnce?: boolean;
};

/** Routes of senders that do not go through Slack, by path; one that is not configured says what to set. */
export function webhooksOf({ webhooks }: Pick<Config, "webhooks">, desk: Parts, judge: Judge): Readonly<Record<string, Handler>> {
  const { clock, log, metrics } = desk;
  const onRefused = (): void => metrics.received("alert-refused");
  const routes = [...keyed(webhooks, clock), ...cloudwatch(webhooks, desk), ...generic(webhooks)];
  const shared = { unproven: createPlaces(MOST_UNPROVEN), large: createLargeBodies(MOST_LARGE) };
  const taken = Object.fromEntries(
    routes.map(({ path, source, readSent, isSentOnce = false, ...rest }) => {
      const take = createTaker({ source, readSent, isSentOnce }, { ...desk, judge });
      return [`/webhooks/${path}`, createWebhook({ ...rest, path, onRefused, take, clock, log, ...shared })] as const;
    }),
  );
  return { ...unconfigured(), ...taken };
}

function unconfigured(): Readonly<Record<string, Handler>> {
  const secretOf = (source: KeyedSender): string => `webhooks.${source}Secret (OOMPH_${source.toUpperCase()}_SECRET)`;
  return Object.fromEntries([
    ...KEYED.map((source) => [`/webhooks/${source}`, createUnconfigured(secretOf(source))] as const),
    ["/webhooks/cloudwatch", createUnconfigured(`webhooks.cloudwatchTopics (OOMPH_CLOUDWATCH_TOPICS) or ${secretOf("cloudwatch")}`)],
  ]);
}

type Parts = Pick<Desk, "queue" | "clock" | "log"> & { readonly metrics: Pick<Metrics, "received"> };

const KEYED: readonly Exclude<KeyedSender, "cloudwatch">[] = [
  "wazuh",
  "alertmanager",
  "grafana",
  "pagerduty",
  "sentry",
  "datadog",
  "newrelic",
];

function keyed({ secrets }: WebhookConfig, clock: Parts["clock"]): readonly Route[] {
  return KEYED.flatMap((source) => {
    const secret = secrets[source];
    if (secret === undefined) return [];
    const isGroup = source === "alertmanager" || source === "grafana";
    const route = { path: source, source, ...readerOf(source), proof: proofOf(source, secret, clock) };
    // Source of `onlyAfter5xx`: Alertmanager, notify/webhook; Grafana has taken it over.
    return [{ ...route, ...(isGroup && { limitBytes: GROUP_LIMIT_BYTES, onlyAfter5xx: true }) }];
  });
}

function proofOf(source: KeyedSender, secret: string, clock: Parts["clock"]): Proof {
  const setting = `webhooks.${source}Secret`;
  const nowMs = (): number => clock.nowMs();
  if (source === "pagerduty")
    return signedBody({ secret, setting, header: "x-pagerduty-signature", prefix: "v1=", sentAtMs: occurredAtMs, nowMs });
  if (source === "sentry") return signedBody({ secret, setting, header: "sentry-hook-signature", prefix: "" });
  return sharedSecret(secret, setting);
}

function cloudwatch({ secrets, topics }: WebhookConfig, { clock, log }: Parts): readonly Route[] {
  const { cloudwatch: secret } = secrets;
  if (secret === undefined && topics.length === 0) return [];
  const otherwise = secret === undefined ? {} : { otherwise: proofOf("cloudwatch", secret, clock) };
  const proof = createSnsProof({ topics, ...otherwise, fetch, clock, log });
  // SNS calls its JSON plain text.
  return [{ path: "cloudwatch", source: "cloudwatch", ...readerOf("cloudwatch"), proof, types: ["text/plain"] }];
}

function generic({ generic: senders }: WebhookConfig): readonly Route[] {
  return senders.map(({ name, secret, mapping }) => ({
    path: `generic/${name}`,
    source: "generic",
    readSent: createGenericReader(mapping),
    proof: sharedSecret(secret, `webhooks.generic.${name}.secret`),
    limitBytes: GROUP_LIMIT_BYTES,
  }));
}

function readerOf(source: KeyedSender): Pick<Route, "readSent" | "isSentOnce"> {
  const sender = SENDERS.find((one) => one.source === source);
  if (sender?.readSent === undefined) throw new TypeError(`expected a reader of what ${source} sends`);
  return { readSent: sender.readSent, isSentOnce: sender.isSentOnce === true };
}

/** When what an event of PagerDuty's tells of happened, which is signed with the rest; of Sentry's messages only the body is, and no time of sending is in it. */
function occurredAtMs(bytes: Uint8Array): number | undefined {
  try {
    const body: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return timeOf(parsePagerDutyEvent(body)?.occurred_at);
  } catch {
    return undefined; // what is no JSON is refused where it is read
  }
}
