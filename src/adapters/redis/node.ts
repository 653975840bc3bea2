import { OomphError } from "../../domain/errors.ts";
import type { KeyValueNode, KeyReading, ScanOptions, WriteProbe } from "../../ports/key-value-server.ts";
import type { Dialect } from "./dialect.ts";
import { decodeKey, encodeKey } from "./key-names.ts";
import { describeBatch, type Extra } from "./describe-keys.ts";
import type { Command, Link } from "./link.ts";
import type { Links } from "./links.ts";
import { probeWith } from "./probe-write.ts";
import { asBytes, asList, asNumber, asText, asTime, flattenStats, parseClients, parseInfo } from "./readings.ts";

/** What a node is made of. `database` is the one for commands that concern the whole server. */
export type NodeParts = {
  readonly address: string;
  readonly links: Links;
  readonly database: number;
  readonly dialect: Dialect;
  /** A key name that no key has and that this node would hold. */
  readonly unusedName: () => string;
};

// A server works off what one client sent in one go: others wait for as long as a batch takes.
const COMMANDS_AT_ONCE = 128;
const COMMANDS_PER_DESCRIPTION = 4;

export function createNode(parts: NodeParts): KeyValueNode {
  return {
    address: parts.address,
    ...serverReads(parts),
    ...keyReads(parts),
    ...keyCounts(parts),
    ...keyWrites(parts),
    ...serverWrites(parts),
  };
}

function serverReads({ links, database }: NodeParts): Pick<KeyValueNode, "info" | "config" | "memoryStats" | "clients" | "time"> {
  const ask = async (name: string, ...args: (string | number)[]): Promise<unknown> => (await links.to(database)).ask({ name, args });
  return {
    info: async () => parseInfo(asText(await ask("INFO", "all"))),
    memoryStats: async () => flattenStats(await ask("MEMORY STATS")),
    clients: async () => parseClients(asText(await ask("CLIENT LIST"))),
    time: async () => asTime(await ask("TIME")),
    async config(names) {
      names.forEach(refuseOddParameter);
      // One by one: several in one CONFIG GET need Redis 7.
      const replies = await answered(
        await links.to(database),
        names.map((name) => ({ name: "CONFIG GET", args: [name] })),
      );
      return Object.fromEntries(
        replies
          .map(asList)
          .filter((pair) => pair.length > 1)
          .map(([name, value]) => [asText(name), asText(value)]),
      );
    },
  };
}

function keyReads({ links, unusedName }: NodeParts): Pick<KeyValueNode, "probeWrite" | "dbSize" | "scan" | "describeKeys"> {
  const refused = new Set<Extra>();
  return {
    probeWrite: async (database): Promise<WriteProbe> => probeWith(await links.to(database), unusedName()),
    dbSize: async (database) => asNumber(await (await links.to(database)).ask({ name: "DBSIZE", args: [] })),
    async scan(database, { cursor, count, match }: ScanOptions) {
      const pattern = match === undefined ? [] : ["MATCH", match];
      const reply = asList(await (await links.to(database)).ask({ name: "SCAN", args: [cursor, ...pattern, "COUNT", count] }));
      return { cursor: asText(reply[0]), keys: asList(reply[1]).map((key) => encodeKey(asBytes(key))) };
    },
    async describeKeys(database, keys, { withSize }) {
      const link = await links.to(database);
      const readings: KeyReading[] = [];
      for (const batch of batches(keys, COMMANDS_AT_ONCE / COMMANDS_PER_DESCRIPTION))
        readings.push(...(await describeBatch(link, batch, { withSize, refused })));
      return readings;
    },
  };
}

function keyCounts({ links, address, dialect }: NodeParts): Pick<KeyValueNode, "countExisting" | "countExpiringAt"> {
  return {
    countExisting: async (database, keys) =>
      sum(await eachKey(links, { database, keys, command: (key) => ({ name: "EXISTS", args: [key] }) })),
    async countExpiringAt(database, keys, atMs) {
      if (!dialect.knowsExpireTime) throw tooOld(address);
      const times = await eachKey(links, { database, keys, command: (key) => ({ name: "PEXPIRETIME", args: [key] }) });
      return times.filter((time) => time === atMs).length;
    },
  };
}

