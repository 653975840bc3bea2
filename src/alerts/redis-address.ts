import { everyMatch } from "./every-match.ts";

/*
 * How clients and people say at which address the Redis is of which they speak. Sources: the errors of redis-rb, redis-py,
 * ioredis, Jedis, Lettuce and go-redis; the prompt of redis-cli.
 */

// Names stand near the top; the rest of a long post is log.
const MOST_CHARACTERS = 20_000;

const HOST = "[a-z\\d](?:[\\w.-]{0,250}[a-z\\d])?";
const ADDRESS = `(${HOST}:\\d{4,5})(?!\\w|:\\w)`;
const SIGN = "[\"']?(?: ?[:=]>? ?| )[\"']?";
const SHAPES = [
  // `redis-billing.internal:6379> SET a b`, `10.0.0.9:6379[3]> `
  `^[\\s>\`]{0,8}(${HOST}:\\d{2,5})(?:\\[\\d{1,3}\\])?>`,
  // `HostAndPort{host='billing', port=6379}`, `address: '10.0.0.9', port: 6379`
  `\\b(?:host(?:name)?|address)["']?(?: ?[:=]>? ?)["']?(${HOST})["']?, ?["']?port["']?(?: ?[:=]>? ?)["']?(\\d{2,5})\\b`,
  // `(host: redis-billing.internal:6379)`, `(host: billing)`, `redis_host=billing`
  `(?:\\(host(?:name)?|\\b(?:redis|valkey)_(?:host|addr|address))${SIGN}(${HOST}(?::\\d{2,5})?)(?![\\w/])`,
  // `host=billing:6379`, `Error 111 connecting to billing:6379`, `dial tcp 10.0.0.9:6379`, "on billing:6379", `[/10.1.2.3:45678 -> billing/10.0.0.9:6379]`
  `(?<![\\w.-])(?:host(?:name)?|server|addr(?:ess)?|endpoint|instance|on|at|to|tcp|econn[a-z]{3,10}|auf|bei|sur|en|su)(?:${SIGN}|["'\`(]{1,2})${ADDRESS}`,
  `-> ?(?:${HOST})?/?${ADDRESS}`,
  // "(redis-billing.internal)", `billing.x1.0001.euw1.cache.amazonaws.com`: domain names that say Redis.
  `(?<![\\w@/.-])((?:(?:redis|valkey)-[a-z\\d][\\w.-]{0,200}\\.(?:internal|local|lan|net|com|org|io|cloud|corp|svc)|[a-z\\d][\\w.-]{0,200}\\.(?:cache\\.amazonaws\\.com|redis\\.cache\\.windows\\.net|redis-cloud\\.com|redislabs\\.com|upstash\\.io))(?::\\d{2,5})?)(?![\\w-]|[.:/]\\w)`,
  // Where only a Redis listens, whatever stands around it.
  `(?<![\\w.:@/-])(${HOST}:(?:63(?:79|8\\d)|26379))(?!\\w|:\\w)`,
].map((shape) => new RegExp(shape, "gim"));
// Behind what Redis answers stands which one it was; in front of it, who wrote the line.
const BEHIND_ANSWER = new RegExp(
  `(?:'maxmemory'|not allowed when used memory|cannot allocate memory)[^\\n]{0,80}?\\b(?:host|server|addr|instance)=["']?(${HOST}(?::\\d{2,5})?)`,
  "gi",
);

// "OOM command not allowed when used memory > 'maxmemory' on redis-billing.internal"
const ON_BEHIND_ANSWER = new RegExp(
  `(?:maxmemory|when used memory|cannot allocate memory)['".:;)]{0,3} (?:on|from|auf|bei|sur|en|su) ["'\`*(]{0,3}((?=[\\w.-]{0,200}(?:redis|valkey|cache))${HOST}(?::\\d{2,5})?)(?![\\w/])`,
  "gi",
);

/** The address that a text surely gives of its Redis, with the port where it has one. An own address (localhost) tells nobody which. */
export function redisAddress(text: string): string | undefined {
  const head = text.slice(0, MOST_CHARACTERS);
  for (const shape of [...SHAPES, BEHIND_ANSWER, ON_BEHIND_ANSWER]) {
    for (const [, host = "", port] of everyMatch(head, shape)) {
      const address = port === undefined ? host : `${host}:${port}`;
      if (!NOBODYS.test(address)) return address;
    }
  }
  // Who quotes Redis's own answer names those who got it: a client, a machine.
  return ANSWER.test(head) ? undefined : everyMatch(head, WHERE)[0]?.[1];
}

const ANSWER = /when used memory|allow-oom|in background|command not allowed/i;
// "Redis no longer accepts writes on cache-4", "Redis nimmt auf cache-4 keine Schreibzugriffe mehr an"
const WHERE =
  /\b(?:redis|valkey)\b[^\n]{0,120}? (?:on|auf|bei|sur|en|em|su|op) ["'`*]{0,2}((?=[\w.-]{0,60}-[\w.-]{0,60}\d)[a-z][\w.-]{1,100}\w)(?![\w/:])/gi;

// Everyone's own address, exporters, times, and lines of source files.
const NOBODYS =
  /^(?:localhost|0\.0\.0\.0|127\.\d|\d+:|redis|valkey|port|is|at|the)(?![\w-])|exporter|:9121$|\.(?:[cm]?[jt]sx?|java|kt|scala|py|rb|go|php|rs|cs|exs?|cc?|cpp|lua|log|conf)(?::|$)/i;
