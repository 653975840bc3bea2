import { OomphError } from "../../../domain/errors.ts";
import { given } from "../../../domain/given.ts";
import type { ContainerUsage } from "../../../domain/workload.ts";
import { quoted } from "../asked.ts";
import type { KubernetesClient } from "../client.ts";
import type { Asking } from "../objects.ts";
import { timeOf } from "../read-metadata.ts";
import { usageFromCgroups } from "./cgroup-memory.ts";
import type { NodeMemory } from "./usage-query.ts";
import { StatsSummary } from "./schema.ts";

const NANO = 1e9;

/**
 * Memory of every container on a node, as its kubelet counts it. Where a kubelet knows of no pod at all (it does not
 * when it cannot ask the runtime), by the cgroups that it measures all the same.
 */
export async function usageFromKubelet(asking: Asking, node: string, signal: AbortSignal): Promise<readonly ContainerUsage[]> {
  const { pods } = await askKubelet(asking.client, node, signal);
  return pods.length === 0 ? usageFromCgroups(asking, node, signal) : pods.flatMap(readPod);
}

export async function nodeFromKubelet({ client }: Asking, node: string): Promise<NodeMemory | undefined> {
  const { memory } = (await askKubelet(client, node)).node;
  if (memory?.workingSetBytes === undefined) return undefined;
  const { time, workingSetBytes, availableBytes, rssBytes } = memory;
  return { atMs: timeOf(time) ?? Date.now(), workingSetBytes, ...given({ availableBytes, rssBytes }) };
}

async function askKubelet(client: KubernetesClient, node: string, signal?: AbortSignal): Promise<StatsSummary> {
  const path = "/stats/summary?only_cpu_and_memory=true";
  const read = StatsSummary.safeParse(await client.json({ call: "nodeProxy", name: node, path, ...given({ signal }) }));
  if (read.success) return read.data;
  const says = `The kubelet of node ${quoted(node)} of cluster ${client.settings.name} answered with something else than its stats summary. Is there a proxy in front of it?`;
  throw new OomphError("refused", says);
}

/** A container that has ended is listed for a while, without memory. */
function readPod({ podRef, containers }: StatsSummary["pods"][number]): readonly ContainerUsage[] {
  const { namespace, name: pod } = podRef;
  return containers.flatMap(({ name: container, startTime, memory, cpu }) => {
    const atMs = timeOf(memory?.time);
    if (memory?.workingSetBytes === undefined || atMs === undefined) return [];
    const { workingSetBytes, rssBytes } = memory;
    const cpuCores = cpu?.usageNanoCores === undefined ? undefined : cpu.usageNanoCores / NANO;
    return [{ namespace, pod, container, atMs, workingSetBytes, ...given({ rssBytes, cpuCores, startedAtMs: timeOf(startTime) }) }];
  });
}
