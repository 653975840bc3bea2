import { Redis } from "ioredis";
import { issueCertificate, makeAuthority } from "./certificates.ts";
import { noteRealSystem } from "./real-systems.ts";
import { redisVersion, startProcess } from "./redis-process.ts";

/** A real redis-server of one's own, empty, on loopback. */
export type RedisLab = {
  /** With the password of the default user, if there is one. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  readonly version: string;
  /** Where its files are. */
  readonly directory: string;
  /** As the default user, for setting the scene. */
  readonly client: Redis;
  /** PEM of the CA, when it speaks TLS. */
  readonly ca?: string;
  stop(): Promise<void>;
  /** Ends it as a crash would; `stop` is still due. */
  kill(): Promise<void>;
  /** Kills it and starts it again on the same port and files. */
  restart(): Promise<void>;
};

export type RedisLabOptions = {
  /** As in redis.conf: `16mb`. */
  readonly maxmemory?: string;
  readonly policy?: string;
  /** Of the default user. */
  readonly password?: string;
  /** As in redis.conf, without the word `user`: `oomph on >secret ~* +@read`. */
  readonly users?: readonly string[];
  /** TLS only, with a certificate for 127.0.0.1 and localhost of a CA of its own; true, or these PEM texts. */
  readonly tls?: boolean;
  readonly replicaOf?: { readonly host: string; readonly port: number; readonly password?: string };
  /** More lines of redis.conf. */
  readonly lines?: readonly string[];
  /** False: started without a config file. */
  readonly configFile?: boolean;
  /** Arguments of the command line. */
  readonly args?: readonly string[];
  readonly port?: number;
  /** True: returns while it still loads its data set. */
  readonly whileLoading?: boolean;
};

export async function startRedis(options: RedisLabOptions = {}): Promise<RedisLab> {
  const version = redisVersion();
  const authority = options.tls === true ? makeAuthority() : undefined;
  const server = authority === undefined ? undefined : issueCertificate(authority, ["127.0.0.1", "localhost"]);
  const started = await startProcess({
    lines: (port, directory) => configLines(options, port, directory),
    upWhen: options.whileLoading === true ? /Server initialized|Ready to accept connections/ : /Ready to accept connections/,
    ...(options.args === undefined ? {} : { args: options.args }),
    ...(options.configFile === undefined ? {} : { configFile: options.configFile }),
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(authority === undefined || server === undefined
      ? {}
      : { files: { "ca.crt": authority.cert, "redis.crt": server.cert, "redis.key": server.key } }),
  });
  noteRealSystem("redis", version);
  const host = "127.0.0.1";
  const client = setupClient({
    host,
    port: started.port,
    ...(options.password === undefined ? {} : { password: options.password }),
    ...(authority === undefined ? {} : { ca: authority.cert }),
  });
  const secret = options.password === undefined ? "" : `:${encodeURIComponent(options.password)}@`;
  return {
    url: `${authority === undefined ? "redis" : "rediss"}://${secret}${host}:${started.port}`,
    host,
    port: started.port,
    get pid() {
      return started.pid;
    },
    version,
    directory: started.directory,
    client,
    ...(authority === undefined ? {} : { ca: authority.cert }),
    kill: () => started.kill(),
    restart: () => started.restart(),
    async stop() {
      client.disconnect();
      await started.stop();
    },
  };
}

function setupClient({
  host,
  port,
  password,
  ca,
}: {
  readonly host: string;
  readonly port: number;
  readonly password?: string;
  readonly ca?: string;
}): Redis {
  const client = new Redis({
    host,
    port,
    lazyConnect: true,
    disableClientInfo: true,
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { tls: { ca } }),
  });
  client.on("error", () => undefined); // servers are stopped and killed under it on purpose
  return client;
}

function configLines(options: RedisLabOptions, port: number, directory: string): readonly string[] {
  const { maxmemory, policy, password, users = [], replicaOf } = options;
  const tls = [
    `port 0`,
    `tls-port ${port}`,
    `tls-cert-file ${directory}/redis.crt`,
    `tls-key-file ${directory}/redis.key`,
    `tls-ca-cert-file ${directory}/ca.crt`,
    "tls-auth-clients no",
  ];
  return [
    "bind 127.0.0.1",
    `dir ${directory}`,
    'save ""',
    "appendonly no",
    "repl-diskless-sync-delay 0",
    ...(options.tls === true ? tls : [`port ${port}`]),
    ...(maxmemory === undefined ? [] : [`maxmemory ${maxmemory}`]),
    ...(policy === undefined ? [] : [`maxmemory-policy ${policy}`]),
    ...(password === undefined ? [] : [`requirepass ${password}`, `masterauth ${password}`]),
    ...users.map((user) => `user ${user}`),
    ...(replicaOf === undefined
      ? []
      : [
          `replicaof ${replicaOf.host} ${replicaOf.port}`,
          ...(replicaOf.password === undefined ? [] : [`masterauth ${replicaOf.password}`]),
        ]),
    ...(options.lines ?? []),
  ];
}
