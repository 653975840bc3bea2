import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { KeyReading, KeyValueConnection, KeyValueNode, KeyValueServers } from "../../src/ports/key-value-server.ts";

/** Real servers to look at, and a way to set the scene past the port. */
export type KeyValueLab = {
  readonly servers: KeyValueServers;
  /** Name of the connection. */
  readonly name: string;
  readonly topology: KeyValueConnection["topology"];
  /** What its only node is called; absent: by an address on this machine. */
  readonly address?: string;
  /** The database that is worked in. */
  readonly database: number;
  /** How many nodes are looked at. */
  readonly nodes: number;
  /** One command in that database, on the node that its key lives on. */
  run(command: string, ...args: readonly (string | Buffer | number)[]): Promise<unknown>;
  /** One command without a key, on every node. */
  runEverywhere(command: string, ...args: readonly (string | number)[]): Promise<readonly unknown[]>;
  /** Another client's connection, with its id, address and what tells that it has ended. */
  connectAnother(): Promise<{ readonly id: string; readonly address: string; readonly ended: Promise<void> }>;
  stop(): Promise<void>;
};

const ODD_NAMES: readonly (string | Buffer)[] = [
  "plain",
  "",
  "with space",
  "line\nbreak",
  "tab\t",
  "back\\slash",
  "back\\\\slash",
  "\\x00",
  "ключ",
  "🔑",
  "\u202eright-to-left",
  "glob*[a]?",
  '"quoted"',
  Buffer.from([0]),
  Buffer.from([0xff, 0xfe]),
  Buffer.from([0xc3]),
  Buffer.from("\ufeffwith byte order mark"),
  Buffer.from([0x61, 0xff, 0x5c, 0x62]),
];

/** What every examined server must keep, whatever its topology. */
export function keyValueServerContract(title: string, start: () => Promise<KeyValueLab>): void {
  describe(`a key-value server: ${title}`, () => {
    let lab: KeyValueLab;
    let connection: KeyValueConnection;
    beforeAll(async () => {
      lab = await start();
      connection = await lab.servers.open(lab.name);
    });
    afterAll(async () => {
      await connection?.close();
      await lab?.stop();
    });
    beforeEach(async () => {
      await lab.runEverywhere("FLUSHALL");
    });
    const given = (): { readonly lab: KeyValueLab; readonly connection: KeyValueConnection } => ({ lab, connection });

    readings(given);
    keys(given);
    writes(given);
    lifetimes(given);
    manners(given);
  });
}

type Given = () => { readonly lab: KeyValueLab; readonly connection: KeyValueConnection };

function readings(given: Given): void {
  test("names its topology and its nodes, never with a password", () => {
    const { lab, connection } = given();
    expect(connection).toMatchObject({ name: lab.name, topology: lab.topology, missing: [] });
    expect(connection.nodes).toHaveLength(lab.nodes);
    for (const { address } of connection.nodes) expect(address).toMatch(lab.address ?? /^127\.0\.0\.1:\d+$/);
    expect(lab.servers.names()).toContain(lab.name);
    expect(lab.servers.settings(lab.name)?.aliases).toContain(lab.address ?? "127.0.0.1");
  });

  test("reads INFO of all sections", async () => {
    for (const node of given().connection.nodes) {
      const info = await node.info();
      expect(info["redis_version"]).toMatch(/^\d+\.\d+\.\d+$/);
      expect(Number(info["used_memory"])).toBeGreaterThan(0);
      expect(info).toHaveProperty("maxmemory_policy");
      expect(info).toHaveProperty("cmdstat_info");
      expect(info).toHaveProperty("mem_clients_normal");
      expect(info).toHaveProperty("role", "master");
    }
  });

  test("reads configuration by exact names and leaves out unknown ones", async () => {
    for (const node of given().connection.nodes) {
      expect(await node.config(["maxmemory", "maxmemory-policy", "no-such-thing"])).toEqual({
        maxmemory: "0",
        "maxmemory-policy": "noeviction",
      });
      await expect(node.config(["*"])).rejects.toMatchObject({ code: "bad-input" });
    }
  });

  test("reads MEMORY STATS as flat numbers", async () => {
    const { lab, connection } = given();
    await lab.run("SET", "a", "1");
    const all = await Promise.all(connection.nodes.map((node) => node.memoryStats()));
    for (const stats of all) {
      expect(stats["total.allocated"]).toBeGreaterThan(0);
      expect(stats["allocator-fragmentation.ratio"]).toBeGreaterThan(0);
    }
    const tables = all.map((stats) => stats[`db.${lab.database}.overhead.hashtable.main`] ?? 0);
    expect(Math.max(...tables)).toBeGreaterThan(0); // Valkey 9 tells of empty databases too
  });

  test("lists clients and tells the server's time", async () => {
    const before = Date.now() - 1000;
    for (const node of given().connection.nodes) {
      const own = (await node.clients()).filter(({ name }) => name === "oomph");
      expect(own.length).toBeGreaterThan(0);
      expect(own[0]).toMatchObject({ flags: "N", address: expect.stringMatching(/:\d+$/) as string });
      expect(own[0]?.totalBytes).toBeGreaterThan(0);
      expect(await node.time()).toBeGreaterThan(before);
    }
  });

  test("ends another client, once", async () => {
    const { lab, connection } = given();
    const { id, address, ended } = await lab.connectAnother();
    for (const node of connection.nodes) {
      if (!(await node.clients()).some((client) => client.id === id && client.address === address)) continue;
      expect(await node.killClient(id)).toBe(true);
      await ended;
      expect(await node.killClient(id)).toBe(false);
      return;
    }
    throw new Error("Expected one node to list the other client, none did.");
  });
}

