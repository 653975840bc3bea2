import { dashed } from "../domain/dashed.ts";
import type { Advice } from "../domain/finding.ts";
import { shellWord } from "./shell-word.ts";

/** `redis.set-eviction-policy --policy allkeys-lru: ...`, as `/oom run` takes it; with a target as a whole command. */
export function adviceLine({ actionId, params, why }: Advice, target?: string): string {
  const given = Object.entries(params).map(([name, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return ` --${dashed(name)} ${target === undefined ? text : shellWord(text)}`;
  });
  const what = target === undefined ? actionId : `oomph run ${actionId} ${shellWord(target)}`;
  return `${what}${given.join("")}: ${why}`;
}
