import { spawnSync } from "node:child_process";
import { cpus } from "node:os";

/**
 * Gives what is measured a core of its own, and what measures it the others: a local Slack that is busy with an answer must
 * not look like a slow acknowledgement. False where that cannot be had (one core, or no `taskset`).
 */
export function keepApart(measured: readonly number[]): boolean {
  const last = cpus().length - 1;
  if (last < 1) return false;
  const pinned = [...measured.map((pid) => pin(pid, "0")), pin(process.pid, `1-${last}`)];
  return pinned.every(Boolean);
}

function pin(pid: number, cores: string): boolean {
  return spawnSync("taskset", ["-a", "-c", "-p", cores, String(pid)], { stdio: "ignore" }).status === 0;
}
