import { codeOf, OomphError } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import type { Json } from "../../domain/json.ts";
import type { ClusterEvent } from "../../domain/workload.ts";
import type { Clock } from "../../ports/clock.ts";
import { maskEvent, maskPod, maskRevision, maskWorkload } from "../cluster/mask-facts.ts";
import { someAtOnce } from "../some-at-once.ts";
import { askedPod, type PodsFound, type WorkloadSession } from "./session.ts";
import { troubleOf } from "./trouble.ts";

const MOST_EVENTS_READ = 2_000;
const MOST_EVENTS = 200;
const MOST_NODES = 5;
const MOST_REVISIONS = 10;
const NODE_REASONS = ["SystemOOM", "OOMKilling", "EvictionThresholdMet", "NodeHasInsufficientMemory", "NodeNotReady", "Rebooted"] as const;

/** The pods as they are, those in trouble first. */
export async function collectPods({ target, cluster, name, pods }: WorkloadSession, clock: Clock): Promise<Json> {
  const [found, server] = await Promise.all([pods(), serverOf(cluster)]);
  const pod = askedPod(target);
  return {
    atMs: clock.nowMs(),
    cluster: { connection: cluster.name, ...given({ server }) },
    workload: name,
    ...(pod === undefined ? {} : { pod }),
    ...(target.container === undefined ? {} : { container: target.container }),
    pods: found.pods.map(maskPod),
    total: found.total,
  };
}

/** Host and port; undefined where the cluster does not even tell its version. */
async function serverOf(cluster: WorkloadSession["cluster"]): Promise<string | undefined> {
  try {
    const { server } = await cluster.facts();
    return URL.canParse(server) ? new URL(server).host : undefined;
  } catch (error) {
    if (error instanceof OomphError) return undefined;
    throw error;
  }
}

/** What the cluster still tells of the pods, of what makes them and of their nodes, newest first. */
export async function collectEvents(session: WorkloadSession, clock: Clock): Promise<Json> {
  const { cluster, name } = session;
  const [found, all] = await Promise.all([session.pods(), cluster.events({ namespace: name.namespace, limit: MOST_EVENTS_READ })]);
  const names = namesOf(session, found);
  const own = all.filter(({ about }) => names.has(about.name));
  const ofNodes = await nodeEvents(session, found);
  const events = [...own, ...ofNodes.events].toSorted((left, right) => (right.lastAtMs ?? 0) - (left.lastAtMs ?? 0)).slice(0, MOST_EVENTS);
  return { atMs: clock.nowMs(), events: events.map(maskEvent), missing: ofNodes.missing };
}

/** What makes the pods, and the states of its template. */
export async function collectRollout({ cluster, name, workload }: WorkloadSession): Promise<Json> {
  const [facts, revisions] = await Promise.all([workload(), cluster.revisions(name)]);
  return { workload: maskWorkload(facts), revisions: revisions.slice(0, MOST_REVISIONS).map(maskRevision) };
}

/** Autoscalers, disruption budgets, quotas and limit ranges. */
export async function collectSurroundings({ cluster, name }: WorkloadSession): Promise<Json> {
  return cluster.surroundings(name);
}

/** Names of the nodes that pods in trouble are on; of a healthy workload those of its first pods. */
export function nodesInTrouble({ pods }: PodsFound): readonly string[] {
  const troubled = pods.filter((pod) => troubleOf(pod) > 0);
  const nodes = (troubled.length > 0 ? troubled : pods).flatMap(({ node }) => node ?? []);
  return [...new Set(nodes)].slice(0, MOST_NODES);
}

function namesOf({ target }: WorkloadSession, { pods }: PodsFound): ReadonlySet<string> {
  const controllers = pods.flatMap(({ controller }) => controller?.name ?? []);
  return new Set([target.name, askedPod(target) ?? target.name, ...pods.map(({ name }) => name), ...controllers]);
}

/** Nodes belong to no namespace: who may read one namespace only does not see them, and is told so. */
async function nodeEvents(
  { cluster }: WorkloadSession,
  found: PodsFound,
): Promise<{ readonly events: readonly ClusterEvent[]; readonly missing: readonly string[] }> {
  const read = await someAtOnce(nodesInTrouble(found), MOST_NODES, (name) =>
    cluster.events({ about: { kind: "Node", name }, reasons: NODE_REASONS, limit: 50 }),
  );
  const refused = read.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  return {
    events: read.flatMap((one) => (one.status === "fulfilled" ? one.value : [])),
    missing: [...new Set(refused.map((error) => `events of nodes (${codeOf(error)})`))],
  };
}
