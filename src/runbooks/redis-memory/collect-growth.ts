import type { Json } from "../../domain/json.ts";
import type { Clock } from "../../ports/clock.ts";
import { keepKnown } from "./read-info.ts";
import { readEachNode, type RedisSession } from "./session.ts";

export type GrowthDeps = { readonly clock: Clock; readonly growthIntervalMs: number };

/** Two readings of INFO some time apart, so that growth is measured and not guessed. */
export function collectGrowth(session: RedisSession, { clock, growthIntervalMs }: GrowthDeps, signal: AbortSignal): Promise<Json> {
  return readEachNode(session, async (node) => {
    const beganAtMs = clock.nowMs();
    const first = keepKnown(await node.info());
    await clock.sleep(growthIntervalMs, signal);
    const second = keepKnown(await node.info());
    return { intervalMs: clock.nowMs() - beganAtMs, first, second };
  });
}
