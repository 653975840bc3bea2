import type { Pacer } from "../../ports/pacer.ts";
import type { QueueConnection } from "./connection.ts";

/**
 * A bucket of tokens per channel and kind, filled at `perSecond`. What finds none is given a turn of its own, one
 * interval after the turn before, so that many who wait do not all come back at once. A message has one turn, however
 * often it is asked for: what changes forty times in a second must not take the turns of the others. Redis's own clock counts.
 * KEYS: bucket, pause, the message's turn. ARGV: burst, per second, tokens that must be left for the more urgent.
 */
const TAKE = `
local paused = redis.call('PTTL', KEYS[2])
if paused > 0 then return paused end
local promised = redis.call('PTTL', KEYS[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local burst, rate, left = tonumber(ARGV[1]), tonumber(ARGV[2]) / 1000, tonumber(ARGV[3])
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'turn')
local tokens = math.min(burst, tonumber(bucket[1] or burst) + (now - tonumber(bucket[2] or now)) * rate)
local turn = math.max(now, tonumber(bucket[3] or 0))
local wait = 0
if tokens >= 1 + left then
  tokens = tokens - 1
elseif promised > 0 then
  wait = promised
else
  turn = math.max(turn + 1 / rate, now + (1 + left - tokens) / rate)
  wait = math.ceil(turn - now)
  redis.call('SET', KEYS[3], '1', 'PX', math.max(1, wait))
end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', now, 'turn', tostring(turn))
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / rate + math.max(wait, turn - now)) + 1000)
return wait
`;

// About one post a second in a channel, with short bursts. Source: Slack, "Rate limits".
const POSTS = { burst: 4, perSecond: 1 };
const EDITS = { burst: 4, perSecond: 0.8 };
// Progress may use half of the burst: the rest is for decisions and reports.
const LEFT_BY_PROGRESS = 2;

/** Slack's pace, kept in the queue's Redis so that all replicas keep it together. Throws OomphError `queue-unavailable`. */
export function createPacer(connection: QueueConnection): Pacer {
  const key = (channel: string, what: string): string => `${connection.settings.prefix}:pace:{${channel}}:${what}`;
  return {
    async waitMs({ channel, message, kind, priority }) {
      const { burst, perSecond } = kind === "post" ? POSTS : EDITS;
      const left = priority === 3 ? LEFT_BY_PROGRESS : 0;
      const keys = [key(channel, kind), key(channel, "pause"), key(channel, `${kind}:${priority}:${message}`)];
      return Number(await connection.ask((client) => client.eval(TAKE, keys.length, ...keys, burst, perSecond, left)));
    },
    async pause(channel, ms) {
      await connection.ask((client) => client.set(key(channel, "pause"), "1", "PX", Math.max(1, Math.ceil(ms))));
    },
  };
}
