/** So many calls in a minute, and so many at once. */
type Limit = { readonly perMinute: number; readonly burst: number };

// Slack promises at least so many a minute and welcomes bursts, which it does not number. Source: Slack, "Rate limits".
const TIER_1: Limit = { perMinute: 1, burst: 2 };
const TIER_2: Limit = { perMinute: 20, burst: 5 };
const TIER_3: Limit = { perMinute: 50, burst: 10 };
const TIER_4: Limit = { perMinute: 100, burst: 20 };
// "Hundreds a minute".
const OFTEN: Limit = { perMinute: 300, burst: 60 };
// Posting: one a second in a channel, short bursts tolerated, whoever asks for it by whichever way.
const POSTS: Limit = { perMinute: 60, burst: 4 };

/** What Oomph calls, and the tests for it. Source: the "Facts" of each method. What is not named here has no limit. */
const TIERS: Readonly<Record<string, Limit>> = {
  "apps.connections.open": TIER_1,
  "auth.test": OFTEN,
  "chat.delete": TIER_3,
  "chat.getPermalink": OFTEN,
  "chat.postEphemeral": TIER_4,
  // In the whole workspace "several hundred a minute", besides the limit of the channel.
  "chat.postMessage": OFTEN,
  "chat.update": TIER_3,
  "conversations.history": TIER_3,
  "conversations.info": TIER_3,
  "conversations.list": TIER_2,
  "conversations.open": TIER_3,
  "conversations.replies": TIER_3,
  "files.completeUploadExternal": TIER_4,
  "files.delete": TIER_3,
  "files.getUploadURLExternal": TIER_4,
  "files.info": TIER_4,
  "reactions.add": TIER_3,
  "reactions.get": TIER_3,
  "reactions.remove": TIER_2,
  "usergroups.list": TIER_2,
  "usergroups.users.list": TIER_2,
  "users.info": TIER_4,
  "users.list": TIER_2,
  "views.open": TIER_4,
  "views.publish": TIER_4,
  "views.push": TIER_4,
  "views.update": TIER_4,
};
/** What puts something into a channel, besides the limit of its method. */
const POSTING: readonly string[] = ["chat.postMessage", "incoming-webhook", "files.completeUploadExternal"];

/** Seconds to wait before this call would be accepted; 0: go on, and it has been counted. */
export type Pace = (method: string, channel: string | undefined) => number;

/**
 * Says no as the real Slack does, in whole seconds: for each method of the Web API in the whole workspace, and for posts in
 * each channel. A response_url has a limit of another kind: tickets.ts keeps it.
 */
export function createPace(nowMs: () => number): Pace {
  const buckets = new Map<string, { tokens: number; atMs: number }>();

  function filled(name: string, { perMinute, burst }: Limit): { tokens: number; atMs: number } {
    const bucket = buckets.get(name) ?? { tokens: burst, atMs: nowMs() };
    buckets.set(name, bucket);
    bucket.tokens = Math.min(burst, bucket.tokens + ((nowMs() - bucket.atMs) / 60_000) * perMinute);
    bucket.atMs = nowMs();
    return bucket;
  }

  return (method, channel) => {
    const tier = TIERS[method];
    const limits = [
      ...(tier === undefined ? [] : [{ limit: tier, bucket: filled(method, tier) }]),
      ...(POSTING.includes(method) ? [{ limit: POSTS, bucket: filled(`post ${channel}`, POSTS) }] : []),
    ];
    const waitsSeconds = limits.map(({ limit, bucket }) => ((1 - bucket.tokens) * 60) / limit.perMinute);
    // A millionth of a token is what a clock's rounding leaves.
    const waitSeconds = Math.ceil(Math.max(0, ...waitsSeconds) - 1e-6);
    if (waitSeconds > 0) return waitSeconds;
    for (const { bucket } of limits) bucket.tokens -= 1;
    return 0;
  };
}
