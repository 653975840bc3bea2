import type { ActionDoc, Planned } from "../domain/plan.ts";
import type { Json } from "../domain/json.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import type { Planner } from "../ports/planner.ts";
import type { Action } from "./action.ts";
import type { DockerActionDeps } from "./docker/deps.ts";
import { proposeChange } from "./docker/propose-change.ts";
import { removePrevious } from "./docker/remove-previous.ts";
import { restart } from "./docker/restart.ts";
import { rollback } from "./docker/rollback.ts";
import { setEnvironment } from "./docker/set-environment.ts";
import { setMemoryLimit } from "./docker/set-memory-limit.ts";
import { tuneKong } from "./docker/tune-kong.ts";
import { tuneWorkers } from "./docker/tune-workers.ts";
import { annotateIngress } from "./kubernetes/annotate-ingress.ts";
import { deletePod } from "./kubernetes/delete-pod.ts";
import type { KubernetesActionDeps } from "./kubernetes/deps.ts";
import { rolloutRestart } from "./kubernetes/rollout-restart.ts";
import { rolloutUndo } from "./kubernetes/rollout-undo.ts";
import { scale } from "./kubernetes/scale.ts";
import { setEnvironment as setWorkloadEnvironment } from "./kubernetes/set-environment.ts";
import { setMemory } from "./kubernetes/set-memory.ts";
import type { RedisActionDeps } from "./redis/deps.ts";
import { expireKeys } from "./redis/expire-keys.ts";
import { flushDb } from "./redis/flush-db.ts";
import { killSlowClients } from "./redis/kill-slow-clients.ts";
import { persistKeys } from "./redis/persist-keys.ts";
import { setEvictionPolicy } from "./redis/set-eviction-policy.ts";
import { setMaxmemory } from "./redis/set-maxmemory.ts";
import { unlinkKeys } from "./redis/unlink-keys.ts";

/** Everything that Oomph can do to a Redis, the mildest first. */
export function redisActions(deps: RedisActionDeps): readonly Action[] {
  return [
    expireKeys(deps),
    persistKeys(deps),
    setEvictionPolicy(deps),
    setMaxmemory(deps),
    killSlowClients(deps),
    unlinkKeys(deps),
    flushDb(deps),
  ];
}

/** Everything that Oomph can do to a container, the mildest first. */
export function dockerActions(deps: DockerActionDeps): readonly Action[] {
  return [
    setMemoryLimit(deps),
    restart(deps),
    tuneKong(deps),
    tuneWorkers(deps),
    setEnvironment(deps),
    rollback(deps),
    removePrevious(deps),
    proposeChange(deps),
  ];
}

/** Everything that Oomph can do to a workload of Kubernetes', the mildest first. */
export function kubernetesActions(deps: KubernetesActionDeps): readonly Action[] {
  return [
    annotateIngress(deps),
    scale(deps),
    setMemory(deps),
    setWorkloadEnvironment(deps),
    deletePod(deps),
    rolloutRestart(deps),
    rolloutUndo(deps),
  ];
}

/** Planning by an action's id. */
export function createPlanner(actions: readonly Action[]): Planner {
  return {
    actions: actions.map(docOf),
    async plan(actionId: string, target: Target, params: Readonly<Record<string, Json>>): Promise<Planned> {
      const action = actions.find(({ id }) => id === actionId);
      if (action === undefined) {
        return { kind: "refused", because: `there is no action "${actionId}". Expected one of ${actions.map(({ id }) => id).join(", ")}.` };
      }
      if (action.targetKind !== target.kind) {
        const fitting = actions.filter(({ targetKind }) => targetKind === target.kind).map(({ id }) => id);
        return {
          kind: "refused",
          because: `${actionId} is for ${action.targetKind} targets, got ${formatTarget(target)}. For that there is ${fitting.join(", ")}.`,
        };
      }
      return action.plan(target, params);
    },
    lacks: async (actionId, target) => actions.find(({ id }) => id === actionId)?.lacks?.(target),
  };
}

function docOf({ id, title, risk, targetKind, params }: Action): ActionDoc {
  return { id, title, risk, targetKind, params };
}
