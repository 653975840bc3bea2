import { formatBytes, typedBytes } from "../../domain/bytes.ts";
import type { Json } from "../../domain/json.ts";
import { OomphError } from "../../domain/errors.ts";
import type { Observation, Plan, Planned } from "../../domain/plan.ts";
import { formatTarget, type Target } from "../../domain/target.ts";
import type { Action, RunHandle } from "../action.ts";
import { percent } from "../words.ts";
import { readBefore, readScope } from "../stored-schema.ts";
import { hostOf, lookAtApproved, planOn, refused, type ContainerSession } from "./container-session.ts";
import type { DockerActionDeps } from "./deps.ts";
import { lastingFix } from "./lasting-fix.ts";
import { asGoodAsNone, hostWarnings, memoryInWords, newLimit, swapInWords, type NewLimit } from "./memory-limits.ts";
import { MemoryParams, readParams } from "./schema.ts";
import { Before, MemoryScope, type Vitals } from "./stored/schema.ts";
import { verifyContainer } from "./verify.ts";
import type { Effect } from "../effect.ts";
import { readVitals } from "./vitals.ts";

const DOC = {
  id: "docker.set-memory-limit",
  title: "Set memory limit",
  risk: "change",
  targetKind: "docker",
  params: [
    { name: "limit", says: "4g, a number of bytes, or +50% on top of the present limit", required: true },
    { name: "forceBelow", says: "yes must be said for a limit below what is in use now", required: false },
  ],
} as const satisfies Partial<Action>;

/** How far back the plan looks for kills and for lines of the log. */
export const LOOK_BACK_MS = 15 * 60_000;

/** docker update: memory, and swap with it, of a container as it runs. The way back is the same action with the old limit. */
export function setMemoryLimit(deps: DockerActionDeps): Action {
  return {
    ...DOC,
    plan: (target, params) => planLimit(deps, target, params),
    apply: (plan, run) => applyLimit(deps, plan, run),
    observe: (plan) => observeLimit(deps, plan),
    verify(plan, run) {
      const { id, to } = readScope(MemoryScope, plan);
      const { vitals: before } = readBefore(Before, plan);
      return verifyContainer(deps, { plan, run, before, id, effect: (now) => effectOf(now, to.memoryBytes) });
    },
    wayBack: limitBack,
    afterwards: (plan) => lastingFix(deps, plan, { set: {}, unset: [], limitBytes: readScope(MemoryScope, plan).to.memoryBytes }),
  };
}

async function planLimit(deps: DockerActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(MemoryParams, DOC, given);
  if (read.kind === "refused") return read;
  const { limit, forceBelow } = read.params;
  return planOn(deps, target, async (session) => {
    const sized = newLimit(session, limit);
    if (sized.kind === "refused") return sized;
    if (sized.same)
      return refused(`the limit of ${formatTarget(target)} is ${memoryInWords(sized.to)} already: there is nothing to change.`);
    const { host, facts, acts } = session;
    await acts.checkRights(["update"]);
    const sinceMs = deps.clock.nowMs() - LOOK_BACK_MS;
    const vitals = await readVitals(deps, { host, target: session.target, id: facts.id, sinceMs });
    const usageBytes = vitals.usageBytes ?? 0;
    if (usageBytes > sized.to.memoryBytes && !forceBelow) {
      return refused(
        `${formatTarget(target)} uses ${formatBytes(usageBytes)} now, more than ${formatBytes(sized.to.memoryBytes)}: the kernel would have to push memory out, and may kill. If that is meant, add --force-below yes.`,
      );
    }
    return { kind: "planned", plan: describe(session, sized, { vitals, forceBelow }) };
  });
}

type Limit = Extract<NewLimit, { kind: "limit" }>;

