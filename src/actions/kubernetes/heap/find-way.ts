import { asClause } from "../../../domain/clause.ts";
import { codeOf, messageOf } from "../../../domain/errors.ts";
import { formatTarget, targetKey, type WorkloadTarget } from "../../../domain/target.ts";
import type { PodPlace, PodResponse } from "../../../ports/clusters.ts";
import type { HeapPlace } from "./choose-place.ts";
import type { ProfiledApp, ProfiledCluster } from "./deps.ts";
import { lookInside, type Inside } from "./processes.ts";
import type { Way } from "./schema.ts";

export type FoundWay =
  | { readonly kind: "found"; readonly way: Way; readonly how: string; readonly warning?: string }
  /** What to add, or what is in the way. */
  | { readonly kind: "none"; readonly because: string };

type Looked = {
  readonly cluster: ProfiledCluster;
  readonly target: WorkloadTarget;
  readonly place: HeapPlace;
  readonly app: ProfiledApp | undefined;
};

const GO_PATH = "/debug/pprof/heap";
const GO_INDEX = "/debug/pprof/";
/** Where Go programs that keep their profiles apart listen by custom, declared or not. */
const USUAL_PORT = 6060;
const MOST_PORTS = 6;
const INSPECTOR_PORT = 9229;
const PROBE = { timeoutMs: 5_000, maxBytes: 65_536 } as const;

/** How the program tells of its heap: as configured, else what is found by looking, the cheapest first. */
export async function findWay(looked: Looked): Promise<FoundWay> {
  const { app, place } = looked;
  if (app?.profile !== undefined) return configured(looked, app.profile);
  if (app?.heapCommand !== undefined)
    return {
      kind: "found",
      way: { kind: "command", argv: [...app.heapCommand] },
      how: `the configured command ${app.heapCommand.join(" ")}`,
    };
  const ports = [...new Set([...place.container.ports.map(({ port }) => port), USUAL_PORT])].slice(0, MOST_PORTS);
  for (const port of ports) {
    const answer = await probe(looked, { port, path: GO_INDEX });
    if (answer.kind === "answered" && isGoIndex(answer.response))
      return { kind: "found", way: { kind: "endpoint", port, path: GO_PATH }, how: `Go's net/http/pprof on port ${port}` };
  }
  const inside = await lookInside(looked.cluster, { ...podPlace(place), container: place.container.name });
  return insideWay(inside) ?? { kind: "none", because: nothingOffered(looked, inside, ports) };
}

async function configured(looked: Looked, { port, path }: { readonly port: number; readonly path: string }): Promise<FoundWay> {
  const way: Way = { kind: "endpoint", port, path };
  const how = `the configured endpoint :${port}${path}`;
  if (!path.startsWith(GO_INDEX)) return { kind: "found", way, how };
  const answer = await probe(looked, { port, path: GO_INDEX });
  if (answer.kind === "failed") return { kind: "none", because: `${how} cannot be asked: ${asClause(answer.because)}.` };
  if (isGoIndex(answer.response)) return { kind: "found", way, how };
  const warning = `What ${how} serves could not be told beforehand: ${GO_INDEX} answers ${answer.response.status}, and is no list of profiles.`;
  return { kind: "found", way, how, warning };
}

type Probed = { readonly kind: "answered"; readonly response: PodResponse } | { readonly kind: "failed"; readonly because: string };

async function probe({ cluster, place }: Looked, { port, path }: { readonly port: number; readonly path: string }): Promise<Probed> {
  try {
    return { kind: "answered", response: await cluster.httpGet(podPlace(place), { port, path, ...PROBE }) };
  } catch (error) {
    if (codeOf(error) === "internal") throw error;
    return { kind: "failed", because: messageOf(error) };
  }
}

/** The page that net/http/pprof serves links to each profile. */
function isGoIndex({ status, body }: PodResponse): boolean {
  const page = Buffer.from(body).toString("utf8");
  return status === 200 && page.includes("/debug/pprof/") && /href=['"]heap\?debug=1/.test(page);
}

function insideWay({ processes, tools }: Inside): FoundWay | undefined {
  const jvm = processes.find(({ commandLine }) => programOf(commandLine) === "java");
  const [tool] = tools;
  if (jvm !== undefined && tool !== undefined)
    return { kind: "found", way: { kind: "jvm", tool, pid: jvm.pid }, how: `${tool} on process ${jvm.pid}` };
  const inspected = processes.find(
    ({ commandLine }) => programOf(commandLine).startsWith("node") && / --inspect(?:[=\s]|$)/.test(commandLine),
  );
  if (inspected === undefined) return undefined;
  const port = Number(/ --inspect=(?:[^\s:]*:)?(\d+)/.exec(inspected.commandLine)?.[1] ?? INSPECTOR_PORT);
  return { kind: "found", way: { kind: "inspector", port }, how: `the inspector of Node.js on port ${port}` };
}

// What each runtime needs so that it can be asked the next time.
const TO_ADD: readonly (readonly [runtime: RegExp, what: string])[] = [
  [/^java$/, "its image has neither jcmd nor jmap: use one with a JDK"],
  [/^node/, "start it with --inspect, which listens inside the pod alone"],
  [/^(?:python|gunicorn|uvicorn|uwsgi|celery)/, "start it with PYTHONTRACEMALLOC=1 and let it serve tracemalloc's statistics as text"],
];

function nothingOffered({ target, place }: Looked, { processes, because }: Inside, ports: readonly number[]): string {
  const programs = processes.map(({ commandLine }) => programOf(commandLine));
  const known = TO_ADD.find(([runtime]) => programs.some((program) => runtime.test(program)))?.[1];
  const seen = because === undefined ? "" : ` Inside it could not be looked: ${asClause(because)}.`;
  const add = known ?? "of a Go program import net/http/pprof and serve it on a port of its own";
  return `container ${place.container.name} of ${formatTarget(target)} offers no heap profile: no net/http/pprof on ${ports.join(", ")}, no inspector of Node.js, no tool of the JDK's.${seen} To get one, ${add}; or name an endpoint (profile) or a command (heapCommand) under kubernetes.apps."${targetKey(target).split("/").slice(1).join("/")}".`;
}

function programOf(commandLine: string): string {
  return commandLine.split(" ", 1)[0]?.split("/").at(-1) ?? "";
}

function podPlace({ pod }: HeapPlace): PodPlace {
  return { namespace: pod.namespace, pod: pod.name };
}
