import { createHmac, timingSafeEqual } from "node:crypto";

// Source: Slack, "Verifying requests from Slack".
const VERSION = "v0";
const MAX_AGE_MS = 5 * 60_000;

export type SignedRequest = {
  /** Header `x-slack-request-timestamp`, seconds since 1970. */
  readonly timestamp: string;
  /** Header `x-slack-signature`. */
  readonly signature: string;
  /** Exactly as received. */
  readonly body: Buffer;
};

/** Does the request come from Slack, and now? Older than 5 minutes, or from so far ahead, counts as no. */
export function isFromSlack({ timestamp, signature, body }: SignedRequest, signingSecret: string, nowMs: number): boolean {
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(nowMs - Number(timestamp) * 1000) > MAX_AGE_MS) return false;
  const expected = createHmac("sha256", signingSecret).update(`${VERSION}:${timestamp}:`).update(body).digest("hex");
  const wanted = Buffer.from(`${VERSION}=${expected}`);
  const got = Buffer.from(signature);
  return got.length === wanted.length && timingSafeEqual(got, wanted);
}
