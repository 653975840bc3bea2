import { formatBytes } from "../../domain/bytes.ts";
import type { Json } from "../../domain/json.ts";
import { OomphError } from "../../domain/errors.ts";
import type { Observation, Plan, Planned, Verification } from "../../domain/plan.ts";
import { formatTarget, type Target } from "../../domain/target.ts";
import type { ContainerSummary } from "../../ports/containers.ts";
import type { Action, RunHandle } from "../action.ts";
import { readScope } from "../stored-schema.ts";
import { hostOf, planOn, refused, shortId } from "./container-session.ts";
import type { DockerActionDeps } from "./deps.ts";
import { isCalledPrevious, LABELS } from "./recreate-names.ts";
import { readParams, RemovePreviousParams } from "./schema.ts";
import { RemoveScope } from "./stored/schema.ts";

const DOC = {
  id: "docker.remove-previous",
  title: "Remove old container",
  risk: "destructive",
  targetKind: "docker",
  params: [{ name: "previous", says: "id of the container that was kept; the one that the last change kept when absent", required: false }],
} as const satisfies Partial<Action>;

/** Removes the container that a re-creation kept for the way back. Its volumes stay: the new one has them. */
export function removePrevious(deps: DockerActionDeps): Action {
  return {
    ...DOC,
    plan: (target, params) => planRemoval(deps, target, params),
    apply: (plan, run) => applyRemoval(deps, plan, run),
    observe: (plan) => observeRemoval(deps, plan),
    verify: (plan) => verifyRemoval(deps, plan),
    wayBack: () => undefined,
  };
}

async function planRemoval(deps: DockerActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(RemovePreviousParams, DOC, given);
  if (read.kind === "refused") return read;
  return planOn(deps, target, async ({ target: container, host, acts, definition }) => {
    const name = formatTarget(container);
    const wanted = read.params.previous ?? definition.labels[LABELS.replaces];
    const old = wanted === undefined ? undefined : (await host.list()).find(({ id }) => id.startsWith(wanted));
    if (old === undefined || !isCalledPrevious(old, definition.name))
      return refused(`no container is kept from before a change of ${name}: there is nothing to remove.`);
    if (old.state === "running") return refused(`${old.name} runs: somebody has started it. Oomph removes only what is stopped.`);
    await acts.checkRights(["remove"]);
    const { bytes } = await acts.ownLayer(old.id);
    const plan: Plan = {
      actionId: DOC.id,
      target: container,
      risk: DOC.risk,
      summary: `Remove ${old.name}, which was kept from before a change of ${name}`,
      changes: [
        { what: old.name, before: `${shortId(old.id)}, ${old.state}`, after: "gone" },
        { what: "Disk", before: formatBytes(bytes), after: "freed; volumes and image stay" },
      ],
      blastRadius: [`${name} goes on as it is`],
      warnings: ["After this there is no way back to how the container was before the change."],
      wayBack: "None: what the old container has written outside its volumes, and its log, are gone.",
      params: { previous: old.id },
      scope: { previous: old.id },
      before: {},
    };
    return { kind: "planned", plan };
  });
}

async function applyRemoval(deps: DockerActionDeps, plan: Plan, run: RunHandle): Promise<void> {
  const old = await find(deps, plan);
  if (old === undefined) return;
  if (old.state === "running") throw new OomphError("conflict", `Nothing was done: ${old.name} runs by now.`);
  run.signal.throwIfAborted();
  await hostOf(deps, plan.target).acts.remove(old.id, "stopped");
}

async function observeRemoval(deps: DockerActionDeps, plan: Plan): Promise<Observation> {
  const old = await find(deps, plan);
  if (old === undefined) return { kind: "done", says: "the old container is gone" };
  return { kind: "not-done", says: `${old.name} is still there` };
}

async function verifyRemoval(deps: DockerActionDeps, plan: Plan): Promise<Verification> {
  const old = await find(deps, plan);
  const gone = old === undefined;
  const says = gone ? "The old container is gone, and its disk space is free." : `${old.name} is still there: look at the Docker host.`;
  return { helped: gone, says, rows: [{ what: "Old container", before: "kept", after: gone ? "gone" : "still there", ok: gone }] };
}

async function find(deps: DockerActionDeps, plan: Plan): Promise<ContainerSummary | undefined> {
  const { previous } = readScope(RemoveScope, plan);
  return (await hostOf(deps, plan.target).host.list()).find(({ id }) => id === previous);
}
