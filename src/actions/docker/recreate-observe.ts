import type { Observation, Plan } from "../../domain/plan.ts";
import type { RunFacts } from "../action.ts";
import { hostOf } from "./container-session.ts";
import type { DockerActionDeps } from "./deps.ts";
import { describePieces, findPieces, type Pieces } from "./recreate-names.ts";
import type { Vitals } from "./stored/schema.ts";

export type Question = {
  readonly plan: Plan;
  readonly run: RunFacts;
  /** Id of the container whose place was to be taken, and how it was before. */
  readonly id: string;
  readonly before: Vitals;
};

/** Was the container re-created? Told by the labels and names of what is there now. */
export async function observeRecreation(deps: DockerActionDeps, { plan, run, id, before }: Question): Promise<Observation> {
  const { host, target } = hostOf(deps, plan.target);
  const pieces = findPieces(await host.list(), { name: target.name, runId: run.id, previous: id });
  const { fresh, old } = pieces;
  if (fresh === undefined) return withoutNew(pieces, { name: target.name, before });
  if (fresh.name === target.name && (await host.inspect(fresh.id)).startedAtMs !== undefined)
    return {
      kind: "done",
      says: `${target.name} is the new container, the one before is ${old === undefined ? "gone" : `kept as ${old.name}`}`,
    };
  if (old?.name === target.name && old.state === "running") {
    return {
      kind: "partly",
      says: `the container runs as before; the new one (${fresh.name}) was made and not used. docker.rollback removes it`,
    };
  }
  return { kind: "partly", says: `${describePieces(pieces)}. docker.rollback brings the one from before back` };
}

function withoutNew({ old, named }: Pieces, { name, before }: { readonly name: string; readonly before: Vitals }): Observation {
  if (old === undefined) {
    return {
      kind: "unknown",
      says: named === undefined ? `no container is called ${name} any more` : `${name} is another container, which Oomph has not made`,
    };
  }
  const isAsBefore = old.name === name && (old.state === "running") === (before.state === "running");
  if (isAsBefore) return { kind: "not-done", says: "the container is the same as before" };
  return { kind: "partly", says: `${describePieces({ old })}. docker.rollback brings it back` };
}
