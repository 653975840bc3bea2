/** Oomph as it is shipped: the compiled process with a configuration file, started beside real servers and a local Slack. */
import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import type { LabSlack } from "./slack/index.ts";

export type OomphLabOptions = {
  readonly slack: LabSlack;
  readonly queueUrl: string;
  /** `redis.connections` of oomph.yaml. */
  readonly connections: Readonly<Record<string, unknown>>;
  /** `access` of oomph.yaml; ids, not names. */
  readonly access: Readonly<Record<string, unknown>>;
  /** Absent: HTTP. */
  readonly transport?: "http" | "socket";
  /** Absent: a SQLite file in the process's own folder. */
  readonly databaseUrl?: string;
  /** Kept when a process is started again after a crash. */
  readonly directory?: string;
  /** Other sections of oomph.yaml. */
  readonly sections?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** False: returns when it answers /healthz, ready or not. */
  readonly waitUntilReady?: boolean;
};

export type OomphLab = {
  readonly url: string;
  readonly eventsUrl: string;
  readonly directory: string;
  readonly configPath: string;
  readonly logPath: string;
  readonly pid: number;
  readonly process: ChildProcess;
  /** All that it has logged. */
  log(): Promise<string>;
  /** SIGTERM, and the exit code. The folder goes, unless it was given. */
  stop(): Promise<number | null>;
  /** SIGKILL; the folder stays. */
  kill(): Promise<void>;
};

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const START_WITHIN_MS = 240_000;
const TRIES = 3;

/** Starts a program as `npm start` and the image do; Oomph itself when none is named. The shell becomes the program. */
export const SERVICE = join(ROOT, "bin/oomph-service");
/** For `SERVICE`: the Node that runs this is the one that it finds. */
export const SERVICE_PATH = `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`;

const running = new Set<ChildProcess>();
// A test that is ended in the middle leaves none behind.
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** A port that somebody took between being found free and being listened on is tried again with another. */
export async function startOomph(options: OomphLabOptions): Promise<OomphLab> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "oomph-")));
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startIn(directory, options);
    } catch (error) {
      const taken = error instanceof Error && error.message.includes("EADDRINUSE");
      if (!taken || attempt === TRIES) throw error;
    }
  }
}

async function startIn(directory: string, options: OomphLabOptions): Promise<OomphLab> {
  const port = await freePort();
  const configPath = join(directory, "oomph.yaml");
  const logPath = join(directory, "oomph.log");
  await writeFile(configPath, stringify(document(options, { port, directory })));
  const child = spawn("sh", [SERVICE], {
    cwd: directory,
    env: { PATH: SERVICE_PATH, OOMPH_CONFIG: configPath, ...environment(options) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  const log = createWriteStream(logPath, { flags: "a" });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const url = `http://127.0.0.1:${port}`;
  const lab: OomphLab = {
    url,
    eventsUrl: `${url}/slack/events`,
    directory,
    configPath,
    logPath,
    pid: child.pid ?? 0,
    process: child,
    log: () => readFile(logPath, "utf8"),
    async stop() {
      const code = await end(child, "SIGTERM");
      log.end();
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
      return code;
    },
    async kill() {
      await end(child, "SIGKILL");
      log.end();
    },
  };
  await answering(lab, options.waitUntilReady === false ? "/healthz" : "/readyz");
  return lab;
}

function document(options: OomphLabOptions, { port, directory }: { readonly port: number; readonly directory: string }): unknown {
  const { slack } = options;
  const { slack: moreSlack = {}, redis: moreRedis = {}, ...sections } = options.sections ?? {};
  const slackSection = {
    mode: options.transport ?? "http",
    alertChannels: [slack.channels["alerts"]],
    incidentChannel: slack.channels["incidents"],
    apiUrl: slack.apiUrl,
  };
  return {
    http: { host: "127.0.0.1", port },
    ...(options.databaseUrl === undefined ? { store: { path: join(directory, "oomph.sqlite") } } : {}),
    access: options.access,
    ...sections,
    slack: { ...slackSection, ...moreSlack },
    // Looks that nobody asked for would come between what is tested and measured: who wants them says so.
    redis: { connections: options.connections, lookAtStart: false, ...moreRedis },
  };
}

function environment({ slack, queueUrl, databaseUrl, transport }: OomphLabOptions): Record<string, string> {
  return {
    SLACK_BOT_TOKEN: slack.botToken,
    ...(transport === "socket" ? { SLACK_APP_TOKEN: slack.appToken } : { SLACK_SIGNING_SECRET: slack.signingSecret }),
    REDIS_URL: queueUrl,
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  };
}

async function answering(lab: OomphLab, path: string): Promise<void> {
  const deadline = Date.now() + START_WITHIN_MS;
  while (Date.now() < deadline) {
    if (lab.process.exitCode !== null) break;
    const response = await fetch(`${lab.url}${path}`).catch(() => undefined);
    if (response?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  await end(lab.process, "SIGKILL");
  throw new Error(`Expected Oomph to answer ${path} within ${START_WITHIN_MS / 1000} s. Its log:\n${await lab.log()}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }
  return child.exitCode;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
