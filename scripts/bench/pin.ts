import { spawnSync } from "node:child_process";
import { cpus } from "node:os";

/**
 * Keeps this process and its later children on the last core: what measures, a busy local Slack among it, must not look
 * like a slow acknowledgement. False where that cannot be had (one core, or no `taskset`).
 */
export function stepAside(): boolean {
  const last = cpus().length - 1;
  return last > 0 && spawnSync("taskset", ["-a", "-c", "-p", String(last), String(process.pid)], { stdio: "ignore" }).status === 0;
}
