import type { Pacer, Sending } from "../../ports/pacer.ts";
import type { QueueConnection } from "./connection.ts";

/**
 * A bucket of tokens, filled at `perSecond`. What finds none is given a turn of its own, one interval after the turn
 * before, so that many who wait do not all come back at once. A message has one turn, however often it is asked for: what
 * changes forty times in a second must not take the turns of the others. The more urgent stand in a line of their own,
 * before the less urgent, who leave the next token to them, also while they come late for it. Redis's own clock counts; where
 * it was set back, as by a failover to another machine, tokens and turns begin anew.
 * KEYS: bucket, pause, the message's turn. ARGV: burst, per second, tokens to be left, priority, how late one may come in ms.
 */
const TAKE = `
local paused = redis.call('PTTL', KEYS[2])
if paused > 0 then return paused end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local burst, rate, left, priority, late = tonumber(ARGV[1]), tonumber(ARGV[2]) / 1000, tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'turn1', 'turn2', 'turn3')
if tonumber(bucket[2] or 0) > now then
  redis.call('DEL', KEYS[1])
  bucket = {}
end
local tokens = math.min(burst, tonumber(bucket[1] or burst) + (now - tonumber(bucket[2] or now)) * rate)
local line = now
for urgency = 1, priority do
  local turn = tonumber(bucket[2 + urgency] or 0)
  if urgency < priority and turn + late > now then left = math.max(left, 1) end
  line = math.max(line, turn)
end
local promised = tonumber(redis.call('GET', KEYS[3]) or 0)
local last = tonumber(bucket[2 + priority] or 0)
local wait = 0
if tokens >= 1 + left then
  tokens = tokens - 1
  redis.call('DEL', KEYS[3])
  if promised >= last then redis.call('HDEL', KEYS[1], 'turn' .. priority) end
elseif promised > now and promised <= last then
  wait = promised - now
else
  local missing = (1 + left - tokens) / rate
  wait = math.ceil(promised > 0 and math.max(50, missing) or math.max(line + 1 / rate - now, missing))
  redis.call('SET', KEYS[3], now + wait, 'PX', wait + 60000)
  redis.call('HSET', KEYS[1], 'turn' .. priority, math.max(last, now + wait))
  line = math.max(line, now + wait)
end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', now)
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / rate + math.max(wait, line - now)) + 1000)
return wait
`;

// About one post a second in a channel, with short bursts; edits are of tier 3, some 50 a minute in a workspace, in bursts too.
// Source: Slack, "Rate limits".
const PACES = {
  post: { burst: 4, perSecond: 1 },
  edit: { burst: 6, perSecond: 0.8 },
  // A mark that takes the place of another takes that away, which is of tier 2: some 20 a minute.
  mark: { burst: 4, perSecond: 0.3 },
};
// A job that waited for its turn begins some time after it, the later the busier its process is.
const LATE_MS = 2_000;
// Progress may use half of the burst: the rest is for decisions and reports.
const LEFT_BY_PROGRESS = { post: 2, edit: 3, mark: 0 };

/** Slack's pace, kept in the queue's Redis so that all replicas keep it together. Throws OomphError `queue-unavailable`. */
export function createPacer(connection: QueueConnection): Pacer {
  const key = ({ channel, kind }: Pick<Sending, "channel" | "kind">, what: string): string =>
    `${connection.settings.prefix}:pace:${kind === "post" ? `{${channel}}:post` : `{${kind}s}`}:${what}`;
  return {
    async waitMs({ message, priority, ...limited }) {
      const { burst, perSecond } = PACES[limited.kind];
      const left = priority === 3 ? LEFT_BY_PROGRESS[limited.kind] : 0;
      const keys = [key(limited, "bucket"), key(limited, "pause"), key(limited, `${priority}:${message}`)];
      return Number(await connection.ask((client) => client.eval(TAKE, keys.length, ...keys, burst, perSecond, left, priority, LATE_MS)));
    },
    async pause(limited, ms) {
      await connection.ask((client) => client.set(key(limited, "pause"), "1", "PX", Math.max(1, Math.ceil(ms))));
    },
  };
}
