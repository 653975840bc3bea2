import { asClause } from "../../domain/clause.ts";
import { messageOf, OomphError } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";
import type { Observation, Plan, Planned } from "../../domain/plan.ts";
import { formatTarget, type Target } from "../../domain/target.ts";
import type { ContainerDefinition, HostActs } from "../../ports/container-acts.ts";
import type { ContainerSummary } from "../../ports/containers.ts";
import type { Action, RunHandle } from "../action.ts";
import { readBefore, readScope } from "../stored-schema.ts";
import { hostOf, notOurs, refused, shortId } from "./container-session.ts";
import type { DockerActionDeps } from "./deps.ts";
import { settle } from "./recreate.ts";
import { findPieces, namesFor, type Pieces } from "./recreate-names.ts";
import { readParams, RollbackParams } from "./schema.ts";
import { LOOK_BACK_MS } from "./set-memory-limit.ts";
import { RollbackBefore, RollbackScope, type Vitals } from "./stored/schema.ts";
import { verifyContainer } from "./verify.ts";
import { readVitals } from "./vitals.ts";

const DOC = {
  id: "docker.rollback",
  title: "Bring back old container",
  risk: "disruptive",
  targetKind: "docker",
  params: [
    { name: "run", says: "the run whose change is undone; the last one when absent", required: false },
    { name: "previous", says: "id of the container that was before; found by the new one's labels when absent", required: false },
  ],
} as const satisfies Partial<Action>;

/** Puts the container that a re-creation stopped and kept back in its place, from whatever state that was left in. */
export function rollback(deps: DockerActionDeps): Action {
  return {
    ...DOC,
    plan: (target, params) => planRollback(deps, target, params),
    apply: (plan, run) => applyRollback(deps, plan, run),
    observe: (plan) => observeRollback(deps, plan),
    verify(plan, run) {
      const { previous } = readScope(RollbackScope, plan);
      const { vitals: before } = readBefore(RollbackBefore, plan);
      const says = "The old container is back, as it was before the change.";
      const effect = () => ({ inEffect: true, says, rows: [], elseTry: "Look at its log, and investigate again." });
      return verifyContainer(deps, { plan, run, before, id: previous, effect, goal: "up" });
    },
    wayBack: () => undefined,
    repair: (plan) => ({ actionId: DOC.id, params: { previous: readScope(RollbackScope, plan).previous } }),
  };
}

async function planRollback(deps: DockerActionDeps, given: Target, params: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(RollbackParams, DOC, params);
  if (read.kind === "refused") return read;
  const { run, previous } = read.params;
  const { target, host, acts } = hostOf(deps, given);
  const name = formatTarget(target);
  const pieces = findPieces(await host.list(), { name: target.name, runId: run, previous });
  const { old } = pieces;
  if (old === undefined) {
    return refused(
      `there is no container from before a change of ${name} to go back to: it was removed, or Oomph has not made ${target.name} anew.`,
    );
  }
  const current = currentOf(pieces);
  const because = obstacle(target.name, pieces, current);
  if (because !== undefined) return refused(because);

  const [facts, definition, hostFacts] = await Promise.all([host.inspect(old.id), acts.definition(old.id), host.facts()]);
  const own = await notOurs(deps, { target, facts, definition, hostFacts });
  if (own !== undefined) return refused(own);
  await acts.checkRights(["stop", "update", "rename", "start", "remove"]);
  const policy = current === undefined ? definition.restartPolicy : (await acts.definition(current.id)).restartPolicy;
  const reading = { host, target, id: current?.id ?? old.id, sinceMs: deps.clock.nowMs() - LOOK_BACK_MS };
  const plan: Plan = {
    actionId: DOC.id,
    target,
    risk: DOC.risk,
    ...describe(definition, { old, current, name: target.name, shown: name }),
    params: { previous: old.id, ...(run === undefined ? {} : { run }) },
    scope: { previous: old.id, ...(current === undefined ? {} : { current: current.id }), state: `${old.name} ${current?.name ?? "-"}` },
    before: { vitals: await readVitals(deps, reading), restartPolicy: policy },
  };
  return { kind: "planned", plan };
}

/** The container that goes: what was made, or whatever of it has the name. */
function currentOf({ fresh, old, named }: Pieces): ContainerSummary | undefined {
  if (fresh !== undefined && fresh.id !== old?.id) return fresh;
  return named?.id === old?.id ? undefined : named;
}

function obstacle(name: string, { old, fresh, named }: Pieces, current: ContainerSummary | undefined): string | undefined {
  if (named !== undefined && named.id !== old?.id && named.id !== fresh?.id)
    return `${name} is another container by now (${shortId(named.id)}), which Oomph has not made for this change: somebody has put it there, and it is not Oomph's to take away.`;
  if (old?.name === name && old.state === "running" && current === undefined)
    return `the old container of ${name} is back already, and runs.`;
  return undefined;
}

