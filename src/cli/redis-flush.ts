import { setTimeout as sleep } from "node:timers/promises";
import { QUEUE_DEFAULTS } from "../adapters/bullmq/settings.ts";
import { counted } from "../domain/count.ts";
import { openLine, type Ask } from "./redis-line.ts";

/** For test suites: empties one database of a Redis. It imports no package, so that it starts fast. */
export type RedisFlushInput = {
  /** `redis://` or `rediss://`, with user and password where needed. */
  readonly url: string;
  /** Else the one that the URL names, else 0. */
  readonly database?: number | undefined;
  /** More keys than that are not thrown away. */
  readonly maxKeys: number;
  /** Hosts beside loopback that may be flushed. */
  readonly allowedHosts: readonly string[];
  readonly dryRun: boolean;
};

export type RedisFlushResult =
  | { readonly kind: "flushed" | "would-flush"; readonly database: number; readonly keys: number }
  | { readonly kind: "already-empty"; readonly database: number }
  | { readonly kind: "bad-usage" | "refused" | "failed"; readonly because: string };

export const REDIS_FLUSH_DEFAULTS = { url: "redis://127.0.0.1:6379", maxKeys: 100_000 } as const;

/** Exit code of `oomph redis flush`. */
export const REDIS_FLUSH_EXIT_CODES: Readonly<Record<RedisFlushResult["kind"], number>> = {
  flushed: 0,
  "already-empty": 0,
  "would-flush": 0,
  "bad-usage": 2,
  refused: 3,
  failed: 4,
};

/** Each Oomph that has run on a Redis has left this key there. */
const OWN_QUEUE = `${QUEUE_DEFAULTS.prefix}:sweep:meta`;
// Removed keys give their memory back a moment later, in the background: a full server refuses writes until then.
const FREED_WITHIN_MS = 5000;
const LOOK_AGAIN_MS = 10;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;

/** DBSIZE and FLUSHDB ASYNC over one connection, which then waits for the memory. Never throws. */
export async function redisFlush(input: RedisFlushInput): Promise<RedisFlushResult> {
  const at = readInput(input);
  if (at.kind !== "at") return at;
  try {
    return await converse(at, input);
  } catch (error) {
    return { kind: "failed", because: `${at.shown}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** One line for people. */
export function describeRedisFlush(result: RedisFlushResult): string {
  switch (result.kind) {
    case "flushed":
      return `Flushed database ${result.database}: ${counted(result.keys, "key")} gone.`;
    case "already-empty":
      return `Database ${result.database} is empty already.`;
    case "would-flush":
      return `Would flush database ${result.database}: ${counted(result.keys, "key")}. Nothing was done (--dry-run).`;
    case "bad-usage":
    case "refused":
    case "failed":
      return result.because;
  }
}

type At = {
  readonly kind: "at";
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username: string;
  readonly password: string;
  readonly database: number;
  /** Without a secret. */
  readonly shown: string;
};

function readInput({ url, database, maxKeys, allowedHosts }: RedisFlushInput): At | RedisFlushResult {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !["redis:", "rediss:"].includes(parsed.protocol) || parsed.hostname === "") {
    return badUsage(`--url expected redis://host:port or rediss://host:port, got ${quoted(withoutSecret(url))}.`);
  }
  if (!Number.isSafeInteger(maxKeys) || maxKeys < 0) return badUsage(`--max-keys expected a whole number from 0 up, got ${maxKeys}.`);
  const chosen = chooseDatabase(parsed.pathname.slice(1), database);
  if (typeof chosen === "string") return badUsage(chosen);
  const host = parsed.hostname.replaceAll(/^\[|\]$/g, "");
  if (!LOOPBACK.test(host) && !allowedHosts.some((allowed) => allowed.toLowerCase() === host.toLowerCase())) {
    return {
      kind: "refused",
      because: `${host} is not this machine. This command is for test servers; if that host is one, add --allow-host ${host}.`,
    };
  }
  const port = parsed.port === "" ? 6379 : Number(parsed.port);
  return {
    kind: "at",
    host,
    port,
    tls: parsed.protocol === "rediss:",
    username: decoded(parsed.username),
    password: decoded(parsed.password),
    database: chosen,
    shown: `Redis at ${parsed.hostname}:${port}`,
  };
}

/** The database, or what is wrong with it. */
function chooseDatabase(named: string, asked: number | undefined): number | string {
  if (asked !== undefined && (!Number.isSafeInteger(asked) || asked < 0)) return `--db expected a whole number from 0 up, got ${asked}.`;
  if (named === "") return asked ?? 0;
  if (!/^\d{1,6}$/.test(named))
    return `--url expected a database number after the host, such as redis://127.0.0.1:6379/2, got ${quoted(named)}.`;
  if (asked === undefined || asked === Number(named)) return Number(named);
  return `--url names database ${named} and --db ${asked}: say the same in both, or leave one out.`;
}

async function converse(at: At, { maxKeys, dryRun }: RedisFlushInput): Promise<RedisFlushResult> {
  const { database } = at;
  const { ask, close } = await openLine(at);
  try {
    if (at.password !== "") await ask(["AUTH", ...(at.username === "" ? [] : [at.username]), at.password]);
    await ask(["SELECT", String(database)]);
    const keys = Number(await ask(["DBSIZE"]));
    if (keys === 0) return { kind: "already-empty", database };
    if (keys > maxKeys) {
      return {
        kind: "refused",
        because: `${at.shown} has ${counted(keys, "key")} in database ${database}, more than --max-keys ${maxKeys}: is it really a test database? If so, raise --max-keys.`,
      };
    }
    if ((await ask(["EXISTS", OWN_QUEUE])) !== "0") {
      return {
        kind: "refused",
        because: `Database ${database} of ${at.shown} holds the queue of an Oomph (${OWN_QUEUE} is there): what it has taken in and not yet done would be lost. Give the tests another database, or --url another server.`,
      };
    }
    if (dryRun) return { kind: "would-flush", database, keys };
    await ask(["FLUSHDB", "ASYNC"]);
    await untilFreed(ask);
    return { kind: "flushed", database, keys };
  } finally {
    close();
  }
}

/** Whoever may not read INFO, and who meets a server that is still at it after 5 s, has flushed all the same. */
async function untilFreed(ask: Ask): Promise<void> {
  const lateMs = performance.now() + FREED_WITHIN_MS;
  while (performance.now() < lateMs) {
    const memory = await ask(["INFO", "memory"]).catch(() => "");
    if (!/^lazyfree_pending_objects:[1-9]/m.test(memory)) return;
    await sleep(LOOK_AGAIN_MS);
  }
}

function badUsage(because: string): RedisFlushResult {
  return { kind: "bad-usage", because };
}

/** A password may hold a % that begins no escape. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function withoutSecret(url: string): string {
  return url.replace(/\/\/[^@/]*@/, "//***@");
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
