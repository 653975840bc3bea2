import { formatBytes } from "../../domain/bytes.ts";
import type { Json } from "../../domain/json.ts";
import type { Planned } from "../../domain/plan.ts";
import { formatQuantity, parseBytesQuantity } from "../../domain/quantity.ts";
import { formatTarget, type Target } from "../../domain/target.ts";
import type { WorkloadFacts } from "../../domain/workload.ts";
import type { ObjectNow } from "../../ports/cluster-acts.ts";
import type { Action } from "../action.ts";
import { scaledByRequest } from "./autoscaling.ts";
import type { PlainOperation } from "./change.ts";
import { changing } from "./changing.ts";
import type { KubernetesActionDeps } from "./deps.ts";
import { unfit, WITH_TEMPLATE } from "./kinds.ts";
import { planRollout, readRollout, type Rollout } from "./plan-rollout.ts";
import { aboveRange, roomInQuotas, roomOnNodes, type PodSize } from "./room.ts";
import { MemoryParams, readParams, type WantedSize } from "./schema.ts";
import { patching, planOn, refused, type WorkloadSession } from "./session.ts";
import { patchOfContainer } from "./lasting-patch.ts";
import { containerIn, type FoundContainer } from "./template-containers.ts";
import { valueAt } from "./pointer.ts";
import { readVitals } from "./vitals.ts";

const DOC = {
  id: "k8s.set-memory",
  title: "Set memory limit",
  risk: "disruptive",
  targetKind: "workload",
  params: [
    { name: "limit", says: "1Gi, a number of bytes, or +50% on top of the present limit", required: true },
    { name: "container", says: "which container of the template; needless where there is one", required: false },
    {
      name: "request",
      says: "what the scheduler keeps free for it; absent: as it is, or equal to the limit where it was",
      required: false,
    },
    { name: "forceBelow", says: "yes must be said for a limit below what is in use now", required: false },
  ],
} as const satisfies Partial<Action>;

/** Limit and request of one container of the template; its pods are rolled out anew. The way back is the same with the sizes before. */
export function setMemory(deps: KubernetesActionDeps): Action {
  return { ...DOC, plan: (target, params) => planMemory(deps, target, params), ...changing(deps) };
}

async function planMemory(deps: KubernetesActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(MemoryParams, DOC, given);
  if (read.kind === "refused") return read;
  const because = unfit(target, WITH_TEMPLATE, "given another limit");
  if (because !== undefined) return refused(because);
  return planOn(deps, { target, rights: patching }, async (session) => {
    const rollout = await readRollout(session);
    const { object } = rollout;
    const looked = containerIn(session.facts, object.definition, read.params.container ?? session.target.container);
    if (looked.kind === "refused") return looked;
    const sizes = newSizes(object, looked.container, read.params);
    if (sizes.kind === "refused") return refused(`${formatTarget(target)}: ${sizes.because}`);
    return planSizes(deps, session, { rollout, container: looked.container, sizes, forceBelow: read.params.forceBelow });
  });
}

type Size = number | undefined;
type Sizes = { readonly kind: "sizes"; readonly limit: Both; readonly request: Both };
type Both = { readonly from: Size; readonly to: Size };

/** What limit and request would be. A request that was equal to the limit stays so, and none is above it. Pure. */
function newSizes(
  { definition }: ObjectNow,
  { at, name }: FoundContainer,
  { limit, request }: MemoryParams,
): Sizes | { readonly kind: "refused"; readonly because: string } {
  const from = {
    limit: sizeAt(definition, `${at}/resources/limits/memory`),
    request: sizeAt(definition, `${at}/resources/requests/memory`),
  };
  if (limit.kind === "rise" && from.limit === undefined)
    return {
      kind: "refused",
      because: `${name} has no limit that could rise by ${limit.percent}%. Say how much it should be, such as 512Mi.`,
    };
  const limitTo = sized(limit, from.limit);
  const kept = from.request !== undefined && from.request === from.limit ? limitTo : from.request;
  const requestTo = request === undefined ? kept : sized(request, from.request);
  if (limitTo !== undefined && limitTo < LEAST_BYTES)
    return {
      kind: "refused",
      because: `${formatBytes(limitTo)} is too little for a container to start. Was ${formatBytes(LEAST_BYTES)} or more meant?`,
    };
  if (limitTo !== undefined && (requestTo ?? 0) > limitTo)
    return {
      kind: "refused",
      because: `the request (${inWords(requestTo)}) would be above the limit (${inWords(limitTo)}), which Kubernetes refuses. Give --request as well.`,
    };
  if (limitTo === from.limit && requestTo === from.request)
    return {
      kind: "refused",
      because: `the limit of ${name} is ${inWords(limitTo)} and its request ${requestInWords(requestTo, limitTo)} already: there is nothing to change.`,
    };
  return { kind: "sizes", limit: { from: from.limit, to: limitTo }, request: { from: from.request, to: requestTo } };
}

// Less does not even hold what sets a container up.
const LEAST_BYTES = 4 * 2 ** 20;
const WHOLE_BYTES = 2 ** 20;

function sized(size: WantedSize, fromBytes: Size): Size {
  if (size.kind === "none") return undefined;
  if (size.kind === "bytes") return size.bytes;
  return Math.ceil(((fromBytes ?? 0) * (100 + size.percent)) / 100 / WHOLE_BYTES) * WHOLE_BYTES;
}

