import { setTimeout as sleep } from "node:timers/promises";
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
// More than what buffers of idle clients give back.
const OVER_BYTES = 128 * 1024;
// Each round that finds new room fills it, and a table of keys doubles at most twice in so little.
const MOST_ROUNDS = 10;

const MAKE_KEYS = `
local value = string.rep('x', tonumber(ARGV[3]))
for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  if ARGV[5] == '' then redis.call('SET', ARGV[4] .. i, value)
  else redis.call('SET', ARGV[4] .. i, value, 'EX', ARGV[5]) end
end`;

// The one look at keys that no statistic counts: hits and misses stay those of the scene.
const LOOK = `for i = 1, tonumber(ARGV[1]) do redis.call('RANDOMKEY') end`;

/** Makes keys on the server itself, about a million in a second or two. Not for a Cluster. */
export async function fill(lab: Pick<RedisLab, "client">, options: Filling & { readonly keys: number }): Promise<void> {
  await freed(lab);
  await withDatabase(lab, options, async (client, prefix) => {
    for (let from = 0; from < options.keys; from += KEYS_PER_SCRIPT) {
      const to = Math.min(from + KEYS_PER_SCRIPT, options.keys) - 1;
      await client.eval(MAKE_KEYS, 0, from, to, options.valueBytes, prefix, options.ttlSeconds ?? "");
    }
  });
}

/**
 * Writes until the server answers OOM, and then a little over its limit: it goes on refusing when the buffers of those
 * who filled it are freed. Returns how many keys were made. Needs maxmemory and a policy that refuses.
 */
export async function fillUntilRefused(lab: Pick<RedisLab, "client">, options: Filling): Promise<number> {
  const maxmemory = await memoryField(lab, "maxmemory");
  if (maxmemory === 0) throw new Error("Expected a server with maxmemory, got one without: it would never refuse.");
  await freed(lab);
  await lab.client.config("SET", "maxmemory", maxmemory + OVER_BYTES);
  try {
    let made = 0;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const perPipeline = round === 0 ? 500 : 20;
      made += await writeUntilRefused(lab, { ...options, from: made, perPipeline, mostBytes: maxmemory * 2 });
      await endRehashing(lab, options);
      if ((await memoryField(lab, "used_memory")) >= maxmemory + OVER_BYTES / 2) return made;
    }
    throw new Error(`Expected a server that stays full after ${MOST_ROUNDS} rounds of writing, but it keeps finding room.`);
  } finally {
    await lab.client.config("SET", "maxmemory", maxmemory);
  }
}

/** What was flushed or unlinked before takes its memory along a moment later. */
async function freed(lab: Pick<RedisLab, "client">): Promise<void> {
  while ((await memoryField(lab, "lazyfree_pending_objects")) > 0) await sleep(5);
}

type MemoryField = "maxmemory" | "used_memory" | "lazyfree_pending_objects";

async function memoryField({ client }: Pick<RedisLab, "client">, name: MemoryField): Promise<number> {
  return Number(new RegExp(`^${name}:(\\d+)`, "m").exec(await client.info("memory"))?.[1]);
}

/**
 * A table of keys that grew is moved bit by bit, and its old half freed at the end: a quarter of a MiB and more, some
 * time later, and a full server is full no longer. Each look at a key moves a bit, so as many looks as keys end it now.
 */
async function endRehashing(lab: Pick<RedisLab, "client">, options: Filling): Promise<void> {
  await withDatabase(lab, options, async (client) => {
    const keys = await client.dbsize();
    for (let looked = 0; looked < keys; looked += KEYS_PER_SCRIPT) await client.eval(LOOK, 0, KEYS_PER_SCRIPT);
  });
}

type Writing = Filling & { readonly from: number; readonly perPipeline: number; readonly mostBytes: number };

function writeUntilRefused(
  lab: Pick<RedisLab, "client">,
  { valueBytes, ttlSeconds, from, perPipeline, mostBytes, ...where }: Writing,
): Promise<number> {
  return withDatabase(lab, where, async (client, prefix) => {
    const value = "x".repeat(valueBytes);
    for (let made = 0; made * Math.max(1, valueBytes) < mostBytes; made += perPipeline) {
      const pipeline = client.pipeline();
      for (let index = from + made; index < from + made + perPipeline; index += 1) {
        pipeline.call("SET", [`${prefix}${index}`, value, ...(ttlSeconds === undefined ? [] : ["EX", ttlSeconds])]);
      }
      const results = (await pipeline.exec()) ?? [];
      const refusedAt = results.findIndex(([error]) => error !== null);
      const refusal = results[refusedAt]?.[0] ?? undefined;
      if (refusal?.message.startsWith("OOM") === true) return made + refusedAt;
      if (refusal !== undefined) throw refusal;
    }
    throw new Error(`Expected the server to refuse writes at its maxmemory; it took ${mostBytes} bytes. Does its policy evict?`);
  });
}

/** A connection of its own: the lab's client stays on its database. */
async function withDatabase<Result>(
  lab: Pick<RedisLab, "client">,
  { database = 0, prefix = "key:" }: Pick<Filling, "database" | "prefix">,
  work: (client: Redis, prefix: string) => Promise<Result>,
): Promise<Result> {
  const client = lab.client.duplicate({ db: database, lazyConnect: true });
  try {
    const result = await work(client, prefix);
    await client.quit(); // what the server held for this connection is freed when the answer is here
    return result;
  } finally {
    client.disconnect();
  }
}
