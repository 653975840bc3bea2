import { formatBytes } from "../../domain/bytes.ts";
import { OomphError } from "../../domain/errors.ts";
import type { ContainerTarget } from "../../domain/target.ts";
import type { ContainerFacts, ContainerHost, ContainerHosts, ExecResult } from "../../ports/containers.ts";
import { MARK } from "./inside.ts";
import { askedBack, USUAL_BACK_MS } from "./look-back.ts";

/** An examined container while it is being looked at. */
export type ContainerSession = {
  readonly host: ContainerHost;
  readonly target: ContainerTarget;
  /** Of the container that bore the name when it was looked up: another one under the same name is not mixed in. */
  readonly id: string;
  /** Over how much time events, the kernel's log and readings are looked at. */
  readonly backMs: number;
  /** Somebody said how far back to look: the log is read from then on too, by the host's clock. Absent: its end, however old. */
  readonly askedSinceMs?: number;
  /** Runs a script for `sh` inside. Throws `refused` where the container has no room for it. */
  inside(script: string, args?: readonly string[]): Promise<string>;
};

const MAX_OUTPUT_BYTES = 512 * 1024;
// What is run inside is charged to the container: a shell at a limit that is reached gets something killed.
const ROOM_FOR_A_SHELL_BYTES = 8 * 2 ** 20;

/** Looks the container up. Throws `not-found` when there is none of that name, and whatever the connection throws. */
export async function openSession(
  hosts: ContainerHosts,
  target: ContainerTarget,
  { execTimeoutMs, askedBackMs }: { readonly execTimeoutMs: number; readonly askedBackMs: number | undefined },
): Promise<ContainerSession> {
  const host = hosts.host(target.connection);
  const facts = await host.inspect(target.name);
  const { id } = facts;
  let room: Promise<void> | undefined;
  return {
    host,
    target,
    id,
    ...(askedBackMs === undefined ? { backMs: USUAL_BACK_MS } : await lookBack(host, facts, askedBackMs)),
    async inside(script, args = []) {
      await (room ??= hasRoom(host, id));
      const result = await host.execute(id, ["sh", "-c", script, MARK, ...args], { timeoutMs: execTimeoutMs, maxBytes: MAX_OUTPUT_BYTES });
      if (result.exitCode !== 0) throw new OomphError("refused", notRun(result));
      return result.stdout;
    },
  };
}

async function lookBack(host: ContainerHost, facts: ContainerFacts, askedBackMs: number) {
  const { nowMs } = await host.facts();
  const backMs = askedBack(facts, askedBackMs, nowMs);
  return { backMs, askedSinceMs: nowMs - backMs };
}

/** Throws when a program started inside might be what brings the container to its limit. */
async function hasRoom(host: ContainerHost, id: string): Promise<void> {
  const { limitBytes, usageBytes } = await host.stats(id);
  const leftBytes = Math.max(0, limitBytes - usageBytes);
  if (leftBytes >= ROOM_FOR_A_SHELL_BYTES) return;
  throw new OomphError(
    "refused",
    `${formatBytes(leftBytes)} are left under the limit of ${formatBytes(limitBytes)}: a program started inside would be charged to it and could get something killed, so nobody went inside`,
  );
}

/** 126 and 127: there is no such program, or it may not be run. */
function notRun({ exitCode, stderr, stdout }: ExecResult): string {
  if (exitCode === 126 || exitCode === 127) return "the container has no shell, so nothing inside it could be read";
  const said = (stderr || stdout).trim().slice(0, 160);
  return `expected a script to run inside, it ended with code ${exitCode}${said === "" ? "" : ` (${said})`}`;
}
