// Slack: about one message a second in a channel, short bursts tolerated; edits are "tier 3", 50 a minute.
const POSTS = { perSecond: 1, burst: 4 };
const EDITS = { perSecond: 50 / 60, burst: 10 };
const LIMITS: Readonly<Record<string, typeof POSTS>> = {
  "chat.postMessage": POSTS,
  "chat.postEphemeral": POSTS,
  "incoming-webhook": POSTS,
  "files.completeUploadExternal": POSTS,
  "chat.update": EDITS,
};

/** Seconds to wait before this call would be accepted; 0: go on. Source: Slack, "Rate limits". */
export type Pace = (method: string, channel: string | undefined) => number;

/** Says no as the real Slack does, in whole seconds. */
export function createPace(nowMs: () => number): Pace {
  const buckets = new Map<string, { tokens: number; atMs: number }>();

  return (method, channel) => {
    const limit = LIMITS[method];
    if (limit === undefined) return 0;
    const name = limit === POSTS ? `post ${channel}` : "edit";
    const bucket = buckets.get(name) ?? { tokens: limit.burst, atMs: nowMs() };
    buckets.set(name, bucket);
    bucket.tokens = Math.min(limit.burst, bucket.tokens + ((nowMs() - bucket.atMs) / 1000) * limit.perSecond);
    bucket.atMs = nowMs();
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / limit.perSecond));
    bucket.tokens -= 1;
    return 0;
  };
}