type Described = {
  readonly old: ContainerSummary;
  readonly current: ContainerSummary | undefined;
  readonly name: string;
  readonly shown: string;
};

function describe(
  definition: ContainerDefinition,
  { old, current, name, shown }: Described,
): Pick<Plan, "summary" | "changes" | "blastRadius" | "warnings" | "wayBack"> {
  const serves = old.name === name && old.state === "running";
  return {
    summary: serves
      ? `Remove ${current?.name ?? "what"} that a broken-off change of ${shown} left`
      : `Bring back the container that ${shown} was before the change`,
    changes: [
      {
        what: name,
        before: current === undefined ? "-" : `${current.name} (${shortId(current.id)}, ${current.state})`,
        after: `${shortId(old.id)}, running`,
      },
      { what: "The new container", before: current?.state ?? "gone", after: "removed; its volumes stay" },
    ],
    blastRadius: serves
      ? ["None: the old container serves already"]
      : [
          "The service is down from the stop of the one to the start of the other",
          "Containers that share the network of the new one are cut off",
        ],
    warnings: [
      "What the new container has written outside its volumes, and its log, go with it.",
      ...(definition.randomPorts.length === 0 ? [] : [`Docker chooses the host's port anew for ${definition.randomPorts.join(", ")}.`]),
    ],
    wayBack: "Ask for the change again: it is made anew then.",
  };
}

async function applyRollback(deps: DockerActionDeps, plan: Plan, run: RunHandle): Promise<void> {
  const { previous, current } = readScope(RollbackScope, plan);
  const before = readBefore(RollbackBefore, plan);
  const { host, acts, target } = hostOf(deps, plan.target);
  const { undone } = namesFor(target.name, run.id);
  const oldName = (await acts.definition(previous)).name;
  run.signal.throwIfAborted();
  let stage = "the new container could not be stopped";
  try {
    if (current !== undefined) await acts.stop(current);
    stage = "the name could not be freed";
    if (current !== undefined && (await acts.definition(current)).name === target.name) await acts.rename(current, undone);
    stage = "the old container could not take its name back";
    if (oldName !== target.name) await acts.rename(previous, target.name);
    stage = "the old container could not be started";
    await acts.setRestartPolicy(previous, before.restartPolicy);
    await acts.start(previous);
    stage = "the old container did not stay up";
    await settle(deps, host, previous);
  } catch (error) {
    const former = before.vitals.state === "running" && current !== undefined;
    const after = former ? await standAside(acts, { previous, current, name: target.name, aside: oldName }) : "";
    throw new OomphError("refused", `${stage}: ${asClause(messageOf(error))}${after}`, { cause: error });
  }
  if (current !== undefined) await acts.remove(current, "running");
}

type Aside = { readonly previous: string; readonly current: string; readonly name: string; readonly aside: string };

/** The new container served and the old one does not: the new one goes on. */
async function standAside(acts: HostActs, { previous, current, name, aside }: Aside): Promise<string> {
  try {
    await acts.stop(previous);
    await acts.setRestartPolicy(previous, { name: "no", maximumRetryCount: 0 });
    if ((await acts.definition(previous)).name !== aside) await acts.rename(previous, aside);
    if ((await acts.definition(current)).name !== name) await acts.rename(current, name);
    await acts.start(current);
    return ". The new container serves again";
  } catch (error) {
    return `. Nor could the new container be started again (${asClause(messageOf(error))}): look at both`;
  }
}

async function observeRollback(deps: DockerActionDeps, plan: Plan): Promise<Observation> {
  const { previous, current } = readScope(RollbackScope, plan);
  const { host, target } = hostOf(deps, plan.target);
  const list = await host.list();
  const old = list.find(({ id }) => id === previous);
  const fresh = list.find(({ id }) => id === current);
  if (old === undefined) return { kind: "unknown", says: "the old container is not there any more" };
  if (old.name === target.name && old.state === "running" && fresh?.state !== "running") {
    return {
      kind: "done",
      says: `the old container is ${target.name} again and runs${fresh === undefined ? "" : `; the new one is left, stopped, as ${fresh.name}`}`,
    };
  }
  if (isUntouched(plan, { old, fresh })) return { kind: "not-done", says: "both containers are as they were" };
  return { kind: "partly", says: `the old container is called ${old.name} and is ${old.state}; ask for docker.rollback again` };
}

function isUntouched(
  plan: Plan,
  { old, fresh }: { readonly old: ContainerSummary; readonly fresh: ContainerSummary | undefined },
): boolean {
  const { state } = readScope(RollbackScope, plan);
  const before: Vitals = readBefore(RollbackBefore, plan).vitals;
  return (
    state === `${old.name} ${fresh?.name ?? "-"}` && (fresh === undefined || (fresh.state === "running") === (before.state === "running"))
  );
}
