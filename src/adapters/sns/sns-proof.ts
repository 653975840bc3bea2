import { verify, type KeyObject } from "node:crypto";
import { messageOf } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { Proof, Proven } from "../../ports/webhook.ts";
import { isCertificateUrl, isSubscribeUrl } from "./addresses.ts";
import { createCertificates, get, type Fetch } from "./certificates.ts";
import { parseSnsMessage, type SnsMessage } from "./schema.ts";

export type SnsProofParts = {
  /** ARNs of the topics that may send; others are refused, however well they are signed. */
  readonly topics: readonly string[];
  /** For who sends without SNS: a Lambda function, EventBridge. */
  readonly otherwise?: Proof;
  readonly fetch: Fetch;
  readonly clock: Pick<Clock, "nowMs">;
  readonly log: Log;
};

// SNS tries for up to an hour; what is older was recorded.
const MOST_AGE_MS = 60 * 60_000;
const MOST_CONFIRMED = 1_000;

/** Messages of Amazon's SNS, signed by it. A subscription to one of the topics is confirmed, once. */
export function createSnsProof({ topics, otherwise, fetch, clock, log }: SnsProofParts): Proof {
  const certificates = createCertificates({ fetch, clock });
  const confirmed = new Set<string>();

  async function confirm({ MessageId: id, SubscribeURL: url = "", TopicArn: topic }: SnsMessage): Promise<Proven> {
    if (!isSubscribeUrl(url, topic)) return { kind: "forged", because: "SubscribeURL: expected the address of SNS in the topic's region" };
    if (confirmed.has(id)) return { kind: "settled", what: "the subscription was confirmed before" };
    if (confirmed.size >= MOST_CONFIRMED) confirmed.clear();
    confirmed.add(id);
    try {
      await get(fetch, url);
    } catch (error) {
      confirmed.delete(id);
      return { kind: "not-now", because: `the subscription could not be confirmed (${messageOf(error)})` };
    }
    log.info({ topic }, "a subscription to a topic of SNS was confirmed");
    return { kind: "settled", what: "the subscription is confirmed" };
  }

  async function proven(message: SnsMessage): Promise<Proven> {
    const { TopicArn: topic, SigningCertURL: url, Timestamp: at, Type: type } = message;
    if (!topics.includes(topic)) return { kind: "forged", because: "TopicArn: expected one of webhooks.cloudwatchTopics" };
    if (!isCertificateUrl(url, topic))
      return { kind: "forged", because: "SigningCertURL: expected an address of SNS in the topic's region" };
    if (!(Math.abs(clock.nowMs() - Date.parse(at)) <= MOST_AGE_MS))
      return { kind: "forged", because: "Timestamp: expected one of this hour" };
    const found = await certificates.keyAt(url);
    if (found.kind === "none") return { kind: "not-now", because: found.because };
    if (!hasRightSignature(message, found.key)) return { kind: "forged", because: "Signature: it is not that of this message" };
    if (type === "SubscriptionConfirmation") return confirm(message);
    if (type === "Notification") return { kind: "right" };
    log.warn({ topic }, "a subscription to a topic of SNS has ended: its alerts will not come any more");
    return { kind: "settled", what: "the end of the subscription was noted" };
  }

  return {
    expected: `expected a message signed by SNS${otherwise === undefined ? "" : `; or ${otherwise.expected.replace("expected ", "")}`}`,
    byHeaders(headers) {
      const isSigned = headers["x-amz-sns-message-type"] !== undefined && headers["x-amz-sns-rawdelivery"] !== "true";
      return isSigned && topics.length > 0 ? "in-body" : (otherwise?.byHeaders(headers) ?? "wrong");
    },
    async byBody(_headers, bytes) {
      const message = parseSnsMessage(bytes);
      return message === undefined ? { kind: "forged", because: "expected a message of SNS, signed by it" } : proven(message);
    },
  };
}

const SIGNED = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
  UnsubscribeConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
} as const;

const DIGEST = { 1: "sha1", 2: "sha256" } as const;

/** Name and value of each field that there is, a line each. Source: Amazon SNS, "Verifying the signatures of messages". */
function hasRightSignature(message: SnsMessage, key: KeyObject): boolean {
  const text = SIGNED[message.Type].map((name) => {
    const value = message[name];
    return value === undefined || value === null ? "" : `${name}\n${value}\n`;
  });
  try {
    return verify(DIGEST[message.SignatureVersion], Buffer.from(text.join("")), key, Buffer.from(message.Signature, "base64"));
  } catch {
    return false; // a key of another kind than signatures are made with
  }
}