function keyWrites({
  links,
  address,
  dialect,
}: NodeParts): Pick<KeyValueNode, "flushDatabase" | "unlink" | "expireAt" | "persistWhereExpiresAt"> {
  return {
    async flushDatabase(database) {
      await (await links.to(database)).ask(dialect.flush);
    },
    unlink: async (database, keys) => sum(await eachKey(links, { database, keys, command: (key) => dialect.unlink(key) })),
    async expireAt(database, keys, atMs) {
      const nowMs = asTime(await (await links.to(database)).ask({ name: "TIME", args: [] }));
      // PEXPIREAT with a time that has passed deletes the key.
      if (!Number.isSafeInteger(atMs) || atMs <= nowMs) {
        throw new OomphError(
          "bad-input",
          `Expected an expiry in the future of Redis at ${address}, in milliseconds since 1970; got ${atMs}.`,
        );
      }
      return sum(await eachKey(links, { database, keys, command: (key) => dialect.expireAt(key, atMs) }));
    },
    async persistWhereExpiresAt(database, keys, atMs) {
      if (!dialect.knowsExpireTime) throw tooOld(address);
      return sum(await eachKey(links, { database, keys, command: (key) => dialect.persistWhereExpiresAt(key, atMs) }));
    },
  };
}

function serverWrites({ links, database }: NodeParts): Pick<KeyValueNode, "pinTo" | "setConfig" | "rewriteConfig" | "killClient"> {
  const ask = async (name: string, ...args: string[]): Promise<unknown> => (await links.to(database)).ask({ name, args });
  return {
    pinTo: (runId) => links.pinTo(runId),
    async setConfig(name, value) {
      refuseOddParameter(name);
      await ask("CONFIG SET", name, value);
    },
    async rewriteConfig() {
      await ask("CONFIG REWRITE");
    },
    async killClient(id) {
      if (!/^\d+$/.test(id))
        throw new OomphError("bad-input", `Expected a client's id, a whole number as in CLIENT LIST; got ${JSON.stringify(id)}.`);
      return asNumber(await ask("CLIENT KILL", "ID", id)) > 0;
    },
  };
}

function tooOld(address: string): OomphError {
  return new OomphError(
    "bad-input",
    `Telling keys by the moment at which they expire needs Redis 7 or newer, and Redis at ${address} is older.`,
  );
}

/** One single-key command per key (a cluster refuses keys of several slots in one); the replies, which are numbers. */
async function eachKey(
  links: Links,
  { database, keys, command }: { readonly database: number; readonly keys: readonly string[]; readonly command: (key: Buffer) => Command },
): Promise<readonly number[]> {
  const link = await links.to(database);
  const replies: number[] = [];
  for (const batch of batches(keys.map(decodeKey), COMMANDS_AT_ONCE)) {
    replies.push(...(await answered(link, batch.map(command))).map(asNumber));
  }
  return replies;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** All replies, or the first refusal thrown. */
async function answered(link: Link, commands: readonly Command[]): Promise<readonly unknown[]> {
  const answers = await link.askAll(commands);
  const replies: unknown[] = [];
  for (const [index, answer] of answers.entries()) {
    if (answer.kind === "refusal") throw await link.explain(answer.refusal, commands[index]?.name ?? "");
    replies.push(answer.value);
  }
  return replies;
}

function* batches<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}

/** CONFIG GET takes patterns, and these must be exact names. */
function refuseOddParameter(name: string): void {
  if (/^[a-z0-9_.-]+$/i.test(name)) return;
  throw new OomphError(
    "bad-input",
    `Expected the exact name of a configuration parameter such as maxmemory-policy, got ${JSON.stringify(name)}.`,
  );
}
