import { formatBytes } from "../../../domain/bytes.ts";
import { asClause } from "../../../domain/clause.ts";
import { codeOf, messageOf, OomphError } from "../../../domain/errors.ts";
import type { Json } from "../../../domain/json.ts";
import type { Observation, Plan, Planned, Verification } from "../../../domain/plan.ts";
import { formatTarget, type Target, type WorkloadTarget } from "../../../domain/target.ts";
import type { Action, RunFacts, RunHandle } from "../../action.ts";
import { readScope } from "../../stored-schema.ts";
import { refused } from "../session.ts";
import { choosePlace, type HeapPlace } from "./choose-place.ts";
import type { HeapProfileDeps, ProfiledCluster } from "./deps.ts";
import { findWay, type FoundWay } from "./find-way.ts";
import { costOf, headroomFor, LOOK_COST_BYTES, type Headroom } from "./headroom.ts";
import { HeapProfileParams, HeapProfileScope, readParams, Taken } from "./schema.ts";
import { lookAtHeap, tellHeap } from "./take.ts";

const DOC = {
  id: "k8s.heap-profile",
  title: "Take heap profile",
  risk: "none",
  targetKind: "workload",
  params: [
    { name: "pod", says: "one of its pods; absent: the one that uses most", required: false },
    { name: "container", says: "one container of it; absent: the one that uses most", required: false },
    { name: "seconds", says: "the pause between the two looks, 20 unless told, 300 at most", required: false },
    { name: "gc", says: "yes: collect first, which stops the program for a moment", required: false },
    { name: "force", says: "yes: although it may be killed by it", required: false },
  ],
} as const satisfies Partial<Action>;

// What a cluster does not allow, or does not have, is an answer to whoever asked; that it is away is not.
const ANSWERS: ReadonlySet<string> = new Set(["bad-input", "no-rights", "not-found", "not-running", "refused"]);

/** Looks at the heap of a running program twice, and keeps what it saw. The workload stays as it is. */
export function heapProfile(deps: HeapProfileDeps): Action {
  return {
    ...DOC,
    plan: (target, params) => planProfile(deps, target, params),
    apply: (plan, run) => applyProfile(deps, plan, run),
    observe: async (_plan, run) => observeProfile(run),
    verify: async (_plan, run) => verifyProfile(run),
    wayBack: () => undefined,
    async afterwards(_plan, run) {
      const taken = takenBy(run);
      return { says: taken?.notes ?? [], files: taken?.files ?? [], offers: [] };
    },
  };
}

async function planProfile(deps: HeapProfileDeps, target: Target, asked: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(HeapProfileParams, DOC, asked);
  if (read.kind === "refused") return read;
  try {
    return await planOn(deps, workloadOf(target), read.params);
  } catch (error) {
    if (ANSWERS.has(codeOf(error))) return refused(messageOf(error));
    throw error;
  }
}

async function planOn(deps: HeapProfileDeps, target: WorkloadTarget, params: HeapProfileParams): Promise<Planned> {
  const cluster = deps.clusters.cluster(target.connection);
  const app = deps.appOf(target);
  const place = await choosePlace(cluster, target, { pod: params.pod, container: params.container ?? app?.container });
  const toLook = headroomFor(LOOK_COST_BYTES, place);
  if (mayNot(toLook, params)) return refused(tooTight(toLook));
  const found = await findWay({ cluster, target, place, app });
  if (found.kind === "none") return refused(found.because);
  const costBytes = costOf(found.way.kind, place);
  const headroom = headroomFor(costBytes, place);
  if (mayNot(headroom, params)) return refused(tooTight(headroom));
  return { kind: "planned", plan: describe({ target, params, place, found, costBytes, headroom }) };
}

function mayNot({ kind }: Headroom, { force }: HeapProfileParams): boolean {
  return kind !== "enough" && !force;
}

function tooTight({ says }: Headroom): string {
  return `${says}. Ask for another pod with --pod, raise its limit first, or say --force yes.`;
}

