import { parseBytes } from "../../domain/bytes.ts";
import type { Json } from "../../domain/json.ts";
import type { Planned } from "../../domain/plan.ts";
import { formatTarget, type Target } from "../../domain/target.ts";
import type { Action } from "../action.ts";
import { readScope } from "../stored-schema.ts";
import { planOn, refused, type ContainerSession } from "./container-session.ts";
import type { DockerActionDeps } from "./deps.ts";
import { planRecreation } from "./recreate-plan.ts";
import { recreationOf } from "./recreation.ts";
import { KongParams, readParams } from "./schema.ts";
import { LOOK_BACK_MS } from "./set-memory-limit.ts";
import { RecreateScope } from "./stored/schema.ts";
import { readVitals } from "./vitals.ts";
import { arithmetic, workersRow } from "./worker-load.ts";

const DOC = {
  id: "docker.tune-kong",
  title: "Tune Kong",
  risk: "disruptive",
  targetKind: "docker",
  params: [
    { name: "workers", says: "how many worker processes, such as 8", required: true },
    { name: "limit", says: "another memory limit at the same time: 4g, bytes, or +50%", required: false },
    { name: "cache", says: "KONG_MEM_CACHE_SIZE, such as 256m; that also where the container sets none", required: false },
  ],
} as const satisfies Partial<Action>;

const WORKERS = ["KONG_NGINX_WORKER_PROCESSES", "KONG_NGINX_MAIN_WORKER_PROCESSES"] as const;
// What workers tell each other is applied within seconds, instead of each waiting for all: with it timeouts of the event bus end.
const EVENT_BUS = { KONG_WORKER_CONSISTENCY: "eventual", KONG_WORKER_STATE_UPDATE_FREQUENCY: "5" };
const CACHE = "KONG_MEM_CACHE_SIZE";
const USUAL_CACHE = "256m";
// What Kong takes when nothing is set.
const BUILT_IN_CACHE_BYTES = 128 * 2 ** 20;

/** Kong's runbook in one change: number of workers, event bus, cache and limit, with the arithmetic shown. */
export function tuneKong(deps: DockerActionDeps): Action {
  const made = recreationOf(deps, (plan, before, now) => {
    const { set } = readScope(RecreateScope, plan);
    return [workersRow(Number(set[WORKERS[0]] ?? set[WORKERS[1]]), before, now)];
  });
  return { ...DOC, plan: (target, params) => planKong(deps, target, params), ...made };
}

async function planKong(deps: DockerActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(KongParams, DOC, given);
  if (read.kind === "refused") return read;
  const { workers, limit, cache } = read.params;
  return planOn(deps, target, async (session) => {
    const { definition, facts, host } = session;
    if (!isKong(session)) {
      return refused(
        `${formatTarget(target)} does not look like Kong: no variable of it begins with KONG_, and its image is ${definition.image}. For other servers there is docker.tune-workers.`,
      );
    }
    const sinceMs = deps.clock.nowMs() - LOOK_BACK_MS;
    const vitals = await readVitals(deps, { host, target: session.target, id: facts.id, sinceMs });
    const old = definition.environment[CACHE];
    const newCache = cache ?? old ?? USUAL_CACHE;
    const variable = WORKERS.find((name) => name in definition.environment) ?? WORKERS[0];
    // What the cache takes now is in what was measured: only what it may grow by comes on top.
    const cacheBytes = Math.max(0, (parseBytes(newCache) ?? 0) - (parseBytes(old ?? "") ?? BUILT_IN_CACHE_BYTES));
    const tuning = { server: "kong", workers, limit, cacheBytes, vitals } as const;
    return planRecreation(deps, session, {
      doc: DOC,
      set: { [variable]: String(workers), ...EVENT_BUS, [CACHE]: newCache },
      unset: [],
      limit,
      vitals,
      summary: `Tune ${formatTarget(target)}: ${workers} ${workers === 1 ? "worker" : "workers"}, eventual consistency, cache ${newCache}`,
      ...(await arithmetic(deps, session, tuning)),
      params: { workers, ...(cache === undefined ? {} : { cache }) },
    });
  });
}

function isKong({ definition }: ContainerSession): boolean {
  return (
    Object.keys(definition.environment).some((name) => name.startsWith("KONG_")) || /(^|\/)kong(-gateway)?([:@]|$)/.test(definition.image)
  );
}