function keys(given: Given): void {
  test("scans keys with any bytes in their names, and unlinks exactly the one that is named", async () => {
    const { lab, connection } = given();
    for (const name of ODD_NAMES) await lab.run("SET", name, "value");
    const left = new Set(ODD_NAMES.map((name) => Buffer.from(name).toString("hex")));

    const scanned = await scanAll(connection, lab.database);
    expect(new Set(scanned.map(({ key }) => key)).size).toBe(ODD_NAMES.length);
    expect(scanned.map(({ key }) => key)).toEqual(
      expect.arrayContaining(["plain", "with space", "back\\\\slash", "ключ", "🔑", "\\x00", "line\\x0abreak", "\\xff\\xfe"]),
    );
    for (const { node, key } of scanned) {
      expect(await node.unlink(lab.database, [key])).toBe(1);
      for (const hex of left) if ((await lab.run("EXISTS", Buffer.from(hex, "hex"))) === 0) left.delete(hex);
      expect(left.size).toBe(scanned.length - 1 - scanned.findIndex((one) => one.key === key && one.node === node));
    }
  });

  test("scans with a pattern, and counts the keys of a database", async () => {
    const { lab, connection } = given();
    for (let index = 0; index < 200; index += 1) await lab.run("SET", `${index % 2 === 0 ? "even" : "odd"}:${index}`, "x");
    expect(await scanAll(connection, lab.database, "odd:*")).toHaveLength(100);
    const sizes = await Promise.all(connection.nodes.map((node) => node.dbSize(lab.database)));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(200);
  });

  test("describes keys: type, TTL, size; those that are gone are left out", async () => {
    const { lab, connection } = given();
    await lab.run("SET", "text", "x".repeat(5000), "PX", 3_600_000);
    await lab.run("HSET", "hash", "field", "value");
    await lab.run("RPUSH", "list", "a", "b");
    const readings = new Map<string, KeyReading>();
    for (const { node, key } of await scanAll(connection, lab.database)) {
      const described = await node.describeKeys(lab.database, [key], { withSize: true });
      for (const reading of described) readings.set(reading.key, reading);
      expect((await node.describeKeys(lab.database, [key], { withSize: false }))[0]).not.toHaveProperty("sizeBytes");
      await node.unlink(lab.database, [key]);
      expect(await node.describeKeys(lab.database, [key], { withSize: true })).toEqual([]);
    }
    expect([...readings.keys()].toSorted()).toEqual(["hash", "list", "text"]);
    expect(readings.get("text")).toMatchObject({ type: "string", idleSeconds: expect.any(Number) as number });
    expect(readings.get("text")?.sizeBytes).toBeGreaterThan(5000);
    expect(readings.get("text")?.ttlMs).toBeGreaterThan(3_500_000);
    expect(readings.get("hash")).toMatchObject({ type: "hash" });
    expect(readings.get("hash")?.sizeBytes).toBeGreaterThan(40);
    expect(readings.get("list")).not.toHaveProperty("ttlMs");
  });

  test("looking at keys leaves their LRU clocks alone", async () => {
    const { lab, connection } = given();
    await lab.run("SET", "old", "value");
    const dump = await lab.run("DUMP", "old");
    await lab.run("RESTORE", "old", 0, Buffer.isBuffer(dump) ? dump : "", "REPLACE", "IDLETIME", 5000);
    for (const { node, key } of await scanAll(connection, lab.database)) {
      const [reading] = await node.describeKeys(lab.database, [key], { withSize: true });
      expect(reading?.idleSeconds).toBeGreaterThanOrEqual(5000);
      expect(await node.countExisting(lab.database, [key])).toBe(1);
      expect(await node.countExpiringAt(lab.database, [key], 1)).toBe(0);
    }
    expect(await lab.run("OBJECT", "IDLETIME", "old")).toBeGreaterThanOrEqual(5000);
  });
}

