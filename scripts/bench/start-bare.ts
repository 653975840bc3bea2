/** Starts one of the bare apps as Oomph itself is started. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { SERVICE, SERVICE_PATH } from "../lab/oomph.ts";

export type BareApp = { readonly url: string; readonly eventsUrl: string; readonly process: ChildProcess; stop(): Promise<void> };

/** `script`: a file of this folder that prints its port. */
export async function startBare(script: string, args: readonly string[]): Promise<BareApp> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn("sh", [SERVICE, "--import", "tsx", path, ...args], {
    env: { ...process.env, PATH: SERVICE_PATH },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const { port } = JSON.parse(line) as { readonly port: number };
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    eventsUrl: `${url}/slack/events`,
    process: child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}