function sizeAt(definition: Json, pointer: string): Size {
  const value = valueAt(definition, pointer);
  return typeof value === "string" || typeof value === "number" ? parseBytesQuantity(value) : undefined;
}

type Working = { readonly rollout: Rollout; readonly container: FoundContainer; readonly sizes: Sizes; readonly forceBelow: boolean };

async function planSizes(deps: KubernetesActionDeps, session: WorkloadSession, working: Working): Promise<Planned> {
  const { rollout, container, sizes, forceBelow } = working;
  const { object, surroundings, radius } = rollout;
  const { facts, target, cluster } = session;
  const { limit, request } = sizes;
  const wanted = facts.replicas?.wanted ?? 1;
  const demand = {
    replicas: { before: wanted, after: wanted },
    limitBytes: { before: limit.from ?? 0, after: limit.to ?? 0 },
    requestBytes: { before: request.from ?? limit.from ?? 0, after: request.to ?? limit.to ?? 0 },
  };
  const room = roomInQuotas(surroundings, demand);
  const nodes = await roomOnNodes(
    cluster,
    onePod(facts, container.name, { requestBytes: demand.requestBytes.after, limitBytes: limit.to ?? 0 }),
  );
  const because = room.because ?? aboveRange(surroundings, limit.to ?? 0) ?? nodes.because;
  if (because !== undefined) return refused(`${formatTarget(target)}: ${because}`);
  const usedBytes = (await readVitals(deps, session, deps.clock.nowMs())).fullest?.usedBytes ?? 0;
  if (limit.to !== undefined && usedBytes > limit.to && !forceBelow)
    return refused(
      `a pod of ${formatTarget(target)} uses ${formatBytes(usedBytes)} now, more than ${formatBytes(limit.to)}: what needs that much again would be killed. If that is meant, add --force-below yes.`,
    );
  const text = { limit: quantityOrNone(limit.to), request: quantityOrNone(request.to) };
  return planRollout(
    deps,
    { session, rollout },
    {
      doc: DOC,
      operations: operationsFor(object, `${container.at}/resources`, sizes),
      guards: [`${container.at}/name`, `${container.at}/resources`],
      summary: `Set the memory limit of ${container.name} of ${formatTarget(target)} to ${inWords(limit.to)} (now ${inWords(limit.from)}), request ${requestInWords(request.to, limit.to)}`,
      warnings: [
        ...(limit.from !== undefined && (limit.to ?? 0) > limit.from
          ? ["It only buys time if memory keeps growing: what fills this limit fills the new one too."]
          : []),
        ...(limit.to === undefined ? ["Without a limit it may take all of a node's memory, and others are killed for it."] : []),
        ...nodes.warnings,
        ...room.warnings,
        ...scaledByRequest(surroundings, demand.requestBytes),
      ],
      wayBack: `Sets the limit back to ${inWords(limit.from)} and the request to ${requestInWords(request.from, limit.from)}. ${radius.again}`,
      back: {
        actionId: DOC.id,
        params: { container: container.name, limit: quantityOrNone(limit.from), request: quantityOrNone(request.from), forceBelow: true },
      },
      params: { container: container.name, ...text, ...(forceBelow ? { forceBelow } : {}) },
      lasting: patchOfContainer(session.name, container, {
        resources: {
          limits: { memory: limit.to === undefined ? null : text.limit },
          requests: { memory: request.to === undefined ? null : text.request },
        },
      }),
    },
  );
}

/** What one pod asks for with these sizes: the others in it ask as well. */
function onePod({ containers }: WorkloadFacts, changed: string, { requestBytes, limitBytes }: PodSize): PodSize {
  const others = containers.filter(({ name, role }) => name !== changed && (role === "main" || role === "sidecar"));
  const asked = others.reduce((sum, other) => sum + (other.requestBytes ?? other.limitBytes ?? 0), 0);
  return { requestBytes: requestBytes + asked, limitBytes };
}

/** Sets or takes away the two sizes, making what they stand in where that is not there. */
function operationsFor({ definition }: ObjectNow, resources: string, { limit, request }: Sizes): readonly PlainOperation[] {
  const changed = [
    { part: `${resources}/limits`, ...limit },
    { part: `${resources}/requests`, ...request },
  ].filter(({ from, to }) => from !== to);
  const parents = [resources, ...changed.flatMap(({ part, to }) => (to === undefined ? [] : [part]))];
  const made = parents.filter((parent) => valueAt(definition, parent) === undefined);
  return [
    ...made.map((path): PlainOperation => ({ op: "add", path, value: {} })),
    ...changed.map(({ part, to }): PlainOperation => {
      const path = `${part}/memory`;
      return to === undefined ? { op: "remove", path } : { op: "add", path, value: formatQuantity(to) };
    }),
  ];
}

function quantityOrNone(bytes: Size): string {
  return bytes === undefined ? "none" : formatQuantity(bytes);
}

function inWords(bytes: Size): string {
  return bytes === undefined ? "none" : formatBytes(bytes);
}

/** Of pods without a request Kubernetes takes the limit as one. */
function requestInWords(request: Size, limit: Size): string {
  return request === undefined && limit !== undefined ? "none (Kubernetes takes the limit as the request)" : inWords(request);
}
