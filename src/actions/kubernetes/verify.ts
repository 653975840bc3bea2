import { asClause } from "../../domain/clause.ts";
import { formatBytes } from "../../domain/bytes.ts";
import { counted, formatCount } from "../../domain/count.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Plan, Verification } from "../../domain/plan.ts";
import { PRESSURE_SETTINGS } from "../../domain/trend/pressure.ts";
import type { RunFacts } from "../action.ts";
import type { Effect, Row } from "../effect.ts";
import { steadyRow, watchUntilSteady, type Watched } from "../watch-until-steady.ts";
import { percent } from "../words.ts";
import type { KubernetesActionDeps } from "./deps.ts";
import { followRollout, type RolloutEnd } from "./follow-rollout.ts";
import { look, type WorkloadSession } from "./session.ts";
import type { Vitals } from "./stored/schema.ts";
import { readVitals, restartsSince, usedShare } from "./vitals.ts";

export type VerifyOptions = {
  readonly plan: Plan;
  readonly run: RunFacts;
  readonly before: Vitals;
  /** Is a rollout to be waited for? */
  readonly followed: boolean;
  readonly effect: (session: WorkloadSession) => Promise<Effect>;
};

type Seen = {
  readonly before: Vitals;
  readonly watched: Watched<Vitals>;
  readonly rollout: RolloutEnd | undefined;
  readonly restarts: number;
};

// As the watch has it: from here on a container is called critical.
const CRITICAL_SHARE = PRESSURE_SETTINGS.criticalAt;
const ALIKE_WITHIN = { bytes: 8 * 2 ** 20, share: 0.05 };

/** Did it help? Waits for the rollout, reads until memory and health are steady, then compares with before the act. */
export async function verifyWorkload(deps: KubernetesActionDeps, options: VerifyOptions): Promise<Verification> {
  const { plan, run, before, followed } = options;
  const rollout = followed ? await followRollout(deps, { target: plan.target }) : undefined;
  const watched = await watchUntilSteady(deps, {
    read: async () => readVitals(deps, await look(deps, plan.target), run.begunAtMs),
    sizeBytes: ({ totalBytes }) => totalBytes,
    alikeWithin: ALIKE_WITHIN,
  });
  const effect = await options.effect(await look(deps, plan.target));
  const seen = { before, watched, rollout, restarts: restartsSince(before, watched.last) };
  return { ...(illness(effect, seen) ?? judge(effect, seen)), rows: [...effect.rows, ...vitalRows(seen)] };
}

type Judgement = Pick<Verification, "helped" | "says">;

/** Not in effect, not complete or not well: then nothing else counts. */
function illness(effect: Effect, { rollout, watched }: Seen): Judgement | undefined {
  const { replicas, health, trouble } = watched.last;
  if (!effect.inEffect) return { helped: false, says: `${effect.says} ${effect.elseTry}` };
  if (rollout?.kind === "stuck") return didNot(effect, `But the rollout is stuck: ${asClause(rollout.says)}.`);
  if (replicas !== undefined && replicas.ready < replicas.wanted)
    return didNot(effect, `But ${notReady(replicas)}${trouble === undefined ? "" : `: ${asClause(trouble)}`}.`);
  if (health?.ok !== false) return undefined;
  return didNot(effect, `But it is not well: ${health.where} says ${health.says}.`);
}

function notReady({ ready, wanted }: { readonly ready: number; readonly wanted: number }): string {
  if (wanted === 1) return "its one replica is not ready";
  if (ready === 0) return `none of its ${wanted} replicas is ready`;
  return `only ${ready} of its ${wanted} replicas ${ready === 1 ? "is" : "are"} ready`;
}

function judge(effect: Effect, { watched, restarts }: Seen): Judgement {
  const { last, steady, spanMs } = watched;
  if (last.kills > 0) return didNot(effect, `It did not help: ${counted(last.kills, "container")} killed for want of memory since.`);
  if (restarts > 0) return didNot(effect, `It did not help: its containers were started anew ${formatCount(restarts)} times since.`);
  if (isFull(last)) return didNot(effect, `It did not help: ${used(last)}.`);
  const moving =
    steady || last.totalBytes === undefined ? "" : ` Memory is still moving after ${formatDuration(spanMs)}: look again in a while.`;
  return {
    helped: true,
    says: `${effect.says} ${last.totalBytes === undefined ? "How much memory it uses is not known" : `Now ${used(last)}`}, no kill since.${moving}`,
  };
}

function didNot(effect: Effect, because: string): Judgement {
  return { helped: false, says: `${effect.says} ${because} ${effect.elseTry}` };
}

function isFull(vitals: Vitals): boolean {
  return (usedShare(vitals) ?? 0) >= CRITICAL_SHARE;
}

function vitalRows({ before, watched, rollout, restarts }: Seen): readonly Row[] {
  const { last } = watched;
  const rows: Row[] = [
    ...usedRows(before, last),
    steadyRow(watched),
    {
      what: "OOM kills",
      before: `${formatCount(before.kills)} in ${formatDuration(before.killsWithinMs)}`,
      after: `${formatCount(last.kills)} since`,
      ok: last.kills === 0,
    },
    { what: "Restarts", before: formatCount(restartsOf(before)), after: `${formatCount(restarts)} since`, ok: restarts === 0 },
  ];
  const { replicas } = last;
  if (replicas !== undefined)
    rows.unshift({ what: "Replicas ready", before: ready(before), after: ready(last), ok: replicas.ready >= replicas.wanted });
  if (rollout !== undefined)
    rows.unshift({
      what: "Rollout",
      before: "-",
      after: rollout.kind === "complete" ? "complete" : rollout.says,
      ok: rollout.kind === "complete",
    });
  if (last.health !== undefined)
    rows.push({ what: last.health.where, before: before.health?.says ?? "not read", after: last.health.says, ok: last.health.ok });
  return rows;
}

/** What neither of both looks could read is no row. */
function usedRows(before: Vitals, last: Vitals): readonly Row[] {
  const isRead = [before, last].some(({ fullest, totalBytes }) => fullest !== undefined || totalBytes !== undefined);
  if (!isRead) return [];
  return [
    { what: "Fullest container", before: used(before), after: used(last), ok: !isFull(last) },
    { what: "Memory of all pods", before: total(before), after: total(last), ok: true },
  ];
}

/** `app of web-1 uses 60.0 MiB, 94% of its limit`. */
export function used(vitals: Vitals): string {
  const { fullest, gap } = vitals;
  if (fullest === undefined) return gap === undefined ? "nothing runs" : "not known";
  const share = usedShare(vitals);
  return `${fullest.container} of ${fullest.pod} uses ${formatBytes(fullest.usedBytes)}, ${share === undefined ? "without a limit" : `${percent(share)} of its limit`}`;
}

function total({ totalBytes, pods }: Vitals): string {
  return totalBytes === undefined ? "not known" : `${formatBytes(totalBytes)} in ${counted(pods, "pod")}`;
}

function ready({ replicas }: Vitals): string {
  return replicas === undefined ? "-" : `${replicas.ready} of ${replicas.wanted}`;
}

function restartsOf({ restarts }: Vitals): number {
  return Object.values(restarts).reduce((sum, count) => sum + count, 0);
}
