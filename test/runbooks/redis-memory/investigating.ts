import type { RedisLab } from "../../../scripts/lab/redis.ts";
import type { RedisConnectionSettings } from "../../../src/adapters/redis/settings.ts";
import { randomIds } from "../../../src/adapters/system/random-ids.ts";
import { systemClock } from "../../../src/adapters/system/system-clock.ts";
import { redisMemoryRunbook } from "../../../src/runbooks/redis-memory/index.ts";
import { runRunbook, type RunbookOutcome } from "../../../src/runbooks/run-runbook.ts";
import { serversFor, settingsFor } from "../../adapters/redis/lab.ts";

export type Done = Extract<RunbookOutcome, { kind: "done" }>;

/** Runs the whole runbook on a real server. */
export function investigate(
  lab: Pick<RedisLab, "host" | "port">,
  more: Partial<RedisConnectionSettings> & { readonly asked?: number } = {},
): Promise<Done> {
  const { asked, ...settings } = more;
  return investigateConnection(settingsFor({ kind: "single", host: lab.host, port: lab.port }, settings), asked);
}

export async function investigateConnection(settings: RedisConnectionSettings, asked?: number): Promise<Done> {
  const { servers } = serversFor(settings);
  const runbook = redisMemoryRunbook({ servers, clock: systemClock, censusBudgetMs: 1_000, growthIntervalMs: 500 });
  const target = { kind: "redis", name: settings.name, ...(asked === undefined ? {} : { database: asked }) } as const;
  const outcome = await runRunbook(runbook, target, { clock: systemClock, ids: randomIds });
  if (outcome.kind !== "done") throw new Error(`expected a diagnosis, got ${outcome.code}: ${outcome.because}`);
  return outcome;
}
