import { formatBytes } from "../../domain/bytes.ts";
import { codeOf } from "../../domain/errors.ts";
import type { Surroundings } from "../../domain/workload.ts";
import type { LookedAtCluster } from "./deps.ts";

/** Memory that pods would ask for; of one pod, before and after, and how many there are. */
export type Demand = {
  readonly replicas: { readonly before: number; readonly after: number };
  readonly limitBytes: { readonly before: number; readonly after: number };
  readonly requestBytes: { readonly before: number; readonly after: number };
};

/** Whether a quota leaves room: a refusal where it does not, a warning where only a rollout's extra pod does not fit. Pure. */
export function roomInQuotas(
  { quotas }: Surroundings,
  demand: Demand,
): { readonly because?: string; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  for (const { name, resource, usedBytes, hardBytes } of quotas) {
    const bytes = resource.startsWith("limits.") ? demand.limitBytes : demand.requestBytes;
    const total = bytes.after * demand.replicas.after;
    const more = total - bytes.before * demand.replicas.before;
    const left = hardBytes - usedBytes;
    const has = `quota ${name} has ${formatBytes(Math.max(0, left))} of ${formatBytes(hardBytes)} ${resource} left`;
    if (more > 0 && more > left)
      return { because: `${has}, and ${formatBytes(more)} more would be needed: the cluster would refuse new pods.`, warnings };
    if (bytes.after > left && bytes.after !== bytes.before)
      warnings.push(
        `The ${has}, less than one more pod needs (${formatBytes(bytes.after)}): the rollout stands still where it makes the new pod before it takes the old one away.`,
      );
  }
  return { warnings };
}

/** Why a limit range forbids this limit; undefined: none does. Pure. */
export function aboveRange({ limitRanges }: Surroundings, limitBytes: number): string | undefined {
  const range = limitRanges.find(({ maxBytes }) => maxBytes !== undefined && limitBytes > maxBytes);
  if (range === undefined) return undefined;
  return `limit range ${range.name} allows at most ${formatBytes(range.maxBytes ?? 0)} for a container: the cluster would refuse new pods.`;
}

export type PodSize = { readonly requestBytes: number; readonly limitBytes: number };

/** Whether a node could take one pod: a refusal where none could, a warning where it may use more than any has, or nobody may look. */
export async function roomOnNodes(
  cluster: LookedAtCluster,
  { requestBytes, limitBytes }: PodSize,
): Promise<{ readonly because?: string; readonly warnings: readonly string[] }> {
  const sizes = await sizesOfNodes(cluster);
  if (sizes === undefined) return { warnings: ["Nodes may not be looked at: whether one is large enough is not known."] };
  const largest = Math.max(0, ...sizes);
  const gives = `the largest node gives ${formatBytes(largest)}`;
  if (sizes.length === 0) return { warnings: [] };
  if (requestBytes > largest)
    return { because: `a pod would ask for ${formatBytes(requestBytes)}, and ${gives}: it would find no place.`, warnings: [] };
  if (limitBytes <= largest) return { warnings: [] };
  return {
    warnings: [
      `The limit is never reached: ${gives} to all of its pods. What fills up takes the node's memory, and others are killed or evicted for it.`,
    ],
  };
}

/** What each node gives to pods; undefined: nodes may not be looked at. */
async function sizesOfNodes(cluster: LookedAtCluster): Promise<readonly number[] | undefined> {
  try {
    return (await cluster.nodes()).flatMap(({ allocatableBytes }) => allocatableBytes ?? []);
  } catch (error) {
    if (codeOf(error) === "no-rights") return undefined;
    throw error;
  }
}
