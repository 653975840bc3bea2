import { isSqueezed, sizeChosen, type WorkerLoad, type WorkerServer } from "../../domain/sizing.ts";
import { codeOf } from "../../domain/errors.ts";
import { formatBytes, typedBytes } from "../../domain/bytes.ts";
import type { Plan } from "../../domain/plan.ts";
import type { MemorySize } from "../params-schema.ts";
import { percent } from "../words.ts";
import type { ContainerSession } from "./container-session.ts";
import type { DockerActionDeps } from "./deps.ts";
import { newLimit } from "./memory-limits.ts";
import type { Vitals } from "./stored/schema.ts";
import type { Row } from "../effect.ts";
import { countKills } from "./kills-since.ts";
import { usedShare } from "./vitals.ts";

const DAY_MS = 24 * 3_600_000;

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
  const sizing = sizeChosen(load, { workers, limitBytes });
  return {
    changes: [
      count,
      {
        what: "Memory that they take",
        before: formatBytes(vitals.usageBytes ?? 0),
        after: `about ${formatBytes(sizing.neededBytes)}: ${sizing.says.join("; ")}`,
      },
      { what: "Headroom", before: headroom(vitals.usageBytes ?? 0, vitals.limitBytes), after: headroom(sizing.neededBytes, limitBytes) },
    ],
    warnings: limitBytes === undefined ? [] : tightness(sizing, limitBytes, session.hostFacts.memoryBytes),
  };
}

function headroom(usedBytes: number, limitBytes: number | undefined): string {
  if (limitBytes === undefined) return "no limit";
  const free = Math.max(0, limitBytes - usedBytes);
  return `${formatBytes(free)} (${percent(free / limitBytes)}) free`;
}

/** That it does not fit, or hardly does, and with which limit it would: written as it can be asked for. */
function tightness(
  { neededBytes, fits, betterLimitBytes }: ReturnType<typeof sizeChosen>,
  limitBytes: number,
  hostBytes: number,
): readonly string[] {
  if (betterLimitBytes === undefined) return [];
  const instead =
    betterLimitBytes > hostBytes
      ? `the host has ${formatBytes(hostBytes)}, which is too little for more: take fewer workers`
      : `take fewer workers, or --limit ${typedBytes(betterLimitBytes)}, of which ${percent(1 - neededBytes / betterLimitBytes)} would stay free`;
  return [
    fits
      ? `Only ${percent(1 - neededBytes / limitBytes)} of the limit of ${formatBytes(limitBytes)} would stay free, which a busy hour takes: ${instead}.`
      : `${formatBytes(neededBytes)} does not fit under the limit of ${formatBytes(limitBytes)}: ${instead}.`,
  ];
}

/** The row of a verification: are there as many workers as were asked for? */
export function workersRow(wanted: number, before: Vitals, now: Vitals): Row {
  const count = (vitals: Vitals): string =>
    vitals.workers === undefined ? "none seen" : `${vitals.workers.workers} (and ${vitals.workers.masters} master)`;
  return { what: "Workers", before: count(before), after: count(now), ok: now.workers?.workers === wanted };
}

/** What one worker takes: what the container uses, by the share that each process has of it. */
async function measure(
  deps: DockerActionDeps,
  { host, target, facts, hostFacts }: ContainerSession,
  tuning: Tuning,
): Promise<WorkerLoad | undefined> {
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
    // Of the last day, as the report that advised it: what was killed this morning grows again to where it was.
    const untilMs = hostFacts.nowMs;
    const { kills } = await countKills(deps, { host, target, facts, sinceMs: untilMs - DAY_MS, untilMs });
    const squeezed = isSqueezed(usedShare(vitals) ?? 0, vitals.kills + kills > 0);
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
