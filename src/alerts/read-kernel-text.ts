import type { AboutMemory } from "../domain/alert.ts";
import { hostsIn, killsIn } from "./kills-in.ts";
import { sourceOf, type Said } from "./said.ts";

/** Lines of a kernel, or of a daemon that kills before the kernel has to, forwarded by anyone in any frame. */
export function readKernelText(said: Said): AboutMemory | undefined {
  const kills = killsIn(said.asWritten);
  if (kills === undefined || kills.length === 0) return undefined;
  return {
    kind: "about-memory",
    problem: "container-memory",
    source: sourceOf(said),
    names: [],
    status: "firing", // a kill is not undone
    kills,
    hosts: hostsIn(said.asWritten),
  };
}
