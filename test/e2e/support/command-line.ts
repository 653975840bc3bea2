import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { seen, type Scene } from "./scene.ts";

/** The `oomph` command as it is shipped, in a process of its own, with the configuration that Oomph runs with. */
export type CommandLine = {
  readonly process: ChildProcess;
  out(): string;
  err(): string;
  /** Its exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Waits until it has said so, on either. */
  says(what: RegExp): Promise<void>;
};

const WITHIN_MS = 120_000;
const MAIN = fileURLToPath(new URL("../../../dist/cli.js", import.meta.url));

export function startCommand(scene: Scene, args: readonly string[], env: Readonly<Record<string, string>> = {}): CommandLine {
  const { slack, queue, directory } = scene;
  let [out, err] = ["", ""];
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: directory,
    env: {
      PATH: process.env["PATH"],
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_SIGNING_SECRET: slack.signingSecret,
      REDIS_URL: queue.url,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => void (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => void (err += text));
  scene.atEnd(async () => void child.kill("SIGKILL"));
  return {
    process: child,
    out: () => out,
    err: () => err,
    ended: new Promise((resolve) => child.once("close", (code, signal) => resolve(code ?? signal ?? "gone"))),
    async says(what) {
      await seen(`the command to say ${String(what)}`, () => what.test(out + err) || undefined, WITHIN_MS).catch(() => {
        throw new Error(`Expected it to say ${String(what)}, got:\n${out}\n${err}`);
      });
    },
  };
}

/** The same, waited for. */
export async function runCommand(scene: Scene, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const command = startCommand(scene, args, env);
  const code = await command.ended;
  return { code, out: command.out(), err: command.err() };
}
