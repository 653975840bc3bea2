import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A redis-server that was started here. Its directory goes when it stops. */
export type RedisProcess = {
  readonly port: number;
  readonly pid: number;
  readonly directory: string;
  /** SIGKILL, for an orderly end takes longer and what it would keep goes with its directory. Twice is fine. */
  stop(): Promise<void>;
  /** SIGKILL: as if it had crashed. The directory stays until `stop`. */
  kill(): Promise<void>;
  /** Starts the killed server again on its port and directory. */
  restart(): Promise<void>;
};

export type ProcessOptions = {
  /** Lines of the config file for the port that was found free. */
  readonly lines: (port: number, directory: string) => readonly string[];
  readonly args?: readonly string[];
  /** False: the lines are given on the command line instead. */
  readonly configFile?: boolean;
  readonly port?: number;
  /** What it prints when it is up. */
  readonly upWhen: RegExp;
  /** Copied into its directory before it starts. */
  readonly files?: Readonly<Record<string, string>>;
};

const START_TIMEOUT_MS = 60_000;
const TRIES = 5;
const running = new Set<{ readonly child: ChildProcess; readonly directory: string }>();

process.on("exit", endAll);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    endAll();
    // Whoever else listens decides how this process ends; if nobody does, it ends as without us.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  });
}

// Another server than the one on PATH, to see Oomph with other versions and with those that came of Redis: a path.
const PROGRAM = process.env["OOMPH_TEST_REDIS_SERVER"] ?? "redis-server";
let version: string | undefined;

/** Version of the server that is started here: `7.0.15`, or, of those that came of Redis, `Valkey 8.1.1`. Throws when there is none. */
export function redisVersion(): string {
  version ??= readVersion();
  return version;
}

function readVersion(): string {
  try {
    const text = execFileSync(PROGRAM, ["--version"], { encoding: "utf8" });
    const [, name = "Redis", number = "unknown"] = /^(\w+) server v=(\S+)/.exec(text) ?? [];
    return name === "Redis" ? number : `${name} ${number}`;
  } catch (error) {
    const instead =
      PROGRAM === "redis-server"
        ? "on PATH, found none. Run: node scripts/setup.mjs (or: apt-get install redis-server)"
        : `as OOMPH_TEST_REDIS_SERVER says, ${PROGRAM} does not start`;
    throw new Error(`Expected a redis-server ${instead}.`, { cause: error });
  }
}

/** Starts a redis-server and waits until it is up. A port that somebody took meanwhile is tried again with another. */
export async function startProcess(options: ProcessOptions): Promise<RedisProcess> {
  for (let attempt = 1; ; attempt += 1) {
    const directory = mkdtempSync(join(tmpdir(), "oomph-redis-"));
    try {
      return await startIn(directory, options.port ?? (await freePort()), options);
    } catch (error) {
      rmSync(directory, { recursive: true, force: true });
      const taken = error instanceof Error && /Address already in use|bind:/i.test(error.message);
      if (!taken || options.port !== undefined || attempt === TRIES) throw error;
    }
  }
}

/** A port of loopback that nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === "object" ? resolve(address.port) : reject(new Error("Expected a port, got none.")),
      );
    });
  });
}

async function startIn(directory: string, port: number, options: ProcessOptions): Promise<RedisProcess> {
  for (const [name, content] of Object.entries(options.files ?? {})) writeFileSync(join(directory, name), content);
  const config = join(directory, "redis.conf");
  const lines = options.lines(port, directory);
  writeFileSync(config, `${lines.join("\n")}\n`);
  const given = options.configFile === false ? lines.flatMap(asArguments) : [config];
  const launch = (): Promise<ChildProcess> => launchServer([...given, ...(options.args ?? [])], directory, options.upWhen);

  let child = await launch();
  async function end(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }
  return {
    port,
    get pid() {
      return child.pid ?? 0;
    },
    directory,
    kill: end,
    async stop() {
      await end();
      rmSync(directory, { recursive: true, force: true, maxRetries: 10 }); // a child of it that was saving may still write
    },
    async restart() {
      await end();
      child = await launch();
    },
  };
}

function launchServer(args: readonly string[], directory: string, upWhen: RegExp): Promise<ChildProcess> {
  redisVersion(); // a clear error when it is missing
  const child = spawn(PROGRAM, args, { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
  const entry = { child, directory };
  running.add(entry);
  child.once("exit", () => running.delete(entry));
  return new Promise((resolve, reject) => {
    let output = "";
    const late = setTimeout(() => fail(`was not up within ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
    function fail(why: string): void {
      clearTimeout(late);
      child.kill("SIGKILL");
      reject(new Error(`redis-server ${why}. It said:\n${output.slice(-2000)}`));
    }
    const onOutput = (chunk: Buffer): void => {
      if (output.length < 100_000) output += chunk.toString();
      if (!upWhen.test(output)) return;
      clearTimeout(late);
      resolve(child);
    };
    child.stdout.on("data", onOutput);
    child.stderr.on("data", onOutput);
    child.once("exit", (code) => fail(`ended with ${code ?? "a signal"} before it was up`));
  });
}

/** `save ""` → `--save`, and an empty word. */
function asArguments(line: string): readonly string[] {
  const [name = "", ...values] = line.split(" ");
  return [`--${name}`, ...values.map((value) => (value === '""' ? "" : value))];
}

function endAll(): void {
  for (const { child, directory } of running) {
    child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  }
}
