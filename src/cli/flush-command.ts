import type { ExitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { describeRedisFlush, redisFlush, REDIS_FLUSH_DEFAULTS, REDIS_FLUSH_EXIT_CODES } from "./redis-flush.ts";

export type FlushOptions = {
  readonly url?: string;
  readonly db?: number;
  readonly maxKeys?: number;
  readonly allowHost?: readonly string[];
  readonly dryRun?: true;
  readonly json?: true;
};

/** `oomph redis flush`. */
export async function flushCommand({ url, db, maxKeys, allowHost, dryRun, json }: FlushOptions, io: Io): Promise<ExitCode> {
  const result = await redisFlush({
    url: url ?? REDIS_FLUSH_DEFAULTS.url,
    database: db,
    maxKeys: maxKeys ?? REDIS_FLUSH_DEFAULTS.maxKeys,
    allowedHosts: allowHost ?? [],
    dryRun: dryRun === true,
  });
  const code = REDIS_FLUSH_EXIT_CODES[result.kind];
  const line = `${describeRedisFlush(result)}\n`;
  if (json === true) io.out(`${JSON.stringify(result, null, 2)}\n`);
  else if (code === 0) io.out(line);
  if (code !== 0) io.err(`oomph: ${line}`);
  return code;
}
