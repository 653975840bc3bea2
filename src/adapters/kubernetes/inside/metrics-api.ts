import { given } from "../../../domain/given.ts";
import { parseBytesQuantity, parseQuantity } from "../../../domain/quantity.ts";
import type { ContainerUsage } from "../../../domain/workload.ts";
import { allowsNamespace, scopesOf } from "../namespaces.ts";
import type { Asking } from "../objects.ts";
import { METADATA_ONLY, pagesOf } from "../pages.ts";
import { timeOf } from "../read-metadata.ts";
import { WithMetadata } from "../schema.ts";
import { eachPod } from "./each-pod.ts";
import type { NodeMemory, UsageQuery } from "./usage-query.ts";
import { NodeMetrics, PodMetrics } from "./schema.ts";

/** Memory from metrics.k8s.io. Of pods that it does not know yet (it measures every 15 s or so) there is nothing. */
export async function* usageFromMetrics(
  asking: Asking,
  { namespace, selector, node }: UsageQuery,
  signal: AbortSignal,
): AsyncGenerator<readonly ContainerUsage[]> {
  const { client } = asking;
  const rules = client.settings.namespaces;
  const wanted = node === undefined ? undefined : await podsOnNode(asking, { node, namespace }, signal);
  for (const scope of namespace === undefined ? scopesOf(rules) : [namespace]) {
    const request = { call: "listPodMetrics", signal, query: given({ labelSelector: selector }), ...given({ namespace: scope }) } as const;
    for await (const { items } of pagesOf(client, request)) {
      const page = items
        .flatMap(readPodMetrics)
        .filter((one) => allowsNamespace(rules, one.namespace) && (wanted?.has(`${one.namespace}/${one.pod}`) ?? true));
      if (page.length > 0) yield page;
    }
  }
}

export async function nodeFromMetrics({ client }: Asking, node: string): Promise<NodeMemory | undefined> {
  const read = NodeMetrics.safeParse(await client.json({ call: "getNodeMetrics", name: node }));
  const workingSetBytes = parseBytesQuantity(read.data?.usage?.memory);
  return workingSetBytes === undefined ? undefined : { atMs: timeOf(read.data?.timestamp) ?? Date.now(), workingSetBytes };
}

function readPodMetrics(item: unknown): readonly ContainerUsage[] {
  const read = PodMetrics.safeParse(item);
  if (!read.success) return [];
  const { metadata, timestamp, containers } = read.data;
  return containers.flatMap(({ name: container, usage }) => {
    const workingSetBytes = parseBytesQuantity(usage?.memory);
    const atMs = timeOf(timestamp);
    if (workingSetBytes === undefined || atMs === undefined) return [];
    const { namespace, name: pod } = metadata;
    return [{ namespace, pod, container, atMs, workingSetBytes, ...given({ cpuCores: parseQuantity(usage?.cpu) }) }];
  });
}

/** `<namespace>/<name>`: metrics do not tell on which node a pod is. */
async function podsOnNode(
  asking: Asking,
  { node, namespace }: { readonly node: string; readonly namespace: string | undefined },
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for await (const pod of eachPod(asking, { node, namespace, signal, accept: METADATA_ONLY })) {
    const { metadata } = WithMetadata.safeParse(pod).data ?? {};
    names.add(`${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`);
  }
  return names;
}
