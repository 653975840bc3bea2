import type { MemoryReading } from "./memory.ts";
import { DEFAULT_CONNECTION, formatTarget, type ContainerTarget, type WorkloadTarget } from "./target.ts";

/** One reading as the first watch of all wrote it, for those who `jq` it. Sizes in MiB. */
export type ExportedReading = {
  readonly timestamp: string;
  readonly mem_current_mb: number;
  readonly mem_limit_mb?: number;
  readonly mem_percent?: number;
  readonly started_at?: string;
};

/**
 * `kong`, and `prod-eu:kong` on a host with another name than `local`: unique, since no name of either has a colon. A pod's
 * container as it is written: `deploy/shop/web/web-7c9-x2x4b/app`.
 */
export function exportKey(target: ContainerTarget | WorkloadTarget): string {
  if (target.kind === "workload") return formatTarget(target);
  const { connection, name } = target;
  return connection === DEFAULT_CONNECTION ? name : `${connection}:${name}`;
}

export function exportReading({ atMs, usageBytes, limitBytes, startedAtMs }: MemoryReading): ExportedReading {
  return {
    timestamp: new Date(atMs).toISOString(),
    mem_current_mb: mebibytes(usageBytes),
    ...(limitBytes === undefined ? {} : { mem_limit_mb: mebibytes(limitBytes), mem_percent: hundredths((100 * usageBytes) / limitBytes) }),
    ...(startedAtMs === undefined ? {} : { started_at: new Date(startedAtMs).toISOString() }),
  };
}

function mebibytes(bytes: number): number {
  return hundredths(bytes / 2 ** 20);
}

function hundredths(figure: number): number {
  return Math.round(figure * 100) / 100;
}
