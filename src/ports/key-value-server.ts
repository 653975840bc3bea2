/**
 * A Redis (or Valkey, KeyDB) that is looked at and acted on; never the one that Oomph's own queue runs on, which has no
 * port for this. Methods throw OomphError: `unreachable`, `timed-out`, `wrong-credentials`, `no-rights` (NOPERM, naming
 * the command and what to grant), `loading`, `read-only` (a replica), `out-of-memory`, `bad-input`, `refused`.
 * KEYS and DEBUG are never sent. A key's name is text in which a backslash is written `\\`, and bytes that are not
 * readable UTF-8 are written `\xHH`: what was scanned is exactly what is acted on.
 */
export type KeyValueServers = {
  /**
   * Every server behind a name: one for a plain server, the current master behind Sentinel, each master of a Cluster.
   * The caller closes what it opened.
   */
  open(name: string): Promise<KeyValueConnection>;
  /** Names of the configured connections, in the order of the configuration. */
  names(): readonly string[];
  /** Facts from the configuration that the server itself cannot know. */
  settings(name: string): ConnectionSettings | undefined;
};

export type ConnectionSettings = {
  /** Other names that alerts use for it: hosts, services. The URL's own host is among them. */
  readonly aliases: readonly string[];
  /** Memory limit of the container or host that it runs in. */
  readonly memoryLimitBytes?: number;
  /** Checked before and after an act. */
  readonly healthUrl?: string;
  /** Database that the connection's URL names; else 0. */
  readonly database: number;
};

export type KeyValueConnection = {
  readonly name: string;
  readonly topology: "single" | "sentinel" | "cluster";
  /** Those that answered when it was opened; never empty. */
  readonly nodes: readonly KeyValueNode[];
  /** Masters of a Cluster that did not, each with a sentence that says why. Empty for the other topologies. */
  readonly missing: readonly { readonly address: string; readonly because: string }[];
  /** Of the container that it runs in, as its cluster tells. Absent: not in a cluster, or not told. */
  readonly containerLimitBytes?: number;
  close(): Promise<void>;
};

export type KeyValueNode = {
  /** `10.0.0.5:6379`; never with user or password. */
  readonly address: string;
  /** INFO of all sections, field → text as the server wrote it, section names dropped. Empty where a section is missing. */
  info(): Promise<Readonly<Record<string, string>>>;
  /** CONFIG GET with these exact parameters; those that the server does not know are absent. */
  config(names: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** MEMORY STATS: top-level numbers, with nested `db.N` as `db.N.overhead.hashtable.main` and so on. */
  memoryStats(): Promise<Readonly<Record<string, number>>>;
  clients(): Promise<readonly ClientReading[]>;
  /** Tries a write that could leave nothing behind even if Oomph died in the middle (SET ... XX on a name that no key has). */
  probeWrite(database: number): Promise<WriteProbe>;
  dbSize(database: number): Promise<number>;
  /** One SCAN step, small enough not to be felt. `cursor` "0" begins, and ends when it comes back. */
  scan(database: number, options: ScanOptions): Promise<{ readonly cursor: string; readonly keys: readonly string[] }>;
  /** Type, TTL, size and idle time, without touching the keys' LRU clocks. Keys that are gone are left out. */
  describeKeys(database: number, keys: readonly string[], options: { readonly withSize: boolean }): Promise<readonly KeyReading[]>;
  /** How many of these exist, without touching them. */
  countExisting(database: number, keys: readonly string[]): Promise<number>;
  /** How many of these expire exactly at `atMs` (PEXPIRETIME, Redis 7 or newer; else throws `bad-input`). */
  countExpiringAt(database: number, keys: readonly string[], atMs: number): Promise<number>;
  /** The server's own clock (TIME), in milliseconds since 1970. */
  time(): Promise<number>;

  /**
   * From now on only this server process (`run_id`) is spoken to: whatever would reach another one, because the server was
   * restarted, failed over or moved behind its name, throws `conflict` before it is sent. Call it before an act.
   */
  pinTo(runId: string): void;

  /** FLUSHDB ASYNC. */
  flushDatabase(database: number): Promise<void>;
  /** UNLINK; returns how many went. */
  unlink(database: number, keys: readonly string[]): Promise<number>;
  /** PEXPIREAT, only where the key has no TTL and still exists; returns how many got one. */
  expireAt(database: number, keys: readonly string[], atMs: number): Promise<number>;
  /** PERSIST, only where the key expires exactly at `atMs`; returns how many lost their TTL. Redis 7 or newer. */
  persistWhereExpiresAt(database: number, keys: readonly string[], atMs: number): Promise<number>;
  /** CLIENT KILL ID; false: no such client is connected (any more). */
  killClient(id: string): Promise<boolean>;
  /** CONFIG SET. */
  setConfig(name: string, value: string): Promise<void>;
  /** CONFIG REWRITE; `bad-input` when the server runs without a config file. */
  rewriteConfig(): Promise<void>;
};

export type ScanOptions = { readonly cursor: string; readonly count: number; readonly match?: string };

export type ClientReading = {
  readonly id: string;
  readonly address: string;
  readonly name: string;
  readonly user: string;
  readonly command: string;
  readonly ageSeconds: number;
  readonly idleSeconds: number;
  /** omem. */
  readonly outputBufferBytes: number;
  /** qbuf. */
  readonly queryBufferBytes: number;
  /** tot-mem, 0 before Redis 6.2. */
  readonly totalBytes: number;
  /** `N`, `M`, `S`, `P`, `O`, as the server writes them. */
  readonly flags: string;
};

export type WriteProbe =
  | { readonly kind: "accepted" }
  | { readonly kind: "refused-oom"; readonly error: string }
  | { readonly kind: "refused-read-only"; readonly error: string }
  /** MISCONF: the last snapshot failed and stop-writes-on-bgsave-error is on. */
  | { readonly kind: "refused-misconf"; readonly error: string }
  /** NOREPLICAS. */
  | { readonly kind: "refused-no-replicas"; readonly error: string }
  | { readonly kind: "no-rights"; readonly error: string };

export type KeyReading = {
  readonly key: string;
  readonly type: string;
  /** Undefined: it never expires. */
  readonly ttlMs?: number;
  /** MEMORY USAGE; undefined when not asked for or not permitted. */
  readonly sizeBytes?: number;
  /** Undefined under an LFU policy. */
  readonly idleSeconds?: number;
};
