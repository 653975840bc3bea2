import { z } from "zod";

/* What Amazon's SNS posts to a subscribed address. Source: Amazon SNS, "Parsing Amazon SNS message formats". */

const Text = z.string().max(300_000);

const SnsMessage = z.object({
  Type: z.enum(["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"]),
  MessageId: z.string().min(1).max(128),
  TopicArn: z.string().max(512),
  Message: Text,
  Subject: Text.nullish(),
  Timestamp: z.string().max(64),
  SignatureVersion: z.enum(["1", "2"]),
  Signature: z.string().max(4096),
  SigningCertURL: z.string().max(512),
  SubscribeURL: z.string().max(2048).optional(),
  Token: z.string().max(2048).optional(),
});
export type SnsMessage = z.output<typeof SnsMessage>;

/** Undefined: it is no signed message of SNS. */
export function parseSnsMessage(bytes: Uint8Array): SnsMessage | undefined {
  try {
    return SnsMessage.safeParse(JSON.parse(Buffer.from(bytes).toString())).data;
  } catch {
    return undefined;
  }
}
