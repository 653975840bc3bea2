import { dashed } from "../domain/dashed.ts";
import type { Advice } from "../domain/finding.ts";

/** `redis.set-eviction-policy --policy allkeys-lru: ...`, as `/oom run` takes it. */
export function adviceLine({ actionId, params, why }: Advice): string {
  const given = Object.entries(params).map(
    ([name, value]) => ` --${dashed(name)} ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return `${actionId}${given.join("")}: ${why}`;
}
