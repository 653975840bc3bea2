import type { Json } from "../../domain/json.ts";
import type { Planned } from "../../domain/plan.ts";
import { formatTarget, type Target } from "../../domain/target.ts";
import type { Action } from "../action.ts";
import { planOn } from "./container-session.ts";
import type { DockerActionDeps } from "./deps.ts";
import { planRecreation } from "./recreate-plan.ts";
import { recreationOf } from "./recreation.ts";
import { EnvironmentParams, readParams } from "./schema.ts";
import { LOOK_BACK_MS } from "./set-memory-limit.ts";
import { readVitals } from "./vitals.ts";

const DOC = {
  id: "docker.set-environment",
  title: "Set environment",
  risk: "disruptive",
  targetKind: "docker",
  params: [
    { name: "set", says: 'NAME=value, one per line, or {"NAME": "value"}', required: false },
    { name: "unset", says: "names of variables to take away", required: false },
    { name: "limit", says: "another memory limit at the same time: 4g, bytes, or +50%", required: false },
  ],
} as const satisfies Partial<Action>;

/** Another environment, by making the container anew with everything else unchanged. The old one is kept for the way back. */
export function setEnvironment(deps: DockerActionDeps): Action {
  return { ...DOC, plan: (target, params) => planEnvironment(deps, target, params), ...recreationOf(deps) };
}

async function planEnvironment(deps: DockerActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(EnvironmentParams, DOC, given);
  if (read.kind === "refused") return read;
  const { set, unset, limit } = read.params;
  return planOn(deps, target, async (session) => {
    const sinceMs = deps.clock.nowMs() - LOOK_BACK_MS;
    const vitals = await readVitals(deps, { host: session.host, target: session.target, id: session.facts.id, sinceMs });
    const names = [...Object.keys(set), ...unset.map((name) => `no ${name}`)];
    const summary = names.length === 0 ? `Make ${formatTarget(target)} anew` : `Set ${names.join(", ")} of ${formatTarget(target)}`;
    return planRecreation(deps, session, { doc: DOC, set, unset, limit, vitals, summary, params: { set: { ...set }, unset: [...unset] } });
  });
}