function describe(
  session: ContainerSession,
  { from, to }: Limit,
  { vitals, forceBelow }: { readonly vitals: Vitals; readonly forceBelow: boolean },
): Plan {
  const { target, facts, hostFacts, definition } = session;
  const runs = facts.state === "running" || facts.state === "paused";
  const backTo =
    from.memoryBytes === 0 ? `the host's ${formatBytes(hostFacts.memoryBytes)}, which is as good as none` : formatBytes(from.memoryBytes);
  return {
    actionId: DOC.id,
    target,
    risk: DOC.risk,
    summary: `Set the memory limit of ${formatTarget(target)} to ${memoryInWords(to)} (now ${memoryInWords(from)})${runs ? ", while it runs" : ""}`,
    changes: [
      { what: "Memory limit", before: memoryInWords(from), after: memoryInWords(to) },
      { what: "Swap beside it", before: swapInWords(from), after: swapInWords(to) },
      { what: "Memory in use", before: shareOf(vitals, from.memoryBytes), after: shareOf(vitals, to.memoryBytes) },
    ],
    blastRadius: [`Whatever else runs on ${hostFacts.hostname} shares its ${formatBytes(hostFacts.memoryBytes)}`],
    warnings: [
      ...(runs ? [] : [`It does not run (${facts.state}): the limit counts from its next start, which docker.restart brings about.`]),
      ...(to.memoryBytes > from.memoryBytes && from.memoryBytes > 0
        ? ["It only buys time if memory keeps growing: what fills this limit fills the new one too."]
        : []),
      ...((vitals.usageBytes ?? 0) > to.memoryBytes
        ? ["More than the new limit is in use: the kernel pushes memory out at once, and kills where it cannot."]
        : []),
      ...hostWarnings(session, to),
      lasting(definition.labels),
    ],
    wayBack: `Sets the limit back to ${backTo}. That is refused while more than that is in use.`,
    params: { limit: typedBytes(to.memoryBytes), ...(forceBelow ? { forceBelow } : {}) },
    scope: { id: facts.id, from, to },
    before: { vitals },
  };
}

/** How long a change that only the container knows of lasts. */
export function lasting(labels: Readonly<Record<string, string>>): string {
  const file = labels["com.docker.compose.project.config_files"];
  if (file === undefined) return "It lasts over restarts, until the container is made anew: change the command or file that makes it, too.";
  return `It lasts until Compose makes the container anew: change ${file} too.`;
}

async function applyLimit(deps: DockerActionDeps, plan: Plan, run: RunHandle): Promise<void> {
  const { id, from, to } = readScope(MemoryScope, plan);
  const { acts, definition } = await lookAtApproved(deps, plan, id);
  const now = definition.memory;
  if (now.memoryBytes !== from.memoryBytes && now.memoryBytes !== to.memoryBytes) {
    const says = `Nothing was done: the limit is ${memoryInWords(now)} by now, which is not what was approved. Ask again for a new plan.`;
    throw new OomphError("conflict", says);
  }
  run.signal.throwIfAborted();
  await acts.setMemory(id, to);
}

async function observeLimit(deps: DockerActionDeps, plan: Plan): Promise<Observation> {
  const { id, from, to } = readScope(MemoryScope, plan);
  const { memory } = await hostOf(deps, plan.target).acts.definition(id);
  const says = `the limit is ${memoryInWords(memory)}`;
  if (memory.memoryBytes === to.memoryBytes) return { kind: "done", says };
  return memory.memoryBytes === from.memoryBytes
    ? { kind: "not-done", says }
    : { kind: "unknown", says: `${says}, neither as before nor as approved` };
}

function effectOf(now: Vitals, wantedBytes: number): Effect {
  const inEffect = (now.limitBytes ?? 0) === wantedBytes;
  const is = now.limitBytes === undefined ? "none" : formatBytes(now.limitBytes);
  return {
    inEffect,
    says: inEffect ? `The limit is ${is}.` : `The limit is ${is}, not ${formatBytes(wantedBytes)}: somebody has changed it again.`,
    rows: [],
    elseTry: "Investigate again: what takes the memory, and whether it still grows.",
  };
}

function limitBack(plan: Plan): ReturnType<Action["wayBack"]> {
  const { from } = readScope(MemoryScope, plan);
  const { vitals } = readBefore(Before, plan);
  return { actionId: DOC.id, params: { limit: typedBytes(from.memoryBytes === 0 ? asGoodAsNone(vitals.hostBytes) : from.memoryBytes) } };
}

function shareOf({ usageBytes }: Vitals, limitBytes: number): string {
  if (usageBytes === undefined) return "not running";
  return limitBytes === 0
    ? `${formatBytes(usageBytes)}, no limit`
    : `${formatBytes(usageBytes)}, ${percent(usageBytes / limitBytes)} of the limit`;
}
