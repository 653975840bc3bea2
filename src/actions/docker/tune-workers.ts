import type { Json } from "../../domain/json.ts";
import type { Planned } from "../../domain/plan.ts";
import type { WorkerServer } from "../../domain/sizing.ts";
import { formatTarget, type Target } from "../../domain/target.ts";
import type { Action } from "../action.ts";
import { planOn, type ContainerSession } from "./container-session.ts";
import type { DockerActionDeps } from "./deps.ts";
import { planRecreation } from "./recreate-plan.ts";
import { recreationOf } from "./recreation.ts";
import { readParams, WorkersParams } from "./schema.ts";
import { LOOK_BACK_MS } from "./set-memory-limit.ts";
import { readVitals } from "./vitals.ts";
import { arithmetic, workersRow } from "./worker-load.ts";

const DOC = {
  id: "docker.tune-workers",
  title: "Set number of workers",
  risk: "disruptive",
  targetKind: "docker",
  params: [
    { name: "workers", says: "how many worker processes, such as 4", required: true },
    { name: "limit", says: "another memory limit at the same time: 4g, bytes, or +50%", required: false },
  ],
} as const satisfies Partial<Action>;

type ByEnvironment = {
  /** Variables that hold the number; the first that the container has is changed. */
  readonly names: readonly string[];
  /** The one that the server reads by itself, without anything in its own configuration. */
  readonly native?: string;
};

const VARIABLES: Readonly<Partial<Record<WorkerServer, ByEnvironment>>> = {
  nginx: { names: ["NGINX_WORKER_PROCESSES"] },
  puma: { names: ["WEB_CONCURRENCY", "PUMA_WORKERS"], native: "WEB_CONCURRENCY" },
  unicorn: { names: ["UNICORN_WORKERS", "UNICORN_WORKER_PROCESSES", "WEB_CONCURRENCY"] },
  gunicorn: { names: ["GUNICORN_CMD_ARGS", "WEB_CONCURRENCY", "GUNICORN_WORKERS", "WEB_WORKERS"], native: "WEB_CONCURRENCY" },
  uwsgi: { names: ["UWSGI_PROCESSES", "UWSGI_WORKERS"], native: "UWSGI_PROCESSES" },
  "php-fpm": { names: ["PHP_FPM_PM_MAX_CHILDREN", "PM_MAX_CHILDREN"] },
  node: { names: ["WEB_CONCURRENCY"] },
  sidekiq: { names: ["SIDEKIQ_COUNT"] },
  celery: { names: ["CELERY_WORKER_CONCURRENCY", "CELERYD_CONCURRENCY"] },
};

const OPTION = /(^|\s)(--workers|-w|--processes|-p|--concurrency|-c|--instances|-i)([= ]?)(\d+|auto|max)\b/;

/** Another number of workers, by the variable that the server takes it from. */
export function tuneWorkers(deps: DockerActionDeps): Action {
  const made = recreationOf(deps, (plan, before, now) => [workersRow(Number(plan.params["workers"]), before, now)]);
  return { ...DOC, plan: (target, params) => planWorkers(deps, target, params), ...made };
}

async function planWorkers(deps: DockerActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(WorkersParams, DOC, given);
  if (read.kind === "refused") return read;
  const { workers, limit } = read.params;
  return planOn(deps, target, async (session) => {
    const { facts, host } = session;
    const sinceMs = deps.clock.nowMs() - LOOK_BACK_MS;
    const vitals = await readVitals(deps, { host, target: session.target, id: facts.id, sinceMs });
    const chosen = variableFor(session, vitals.workers?.server);
    if (chosen.kind === "refused") return chosen;
    const { server, name } = chosen;
    const value = valueFor(session.definition.environment[name], workers);
    return planRecreation(deps, session, {
      doc: DOC,
      set: { [name]: value },
      unset: [],
      limit,
      vitals,
      summary: `Run ${formatTarget(target)} with ${workers} ${workers === 1 ? "worker" : "workers"} of ${server}`,
      ...(await arithmetic(deps, session, { server, workers, limit, cacheBytes: 0, vitals })),
      params: { workers },
    });
  });
}

type Chosen =
  | { readonly kind: "chosen"; readonly server: WorkerServer; readonly name: string }
  | { readonly kind: "refused"; readonly because: string };

function variableFor({ target, definition, facts }: ContainerSession, running: string | undefined): Chosen {
  const name = formatTarget(target);
  const no = (because: string): Chosen => ({ kind: "refused", because });
  if (Object.keys(definition.environment).some((variable) => variable.startsWith("KONG_")))
    return no(`${name} is Kong: ask for docker.tune-kong.`);
  const found = Object.entries(VARIABLES).find(([server, { names }]) =>
    running === undefined ? names.some((variable) => variable in definition.environment) : server === running,
  );
  const server = SERVERS.find((one) => one === found?.[0]);
  const known = server === undefined ? undefined : VARIABLES[server];
  if (server === undefined || known === undefined)
    return no(
      `${running === undefined ? `no workers were seen in ${name}` : `how many workers ${running} starts cannot be set by a variable`}: change its configuration, or use docker.set-environment.`,
    );
  const option = OPTION.exec([...facts.entrypoint, ...facts.command].join(" "));
  if (option !== null)
    return no(
      `the command of ${name} says ${option[0].trim()}, which counts more than any variable: change the command where it is deployed.`,
    );
  const variable = known.names.find((one) => one in definition.environment) ?? known.native;
  if (variable === undefined)
    return no(
      `${server} in ${name} takes its number of workers from none of ${known.names.join(", ")}: change its configuration, or use docker.set-environment.`,
    );
  return { kind: "chosen", server, name: variable };
}

const SERVERS: readonly WorkerServer[] = ["nginx", "puma", "unicorn", "gunicorn", "uwsgi", "php-fpm", "node", "sidekiq", "celery"];

/** The number, or the options around it with another number. */
function valueFor(now: string | undefined, workers: number): string {
  if (now === undefined || /^(\d+|auto|max)?$/.test(now.trim())) return String(workers);
  if (OPTION.test(now)) return now.replace(OPTION, (found) => found.replace(/(\d+|auto|max)$/, String(workers)));
  return now.startsWith("-") ? `${now} --workers ${workers}` : String(workers);
}
