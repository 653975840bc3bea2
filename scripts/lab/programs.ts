import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const run = promisify(execFile);
const TRIES = 5;

export type FoundProgram =
  | { readonly kind: "there"; readonly program: string; readonly version: string }
  | { readonly kind: "absent"; readonly because: string };

/** The first of these programs on PATH that tells its version as Prometheus and its kin do. `debian`: the package that has it. */
export async function findProgram(names: readonly string[], debian: string): Promise<FoundProgram> {
  for (const program of names) {
    const said = await run(program, ["--version"]).catch(() => undefined);
    const version = said === undefined ? undefined : /version (\S+?),? /.exec(`${said.stdout}${said.stderr}`)?.[1];
    if (version !== undefined) return { kind: "there", program, version };
  }
  return { kind: "absent", because: `${names[0] ?? ""} is not there (Debian, Ubuntu: apt-get install ${debian})` };
}

/** A server of a program that logs to stderr, on loopback. */
export type ServerLab = { readonly url: string; stop(): Promise<void> };

export type ServerOptions = {
  readonly program: string;
  readonly options: (port: number) => readonly string[];
  /** The line of its log that says that it can be asked. */
  readonly isReady: RegExp;
  /** After it has stopped, or when it could not be started. */
  readonly end: () => Promise<void>;
};

/** On a free port: one that another process takes meanwhile is tried again with another. */
export async function startServer(options: ServerOptions): Promise<ServerLab> {
  for (let attempt = 1; ; attempt += 1) {
    const started = await start(options, await freePort());
    if (started.kind === "up") return started;
    if (attempt < TRIES) continue;
    await options.end();
    throw new Error(`${options.program} did not start: ${started.said}`);
  }
}

async function start({ program, options, isReady, end: atEnd }: ServerOptions, port: number) {
  const child = spawn(program, options(port), { stdio: ["ignore", "ignore", "pipe"] });
  const end = (): boolean => child.kill("SIGKILL");
  process.once("exit", end);
  const ended = once(child, "exit");
  const said: string[] = [];
  const lines = createInterface({ input: child.stderr });
  const ready = new Promise<"ready">((resolve) => {
    lines.on("line", (line) => {
      said.push(line);
      if (isReady.test(line)) resolve("ready");
    });
  });
  if ((await Promise.race([ready, ended])) !== "ready") {
    process.off("exit", end);
    return { kind: "ended", said: said.slice(-3).join("; ") } as const;
  }
  return {
    kind: "up",
    url: `http://127.0.0.1:${port}`,
    async stop(): Promise<void> {
      process.off("exit", end);
      end();
      await ended;
      await atEnd();
    },
  } as const;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
