import { formatBytes } from "../../domain/bytes.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Json } from "../../domain/json.ts";
import type { Observation, Plan, Planned } from "../../domain/plan.ts";
import { formatTarget, type Target } from "../../domain/target.ts";
import type { Dependent } from "../../ports/container-acts.ts";
import type { Action, RunHandle } from "../action.ts";
import { readBefore, readScope } from "../stored-schema.ts";
import { hostOf, lookAtApproved, planOn, refused, type ContainerSession } from "./container-session.ts";
import type { DockerActionDeps } from "./deps.ts";
import { readParams, RestartParams } from "./schema.ts";
import { LOOK_BACK_MS } from "./set-memory-limit.ts";
import { Before, RestartScope, type Vitals } from "./stored/schema.ts";
import { verifyContainer } from "./verify.ts";
import type { Effect } from "../effect.ts";
import { readVitals } from "./vitals.ts";

const DOC = {
  id: "docker.restart",
  title: "Restart container",
  risk: "disruptive",
  targetKind: "docker",
  params: [],
} as const satisfies Partial<Action>;

/** docker restart; a container that is stopped is started, and that is said. There is no way back, and none is needed. */
export function restart(deps: DockerActionDeps): Action {
  return {
    ...DOC,
    plan: (target, params) => planRestart(deps, target, params),
    apply: (plan, run) => applyRestart(deps, plan, run),
    observe: (plan) => observeRestart(deps, plan),
    verify(plan, run) {
      const { id } = readScope(RestartScope, plan);
      const { vitals: before } = readBefore(Before, plan);
      return verifyContainer(deps, { plan, run, before, id, effect: (now) => effectOf(before, now) });
    },
    wayBack: () => undefined,
  };
}

async function planRestart(deps: DockerActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(RestartParams, DOC, given);
  if (read.kind === "refused") return read;
  return planOn(deps, target, async (session) => {
    const { facts, host, acts } = session;
    const name = formatTarget(target);
    if (facts.state === "paused")
      return refused(`${name} is paused: unpause it (docker unpause ${facts.name}), or find out who paused it and why.`);
    if (facts.state === "removing" || facts.state === "dead") return refused(`${name} is ${facts.state}: it cannot be started again.`);
    await acts.checkRights([isUp(facts.state) ? "restart" : "start"]);
    const sinceMs = deps.clock.nowMs() - LOOK_BACK_MS;
    const vitals = await readVitals(deps, { host, target: session.target, id: facts.id, sinceMs });
    return { kind: "planned", plan: describe(session, vitals, await acts.dependents(facts.id)) };
  });
}

function describe({ target, facts, definition }: ContainerSession, vitals: Vitals, dependents: readonly Dependent[]): Plan {
  const runs = isUp(facts.state);
  const name = formatTarget(target);
  const ended = `exit code ${facts.exitCode}${facts.oomKilled ? ", out of memory" : ""}`;
  return {
    actionId: DOC.id,
    target,
    risk: DOC.risk,
    summary: runs ? `Restart ${name}` : `Start ${name}, which is stopped (${ended})`,
    changes: [
      { what: "State", before: facts.state, after: "running, started anew" },
      ...(vitals.usageBytes === undefined
        ? []
        : [{ what: "Memory in use", before: formatBytes(vitals.usageBytes), after: "what it needs at its start" }]),
    ],
    blastRadius: [
      ...(runs
        ? [`What it is doing now is cut off: it has ${formatDuration(definition.stopTimeoutMs)} to end by itself, then it is killed`]
        : []),
      ...dependents
        .filter(({ running }) => running && runs)
        .map(
          (one) =>
            `${one.name} shares its ${one.through}${one.through === "network" ? " and loses its own connections until it is restarted too" : ""}`,
        ),
    ],
    warnings: [
      "It only buys time: what filled the memory begins anew.",
      ...(definition.randomPorts.length > 0 ? [`Docker chooses the host's port anew for ${definition.randomPorts.join(", ")}.`] : []),
    ],
    wayBack: "None is needed: it is the same container.",
    params: {},
    scope: { id: facts.id, state: runs ? "running" : "stopped" },
    before: { vitals },
  };
}

async function applyRestart(deps: DockerActionDeps, plan: Plan, run: RunHandle): Promise<void> {
  const { id } = readScope(RestartScope, plan);
  const { acts, facts } = await lookAtApproved(deps, plan, id);
  run.signal.throwIfAborted();
  await (isUp(facts.state) ? acts.restart(id) : acts.start(id));
}

async function observeRestart(deps: DockerActionDeps, plan: Plan): Promise<Observation> {
  const { id } = readScope(RestartScope, plan);
  const { vitals } = readBefore(Before, plan);
  const facts = await hostOf(deps, plan.target).host.inspect(id);
  const says = `it is ${facts.state}${facts.startedAtMs === undefined ? "" : `, started at ${new Date(facts.startedAtMs).toISOString()}`}`;
  if (facts.startedAtMs !== undefined && facts.startedAtMs !== vitals.startedAtMs) return { kind: "done", says };
  // Between stop and start of a restart it is stopped, with the old start's time.
  return facts.state === vitals.state ? { kind: "not-done", says } : { kind: "unknown", says };
}

function effectOf(before: Vitals, now: Vitals): Effect {
  const inEffect = now.startedAtMs !== before.startedAtMs;
  return {
    inEffect,
    says: inEffect ? "It was started anew." : "It was not started anew.",
    rows: [],
    elseTry: "Investigate again, and look at its log.",
  };
}

function isUp(state: string): boolean {
  return state === "running" || state === "restarting";
}
