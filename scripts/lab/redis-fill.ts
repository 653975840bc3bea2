import type { Redis } from "ioredis";
import type { RedisLab } from "./redis-server.ts";

export type Filling = {
  /** 0 when not given. */
  readonly database?: number;
  /** Names are `<prefix><number>`, from 0 on. */
  readonly prefix?: string;
  readonly valueBytes: number;
  readonly ttlSeconds?: number;
};

// One script makes so many keys: long enough to be fast, short enough that the server stays responsive.
const KEYS_PER_SCRIPT = 10_000;
const KEYS_PER_PIPELINE = 500;

const MAKE_KEYS = `
local value = string.rep('x', tonumber(ARGV[3]))
for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  if ARGV[5] == '' then redis.call('SET', ARGV[4] .. i, value)
  else redis.call('SET', ARGV[4] .. i, value, 'EX', ARGV[5]) end
end`;

/** Makes keys on the server itself, about a million in a second or two. Not for a Cluster. */
export async function fill(lab: Pick<RedisLab, "client">, options: Filling & { readonly keys: number }): Promise<void> {
  await withDatabase(lab, options, async (client, prefix) => {
    for (let from = 0; from < options.keys; from += KEYS_PER_SCRIPT) {
      const to = Math.min(from + KEYS_PER_SCRIPT, options.keys) - 1;
      await client.eval(MAKE_KEYS, 0, from, to, options.valueBytes, prefix, options.ttlSeconds ?? "");
    }
  });
}

/** Writes until the server answers OOM; returns how many keys were made. Needs maxmemory and a policy that refuses. */
export async function fillUntilRefused(lab: Pick<RedisLab, "client">, options: Filling): Promise<number> {
  const maxmemory = Number(/^maxmemory:(\d+)/m.exec(await lab.client.info("memory"))?.[1]);
  if (maxmemory === 0) throw new Error("Expected a server with maxmemory, got one without: it would never refuse.");
  return withDatabase(lab, options, async (client, prefix) => {
    const value = "x".repeat(options.valueBytes);
    for (let made = 0; made * Math.max(1, options.valueBytes) < maxmemory * 2;) {
      const pipeline = client.pipeline();
      for (let index = 0; index < KEYS_PER_PIPELINE; index += 1) {
        if (options.ttlSeconds === undefined) pipeline.set(`${prefix}${made + index}`, value);
        else pipeline.set(`${prefix}${made + index}`, value, "EX", options.ttlSeconds);
      }
      const results = (await pipeline.exec()) ?? [];
      const refusedAt = results.findIndex(([error]) => error !== null);
      const refusal = results[refusedAt]?.[0];
      if (refusal?.message.startsWith("OOM") === true) return made + refusedAt;
      if (refusal !== null && refusal !== undefined) throw refusal;
      made += results.length;
    }
    throw new Error(`Expected the server to refuse writes at ${maxmemory} bytes; it took twice as much. Does its policy evict?`);
  });
}

/** A connection of its own: the lab's client stays on its database. */
async function withDatabase<Result>(
  lab: Pick<RedisLab, "client">,
  { database = 0, prefix = "key:" }: Filling,
  work: (client: Redis, prefix: string) => Promise<Result>,
): Promise<Result> {
  const client = lab.client.duplicate({ db: database, lazyConnect: true });
  try {
    return await work(client, prefix);
  } finally {
    client.disconnect();
  }
}