function writes(given: Given): void {
  test("a write probe on an accepting server is accepted and leaves no key", async () => {
    const { lab, connection } = given();
    for (const node of connection.nodes) {
      expect(await node.probeWrite(lab.database)).toEqual({ kind: "accepted" });
      expect(await node.dbSize(lab.database)).toBe(0);
    }
  });

  test("counts and unlinks many keys in one call", async () => {
    const { lab, connection } = given();
    for (let index = 0; index < 150; index += 1) await lab.run("SET", `many:${index}`, "x");
    let unlinked = 0;
    for (const [node, own] of byNode(await scanAll(connection, lab.database))) {
      expect(await node.countExisting(lab.database, own)).toBe(own.length);
      unlinked += await node.unlink(lab.database, own);
      expect(await node.unlink(lab.database, own)).toBe(0);
    }
    expect(unlinked).toBe(150);
  });

  test("flushes a database", async () => {
    const { lab, connection } = given();
    for (let index = 0; index < 50; index += 1) await lab.run("SET", `flush:${index}`, "x");
    for (const node of connection.nodes) {
      await node.flushDatabase(lab.database);
      expect(await node.dbSize(lab.database)).toBe(0);
    }
  });

  test("sets a parameter, refuses a wrong value, and writes the config file", async () => {
    for (const node of given().connection.nodes) {
      await node.setConfig("maxmemory-policy", "allkeys-lfu");
      expect(await node.config(["maxmemory-policy"])).toEqual({ "maxmemory-policy": "allkeys-lfu" });
      await node.setConfig("maxmemory-policy", "noeviction");
      await node.rewriteConfig();
      await expect(node.setConfig("maxmemory-policy", "most-boring-first")).rejects.toMatchObject({ code: "bad-input" });
      await expect(node.setConfig("no-such-thing", "1")).rejects.toMatchObject({ code: "bad-input" });
    }
  });
}

function lifetimes(given: Given): void {
  test("gives a TTL only to keys without one, and takes back exactly what it gave", async () => {
    const { lab, connection } = given();
    for (const name of ["a", "b", "c"]) await lab.run("SET", name, "1");
    const other = Date.now() + 7_200_000;
    await lab.run("SET", "has", "1", "PXAT", other);
    const at = Date.now() + 3_600_000;
    const groups = byNode(await scanAll(connection, lab.database));
    const total = async (count: (node: KeyValueNode, own: readonly string[]) => Promise<number>): Promise<number> => {
      const counts = await Promise.all([...groups].map(([node, own]) => count(node, own)));
      return counts.reduce((sum, one) => sum + one, 0);
    };
    expect(await total((node, own) => node.expireAt(lab.database, own, at))).toBe(3);
    expect(await total((node, own) => node.expireAt(lab.database, own, at + 1))).toBe(0);
    expect(await total((node, own) => node.countExpiringAt(lab.database, own, at))).toBe(3);
    expect(await lab.run("PEXPIRETIME", "has")).toBe(other);
    await lab.run("PEXPIREAT", "b", at + 1); // somebody has set another TTL meanwhile: it stays
    expect(await total((node, own) => node.persistWhereExpiresAt(lab.database, own, at))).toBe(2);
    expect(await lab.run("PTTL", "a")).toBe(-1);
    expect(await lab.run("PEXPIRETIME", "b")).toBe(at + 1);
    expect(await lab.run("PEXPIRETIME", "has")).toBe(other);
  });

  test("refuses a time that has passed, which would delete the keys", async () => {
    const { lab, connection } = given();
    await lab.run("SET", "kept", "1");
    for (const { node, key } of await scanAll(connection, lab.database)) {
      await expect(node.expireAt(lab.database, [key], Date.now() - 1000)).rejects.toMatchObject({ code: "bad-input" });
    }
    expect(await lab.run("EXISTS", "kept")).toBe(1);
  });
}

function manners(given: Given): void {
  test("refuses a database that is not there", async () => {
    for (const node of given().connection.nodes) {
      await expect(node.dbSize(99)).rejects.toMatchObject({ code: "bad-input" });
      await expect(node.dbSize(-1)).rejects.toMatchObject({ code: "bad-input" });
    }
  });

  test("says so after it was closed", async () => {
    const { lab } = given();
    const own = await lab.servers.open(lab.name);
    await own.close();
    for (const node of own.nodes) await expect(node.info()).rejects.toMatchObject({ code: "unreachable" });
  });

  test("has never sent KEYS or DEBUG", async () => {
    for (const node of given().connection.nodes) {
      const commands = Object.keys(await node.info()).filter((field) => field.startsWith("cmdstat_"));
      expect(commands).toContain("cmdstat_scan");
      expect(commands.filter((field) => /^cmdstat_(keys|debug)\b/.test(field))).toEqual([]);
    }
  });
}

/** Every key with the node it was scanned on. */
async function scanAll(
  connection: KeyValueConnection,
  database: number,
  match?: string,
): Promise<{ readonly node: KeyValueNode; readonly key: string }[]> {
  const found: { readonly node: KeyValueNode; readonly key: string }[] = [];
  for (const node of connection.nodes) {
    let cursor = "0";
    do {
      const step = await node.scan(database, { cursor, count: 20, ...(match === undefined ? {} : { match }) });
      found.push(...step.keys.map((key) => ({ node, key })));
      cursor = step.cursor;
    } while (cursor !== "0");
  }
  return found;
}

function byNode(found: readonly { readonly node: KeyValueNode; readonly key: string }[]): Map<KeyValueNode, string[]> {
  const groups = new Map<KeyValueNode, string[]>();
  for (const { node, key } of found) groups.set(node, [...(groups.get(node) ?? []), key]);
  return groups;
}
