import type { Json } from "../../domain/json.ts";
import type { LimitOwner } from "../../domain/kernel-oom/join-container.ts";
import type { KernelKill } from "../../domain/kernel-oom/types.ts";

/** A kill of the kernel's log as evidence keeps it. Pure. */
export function describeKill(kill: KernelKill, limitOwner: LimitOwner): Json {
  const { process, pid, anonRssBytes, constraint, limitBytes, time, killer, oomCgroup } = kill;
  return {
    atMs: time === null ? undefined : Date.parse(time),
    process: process ?? "a process that the log does not name",
    pid: pid ?? undefined,
    anonRssBytes: anonRssBytes ?? undefined,
    constraint,
    limitBytes: limitBytes ?? undefined,
    limitOwner,
    limitCgroup: limitOwner === "above" ? (oomCgroup ?? undefined) : undefined,
    killer,
  };
}
