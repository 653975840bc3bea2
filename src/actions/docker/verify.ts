import { formatBytes } from "../../domain/bytes.ts";
import { formatCount } from "../../domain/count.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Plan, Verification } from "../../domain/plan.ts";
import { PRESSURE_SETTINGS } from "../../domain/trend/pressure.ts";
import type { RunFacts } from "../action.ts";
import { percent } from "../words.ts";
import { hostOf } from "./container-session.ts";
import type { DockerActionDeps } from "./deps.ts";
import type { Vitals } from "./stored/schema.ts";
import { withCountedSince } from "./kills-since.ts";
import { fullShare, limitOf, readVitals, usedShare } from "./vitals.ts";
import type { Effect, Row } from "../effect.ts";
import { steadyRow, watchUntilSteady, type Watched } from "../watch-until-steady.ts";

export type VerifyOptions = {
  readonly plan: Plan;
  readonly run: RunFacts;
  readonly before: Vitals;
  /** Id of the container that counts now. */
  readonly id: string;
  readonly effect: (now: Vitals) => Promise<Effect> | Effect;
  /** `up`: that it runs and is well is enough, for what goes back to how it was. */
  readonly goal?: "calm" | "up";
};

type Seen = Watched<Vitals>;

// As the watch has it: from here on a container is called critical.
const CRITICAL_SHARE = PRESSURE_SETTINGS.criticalAt;
const ALIKE_WITHIN = { bytes: 4 * 2 ** 20, share: 0.03 };

/** Did it help? Reads until memory and health are steady, then compares with before the act. */
export async function verifyContainer(deps: DockerActionDeps, options: VerifyOptions): Promise<Verification> {
  const { plan, run, id, before, effect, goal = "calm" } = options;
  const { host, target } = hostOf(deps, plan.target);
  let first: Vitals | undefined;
  const watched = await watchUntilSteady(deps, {
    async read() {
      const now = await readVitals(deps, { host, target, id, sinceMs: run.begunAtMs });
      first ??= now;
      return withCountedSince(first, now);
    },
    sizeBytes: ({ usageBytes }) => usageBytes,
    alikeWithin: ALIKE_WITHIN,
  });
  const seen = await effect(watched.last);
  const judged = illness(watched, seen) ?? (goal === "up" ? { helped: true, says: seen.says } : judge(before, watched, seen));
  // Where the effect tells of the workers, how many processes there are says the same again.
  const tellsWorkers = seen.rows.some(({ what }) => what === "Workers");
  const rows = [...seen.rows, ...vitalRows(before, watched).filter(({ what }) => what !== "Processes" || !tellsWorkers)];
  const troubles = rows.filter(({ ok }) => !ok).map(({ what }) => what);
  if (goal !== "up" || !judged.helped || troubles.length === 0) return { ...judged, rows };
  return { ...judged, says: `${judged.says} It is still in trouble: ${troubles.join(", ")}.`, troubled: true, rows };
}

type Judgement = Pick<Verification, "helped" | "says">;

/** Not in effect, not up or not well: then nothing else counts. */
function illness({ last }: Seen, effect: Effect): Judgement | undefined {
  if (!effect.inEffect) return { helped: false, says: `${effect.says} ${effect.elseTry}` };
  if (last.state !== "running") return didNot(effect, `But it is ${last.state} (exit code ${last.exitCode}).`);
  if (last.health?.ok !== false) return undefined;
  const still = last.health.pending ? "is still" : "says";
  return didNot(effect, `But it is not well: ${last.health.where} ${still} ${last.health.says}.`);
}

function judge(before: Vitals, watched: Seen, effect: Effect): Judgement {
  const { last } = watched;
  if (last.kills > 0) return didNot(effect, `It did not help: the kernel killed in it again, ${times(last.kills)} since${bySource(last)}.`);
  if (isFull(last))
    return didNot(
      effect,
      `It did not help: it uses ${percent(usedShare(last) ?? 1)} of its limit${besideSwap(last)}${watched.steady ? "" : ", and that is still moving"}.`,
    );
  if (lineCount(last) > 0) return didNot(effect, `It did not help: its log still says ${patterns(last)}.`);
  const wasBad = isInTrouble(before) ? "" : " It was not in trouble before, and is not now.";
  return {
    helped: true,
    says: `${effect.says} ${uses(last)}, ${isKillsKnown(last) ? "no kill since" : "whether anything was killed since is not known"}.${wasBad}${outlook(watched)}`,
  };
}

function didNot(effect: Effect, because: string): Judgement {
  return { helped: false, says: `${effect.says} ${because} ${effect.elseTry}` };
}

/** Was it stopped, ill, killed or nearly full? */
export function isInTrouble(vitals: Vitals): boolean {
  const { state, health, kills, oomKilled } = vitals;
  return state !== "running" || health?.ok === false || kills > 0 || oomKilled || isFull(vitals) || lineCount(vitals) > 0;
}

