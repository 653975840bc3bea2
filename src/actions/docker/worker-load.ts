import { sizeChosen, type WorkerLoad, type WorkerServer } from "../../domain/sizing.ts";
import { codeOf } from "../../domain/errors.ts";
import { formatBytes } from "../../domain/bytes.ts";
import type { Plan } from "../../domain/plan.ts";
import type { MemorySize } from "../params-schema.ts";
import { percent } from "../words.ts";
import type { ContainerSession } from "./container-session.ts";
import type { DockerActionDeps } from "./deps.ts";
import { newLimit } from "./memory-limits.ts";
import type { Vitals } from "./stored/schema.ts";
import type { Row } from "./verify.ts";
import { usedShare } from "./vitals.ts";

// From here on workers are measured smaller than they would be with room.
const SQUEEZED_SHARE = 0.85;

export type Tuning = {
  readonly server: WorkerServer;
  readonly workers: number;
  readonly limit: MemorySize | undefined;
  /** Of a cache that they share, on top of what is measured. */
  readonly cacheBytes: number;
  readonly vitals: Vitals;
};

/** The arithmetic of a number of workers under a limit, as rows and warnings of a plan. */
export async function arithmetic(
  deps: DockerActionDeps,
  session: ContainerSession,
  tuning: Tuning,
): Promise<{ readonly changes: Plan["changes"]; readonly warnings: readonly string[] }> {
  const { workers, limit, vitals } = tuning;
  const before = vitals.workers === undefined ? "not known" : String(vitals.workers.workers);
  const count = { what: "Workers", before, after: String(workers) };
  const load = await measure(deps, session, tuning);
  if (load === undefined) {
    const because =
      "What a worker takes could not be measured (it does not run, or its workers are not known): watch its memory after the change.";
    return { changes: [count], warnings: [because] };
  }
  const sized = limit === undefined ? undefined : newLimit(session, limit);
  const limitBytes = sized?.kind === "limit" ? sized.to.memoryBytes : vitals.limitBytes;
  const { neededBytes, says, fits } = sizeChosen(load, { workers, limitBytes });
  const left =
    limitBytes === undefined
      ? "no limit"
      : `${formatBytes(Math.max(0, limitBytes - neededBytes))} (${percent(Math.max(0, 1 - neededBytes / limitBytes))}) stays free`;
  return {
    changes: [
      count,
      {
        what: "Memory that they take",
        before: formatBytes(vitals.usageBytes ?? 0),
        after: `about ${formatBytes(neededBytes)}: ${says.join("; ")}`,
      },
      { what: "Headroom", before: "-", after: left },
    ],
    warnings: fits
      ? []
      : [
          `${formatBytes(neededBytes)} does not fit under the limit of ${formatBytes(limitBytes ?? 0)}: fewer workers, or a higher --limit.`,
        ],
  };
}

/** The row of a verification: are there as many workers as were asked for? */
export function workersRow(wanted: number, before: Vitals, now: Vitals): Row {
  const count = (vitals: Vitals): string =>
    vitals.workers === undefined ? "none seen" : `${vitals.workers.workers} (and ${vitals.workers.masters} master)`;
  return { what: "Workers", before: count(before), after: count(now), ok: now.workers?.workers === wanted };
}

/** What one worker takes: what the container uses, by the share that each process has of it. */
async function measure(deps: DockerActionDeps, { host, facts }: ContainerSession, tuning: Tuning): Promise<WorkerLoad | undefined> {
  const { server, cacheBytes, vitals } = tuning;
  if (vitals.usageBytes === undefined || vitals.workers === undefined) return undefined;
  try {
    const processes = await host.processes(facts.id);
    const roles = deps.classify(processes);
    const sizes = processes.map(({ rssBytes }) => rssBytes ?? 0);
    const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
    const ofWorkers = sizes.filter((_, at) => roles[at]?.role === "worker").reduce((sum, bytes) => sum + bytes, 0);
    if (ofWorkers === 0) return undefined;
    // RSS counts shared pages once for each process: only its proportions are taken, of what is really used.
    const usedByWorkers = vitals.usageBytes * (ofWorkers / total);
    const squeezed = (usedShare(vitals) ?? 0) >= SQUEEZED_SHARE || vitals.kills > 0;
    return {
      server,
      perWorkerBytes: usedByWorkers / vitals.workers.workers,
      baseBytes: vitals.usageBytes - usedByWorkers + cacheBytes,
      squeezed,
    };
  } catch (error) {
    if (codeOf(error) === "not-running" || codeOf(error) === "refused") return undefined;
    throw error;
  }
}
