/** Where Oomph keeps what outlives a process. A PostgreSQL url may hold a password: never log it. */
export type StoreSettings = SqliteSettings | PostgresSettings;

/** An embedded database in one file: for one replica. */
export type SqliteSettings = {
  readonly kind: "sqlite";
  /** The file, made when missing (mode 0600), its folder too (mode 0700). */
  readonly path: string;
  /** How long a write waits for another process's lock before it gives up. */
  readonly busyTimeoutMs: number;
};

/** A server: for any number of replicas. */
export type PostgresSettings = {
  readonly kind: "postgres";
  /** `postgres://user:password@host:5432/database?sslmode=verify-full&sslrootcert=/path/ca.pem` */
  readonly url: string;
  /** How long a write waits for another's lock before it gives up. */
  readonly busyTimeoutMs: number;
  /** Connections at the most, for this replica. */
  readonly poolSize: number;
  /** For a new connection, and for a free one when all are in use. */
  readonly connectTimeoutMs: number;
};
