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

/** Why no node could take a pod that asks for so much; undefined: one could, or nodes may not be looked at. */
export async function aboveNodes(cluster: LookedAtCluster, requestBytes: number): Promise<string | undefined> {
  try {
    const sizes = (await cluster.nodes()).flatMap(({ allocatableBytes }) => allocatableBytes ?? []);
    const largest = Math.max(0, ...sizes);
    if (sizes.length === 0 || requestBytes <= largest) return undefined;
    return `a pod would ask for ${formatBytes(requestBytes)}, and the largest node gives ${formatBytes(largest)}: it would find no place.`;
  } catch (error) {
    if (codeOf(error) === "no-rights") return undefined;
    throw error;
  }
}
