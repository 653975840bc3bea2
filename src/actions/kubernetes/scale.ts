import { counted } from "../../domain/count.ts";
import type { Json } from "../../domain/json.ts";
import type { Planned } from "../../domain/plan.ts";
import { formatTarget, type Target } from "../../domain/target.ts";
import type { PodContainer, Surroundings } from "../../domain/workload.ts";
import type { Action } from "../action.ts";
import { budgetsOf } from "./blast-radius.ts";
import { planChange } from "./change.ts";
import { changing } from "./changing.ts";
import type { KubernetesActionDeps } from "./deps.ts";
import { unfit, WITH_REPLICAS } from "./kinds.ts";
import { writersOf } from "./owners.ts";
import { roomInQuotas } from "./room.ts";
import { readParams, ScaleParams } from "./schema.ts";
import { patching, planOn, refused, type WorkloadSession } from "./session.ts";

const DOC = {
  id: "k8s.scale",
  title: "Change number of pods",
  risk: "disruptive",
  targetKind: "workload",
  params: [{ name: "replicas", says: "how many pods there should be", required: true }],
} as const satisfies Partial<Action>;

/** kubectl scale. The way back is the number before. */
export function scale(deps: KubernetesActionDeps): Action {
  return { ...DOC, plan: (target, params) => planScale(deps, target, params), ...changing(deps) };
}

async function planScale(deps: KubernetesActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(ScaleParams, DOC, given);
  if (read.kind === "refused") return read;
  const because = unfit(target, WITH_REPLICAS, "scaled");
  if (because !== undefined) return refused(because);
  const { replicas } = read.params;
  return planOn(deps, { target, rights: patching }, async (session) => {
    const surroundings = await session.cluster.surroundings(session.name);
    const obstacle = whyNot(session, surroundings, replicas);
    return obstacle === undefined ? planReplicas(deps, session, { surroundings, replicas }) : refused(obstacle);
  });
}

function whyNot({ target, facts }: WorkloadSession, surroundings: Surroundings, wanted: number): string | undefined {
  const name = formatTarget(target);
  const now = facts.replicas?.wanted ?? 0;
  if (wanted === now) return `${name} has ${counted(now, "replica")} already: there is nothing to change.`;
  const [autoscaler] = surroundings.autoscalers;
  if (autoscaler !== undefined && now > 0)
    return `the autoscaler ${autoscaler.name} sets the replicas of ${name} itself, between ${autoscaler.minReplicas} and ${autoscaler.maxReplicas}, and would set ${wanted} back at once. Change its bounds instead: kubectl -n ${target.namespace} patch hpa ${autoscaler.name} -p '{"spec":{"minReplicas":${Math.max(1, wanted)}}}'`;
  const bytes = { limitBytes: same(sum(facts.containers, "limitBytes")), requestBytes: same(sum(facts.containers, "requestBytes")) };
  const room = roomInQuotas(surroundings, { replicas: { before: now, after: wanted }, ...bytes });
  return room.because === undefined ? undefined : `${name}: ${room.because}`;
}

type Wanted = { readonly surroundings: Surroundings; readonly replicas: number };

async function planReplicas(deps: KubernetesActionDeps, session: WorkloadSession, { surroundings, replicas }: Wanted): Promise<Planned> {
  const { target, facts, pods } = session;
  const now = facts.replicas?.wanted ?? 0;
  const name = formatTarget(target);
  const place = { of: "workload", ...session.name } as const;
  const writers = writersOf(facts, (field) => field === "spec.replicas").filter((writer) => !writer.startsWith("kubectl"));
  const gone = Math.max(0, pods.length - replicas);
  return planChange(deps, session, {
    doc: DOC,
    place,
    object: await session.acts.read(place),
    operations: [{ op: "add", path: "/spec/replicas", value: replicas }],
    guards: ["/spec/replicas"],
    summary: `Change ${name} from ${now} to ${counted(replicas, "replica")}`,
    touched:
      replicas > now
        ? [
            `${counted(replicas - now, "pod")} more, each with the memory that one has`,
            "Whatever they share takes more load: databases, queues, connections",
          ]
        : [
            `${counted(gone, "pod")} ${gone === 1 ? "ends" : "end"}, with the requests that they are working on`,
            "The ones that stay take over their load and memory",
            ...budgetsOf(surroundings, { heeded: false }),
          ],
    warnings: [
      ...(replicas === 0 ? ["Without a replica the service is away until somebody scales it up again."] : []),
      ...(facts.resource === "sts" && replicas < now ? ["The volumes of the pods that end stay."] : []),
      ...writers.map((writer) => `The number of replicas was last written by ${writer}, which may set it again.`),
      ...(surroundings.gaps ?? []),
    ],
    wayBack: `Scales back to ${counted(now, "replica")}.`,
    back: { actionId: DOC.id, params: { replicas: now } },
    params: { replicas },
    followed: true,
    lasting: { spec: { replicas } },
    ...(replicas === 0 ? { confirm: `${target.name} 0` } : {}),
  });
}

function sum(containers: readonly PodContainer[], field: "limitBytes" | "requestBytes"): number {
  return containers
    .filter(({ role }) => role === "main" || role === "sidecar")
    .reduce((all, container) => all + (container[field] ?? container.limitBytes ?? 0), 0);
}

function same(bytes: number): { readonly before: number; readonly after: number } {
  return { before: bytes, after: bytes };
}
