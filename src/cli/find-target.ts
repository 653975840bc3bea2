import { connectionFromUrl } from "../adapters/redis/connection-url.ts";
import type { RedisConnectionSettings } from "../adapters/redis/settings.ts";
import type { Sources } from "../config.ts";
import { OomphError } from "../domain/errors.ts";
import { nearest } from "../domain/nearest.ts";
import type { RedisTarget } from "../domain/target.ts";
import { requireConfig, withFile } from "./load-config.ts";

export type FoundTarget = {
  readonly target: RedisTarget;
  readonly connections: readonly RedisConnectionSettings[];
  readonly censusMs: number;
};

const DEFAULT_CENSUS_MS = 1000;
const EXPECTED = "expected redis/<name>, redis/<name>/<database> or redis://[user:password@]host[:port][/database]";

type Given = { readonly sources: Sources; readonly configFile: string | undefined };

/**
 * What is meant by a target on the command line. A URL needs no configuration at all. Throws OomphError `bad-input` or
 * `not-found`, with the nearest name.
 */
export function findTarget(text: string, { sources, configFile }: Given): FoundTarget {
  const url = urlIn(text);
  if (url !== undefined) return fromUrl(url);

  const match = /^(?:redis\/)?([^/\s]+)(?:\/(\d{1,5}))?$/.exec(text.trim());
  const name = match?.[1];
  if (name === undefined) throw new OomphError("bad-input", `${EXPECTED}, got ${JSON.stringify(text)}`);
  const { redis } = requireConfig(withFile(sources, configFile));
  const settings = redis.connections.find((one) => one.name === name || one.aliases.includes(name));
  if (settings === undefined) throw new OomphError("not-found", unknown(name, redis.connections));
  const database = match?.[2] === undefined ? undefined : Number(match[2]);
  return { target: redisTarget(settings.name, database), connections: redis.connections, censusMs: redis.censusMs };
}

/** `redis://...`, and `redis/redis://...` for those who write the kind of target first. */
function urlIn(text: string): string | undefined {
  return /^\s*(?:redis\/)?(rediss?:\/\/.*)$/i.exec(text)?.[1];
}

function fromUrl(url: string): FoundTarget {
  const settings = connectionFromUrl(url);
  const namesDatabase = /\/\d+\/?\s*$/.test(url);
  return {
    target: redisTarget(settings.name, namesDatabase ? settings.database : undefined),
    connections: [settings],
    censusMs: DEFAULT_CENSUS_MS,
  };
}

function redisTarget(name: string, database: number | undefined): RedisTarget {
  return { kind: "redis", name, ...(database === undefined ? {} : { database }) };
}

function unknown(name: string, connections: readonly RedisConnectionSettings[]): string {
  const names = connections.map((one) => one.name);
  const close = nearest(name, names);
  const known = names.length === 0 ? "none is configured" : `configured are ${names.join(", ")}`;
  const hint = close.length === 0 ? `${known}. Any other Redis can be given as redis://host:port` : `did you mean ${close.join(" or ")}?`;
  return `there is no Redis connection named ${JSON.stringify(name)}: ${hint}`;
}