type Found = FoundWay & { readonly kind: "found" };
type Facts = {
  readonly target: WorkloadTarget;
  readonly params: HeapProfileParams;
  readonly place: HeapPlace;
  readonly found: Found;
  readonly costBytes: number;
  readonly headroom: Headroom;
};

function describe({ target, params, place, found, costBytes, headroom }: Facts): Plan {
  const { seconds, gc, force } = params;
  const { pod, container } = place;
  const scope: HeapProfileScope = {
    namespace: pod.namespace,
    pod: pod.name,
    uid: pod.uid,
    container: container.name,
    way: found.way,
    seconds,
    gc,
  };
  return {
    actionId: DOC.id,
    target,
    risk: DOC.risk,
    summary: `Look at the heap of ${pod.name} (${formatTarget(target)}) ${found.way.kind === "inspector" ? `for ${seconds} s` : `twice, ${seconds} s apart`}`,
    changes: [{ what: "Heap profile", before: "none", after: `${container.name}, by ${found.how}` }],
    blastRadius: [costs(found, gc, costBytes), `Now ${asClause(headroom.says)}`],
    warnings: [
      ...(found.warning === undefined ? [] : [found.warning]),
      ...(headroom.kind === "enough" ? [] : ["It was forced: the pod may be killed by being looked at."]),
      "A heap profile names functions of the program; histograms name its classes. Everybody in the thread can read them.",
    ],
    wayBack: "None is needed: the workload stays as it is.",
    params: { pod: pod.name, container: container.name, seconds, gc, force },
    scope,
    before: {},
  };
}

function costs({ way }: Found, gc: boolean, costBytes: number): string {
  const estimate = `about ${formatBytes(costBytes)} for a moment, by estimate`;
  switch (way.kind) {
    case "endpoint":
      return gc
        ? `The program collects first (gc=1), which stops it for a moment, and needs ${estimate}`
        : `The program writes the profile itself and goes on meanwhile: some CPU time, and ${estimate}`;
    case "inspector":
      return `The program samples what it asks for and goes on meanwhile: a few percent of CPU time, and ${estimate}`;
    case "jvm":
      return `${way.tool} is a JVM of its own beside the program: ${estimate}. The program stops while its objects are counted${gc ? ", and collects first" : ""}`;
    case "command":
      return `${way.argv[0] ?? "The command"} runs inside the container: ${estimate}`;
  }
}

async function applyProfile(deps: HeapProfileDeps, plan: Plan, run: RunHandle): Promise<void> {
  const scope = readScope(HeapProfileScope, plan);
  const target = workloadOf(plan.target);
  const cluster: ProfiledCluster = deps.clusters.cluster(target.connection);
  run.signal.throwIfAborted();
  const taken = tellHeap(await lookAtHeap({ deps, cluster, scope, run }, target), scope);
  await run.saveCheckpoint({ ...taken, rows: [...taken.rows], notes: [...taken.notes], files: [...taken.files] }, "taken and read");
}

function takenBy({ checkpoint }: RunFacts): Taken | undefined {
  return Taken.safeParse(checkpoint).data;
}

function observeProfile(run: RunFacts): Observation {
  if (takenBy(run) !== undefined) return { kind: "done", says: "the profile was taken and is kept" };
  return { kind: "not-done", says: "no profile was kept, and the workload is as it was" };
}

/** To know more mends nothing: the incident goes on. */
function verifyProfile(run: RunFacts): Verification {
  const taken = takenBy(run);
  if (taken === undefined) return { helped: false, says: "No profile was kept.", rows: [] };
  return { helped: true, troubled: true, says: taken.says, rows: taken.rows.map((row) => ({ ...row, ok: true })) };
}

function workloadOf(target: Target): WorkloadTarget {
  if (target.kind === "workload") return target;
  throw new OomphError("bad-input", `expected a workload such as deploy/shop/web, got ${formatTarget(target)}`);
}
