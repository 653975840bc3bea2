import { OomphError } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";
import { joinContainer } from "../../domain/kernel-oom/join-container.ts";
import type { Clock } from "../../ports/clock.ts";
import type { KernelLog } from "../../ports/kernel-log.ts";
import { describeKill } from "../cluster/describe-kill.ts";
import type { ContainerSession } from "./session.ts";

const MAX_KILLS = 50;

export type KernelDeps = { readonly clock: Clock; readonly kernelLogOf: (connection: string) => KernelLog | undefined };

/** Kills in the kernel's log within the time that is looked at: those of this container, and how many others the host's want of memory cost. */
export async function collectKernel({ target, id, backMs }: ContainerSession, { clock, kernelLogOf }: KernelDeps): Promise<Json> {
  const log = kernelLogOf(target.connection);
  if (log === undefined) return { kind: "not-configured" };
  const sinceMs = clock.nowMs() - backMs;
  const read = await log.recentKills(sinceMs);
  if (read.kind === "unavailable") throw new OomphError("refused", `expected the kernel's log of this host: ${read.because}`);
  // One asked for by hand says nothing about memory.
  const kills = read.kills.filter(({ manualSysrq }) => !manualSysrq);
  const joined = kills.map((kill) => ({ kill, joined: joinContainer(kill, { containerId: id }) }));
  const own = joined.flatMap(({ kill, joined: found }) => (found === undefined ? [] : [describeKill(kill, found.limitOwner)]));
  return {
    sinceMs: read.onlySinceMs ?? sinceMs,
    kills: own.slice(-MAX_KILLS),
    otherGlobalKills: joined.filter(({ kill, joined: found }) => found === undefined && kill.constraint === "global").length,
  };
}