/** So near to its limit that a kill is: with swap left nothing is killed, it is only slow. */
function isFull(vitals: Vitals): boolean {
  return vitals.limitBytes !== undefined && (fullShare(vitals) ?? 0) >= CRITICAL_SHARE;
}

/** The rows of the seed's table that every act has: usage, limit, CPU, kills, log, restarts, health. */
function vitalRows(before: Vitals, watched: Seen): readonly Row[] {
  const { last } = watched;
  const rows: Row[] = [
    { what: "State", before: before.state, after: last.state, ok: last.state === "running" },
    {
      what: "Memory",
      before: used(before),
      after: used(last),
      ok: last.limitBytes === undefined || (last.usageBytes !== undefined && !isFull(last)),
    },
    { what: "Limit", before: limitInWords(before), after: limitInWords(last), ok: true },
    steadyRow(watched),
    { what: "CPU", before: cpu(before), after: cpu(last), ok: true },
    {
      what: "OOM kills",
      before: isKillsKnown(before) ? `${formatCount(before.kills)} in ${formatDuration(before.killsWithinMs)}` : "not known",
      after: isKillsKnown(last) ? `${formatCount(last.kills)} since${bySource(last)}` : "not known: nobody tells of them",
      ok: last.kills === 0,
    },
    {
      what: "Restarts by Docker",
      before: formatCount(before.restartCount),
      after: formatCount(last.restartCount),
      ok: last.restartCount <= before.restartCount,
    },
  ];
  if (last.workers !== undefined || before.workers !== undefined)
    rows.unshift({ what: "Processes", before: processes(before), after: processes(last), ok: true });
  if (before.lines !== undefined && last.lines !== undefined)
    rows.push({
      what: "Memory errors in the log",
      before: `${formatCount(lineCount(before))} in ${formatDuration(before.linesWithinMs)}`,
      after: `${formatCount(lineCount(last))} since`,
      ok: lineCount(last) === 0,
    });
  if (last.health !== undefined)
    rows.push({ what: last.health.where, before: before.health?.says ?? "not read", after: last.health.says, ok: last.health.ok });
  return rows;
}

function outlook({ steady, last, spanMs }: Seen): string {
  if (steady || last.usageBytes === undefined) return "";
  return ` Memory is still moving after ${formatDuration(spanMs)}: look again in a while.`;
}

/** `8 workers and 1 master of nginx`. */
export function processes({ workers }: Vitals): string {
  if (workers === undefined) return "no workers";
  const masters = workers.masters === 0 ? "" : ` and ${workers.masters === 1 ? "1 master" : `${workers.masters} masters`}`;
  return `${workers.workers === 1 ? "1 worker" : `${workers.workers} workers`}${masters} of ${workers.server}`;
}

function isKillsKnown({ killsBy }: Vitals): boolean {
  return killsBy.length > 0;
}

/** `, by the kernel's own count`: who says how many kills there were. */
function bySource({ killsBy }: Vitals): string {
  return killsBy.length === 0 ? "" : `, by ${killsBy.map((source) => SOURCES[source]).join(", ")}`;
}

const SOURCES: Readonly<Record<Vitals["killsBy"][number], string>> = {
  kernel: "the kernel's own count",
  watch: "what the watch heard",
  events: "Docker's events",
  mark: "Docker's mark OOMKilled",
};

function besideSwap({ swap }: Vitals): string {
  return swap === undefined ? "" : `, and ${formatBytes(swap.usedBytes)} of ${formatBytes(swap.limitBytes)} of swap`;
}

function uses(vitals: Vitals): string {
  return `It uses ${used(vitals)}`;
}

function used(vitals: Vitals): string {
  const share = usedShare(vitals);
  if (vitals.usageBytes === undefined || share === undefined) return "nothing, not running";
  return `${formatBytes(vitals.usageBytes)}, ${percent(share)} of ${vitals.limitBytes === undefined ? "the host's memory" : "the limit"}${besideSwap(vitals)}`;
}

function limitInWords(vitals: Vitals): string {
  return vitals.limitBytes === undefined ? `none (host: ${formatBytes(vitals.hostBytes)})` : formatBytes(limitOf(vitals));
}

function cpu({ cpuCores }: Vitals): string {
  return cpuCores === undefined ? "-" : `${Math.round(cpuCores * 100)}% of a core`;
}

function lineCount({ lines }: Vitals): number {
  return (lines ?? []).reduce((sum, { count }) => sum + count, 0);
}

function patterns({ lines }: Vitals): string {
  return (lines ?? []).map(({ name, count }) => `"${name}" (${times(count)})`).join(", ");
}

function times(count: number): string {
  return count === 1 ? "once" : `${formatCount(count)} times`;
}
