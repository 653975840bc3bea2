import { codeOf, OomphError } from "../../domain/errors.ts";
import type { WorkloadResource } from "../../domain/target.ts";
import type { ClusterEvent, NodeFacts, PodFacts, WorkloadFacts } from "../../domain/workload.ts";
import type { ClusterObjects, EventQuery, PodQuery, WorkloadName } from "../../ports/clusters.ts";
import { given } from "../../domain/given.ts";
import type { KubernetesCallName } from "./calls.ts";
import type { KubernetesClient } from "./client.ts";
import type { Discovery } from "./discovery.ts";
import { assertNamespaceExists } from "./namespace-check.ts";
import { allowsNamespace, assertAllowed, scopesOf } from "./namespaces.ts";
import { listAll, METADATA_ONLY, pagesOf } from "./pages.ts";
import { readEvent } from "./read-event.ts";
import { controllerOf } from "./read-metadata.ts";
import { WithMetadata } from "./schema.ts";
import { readNode } from "./read-node.ts";
import { readPod } from "./read-pod.ts";
import { readWorkload } from "./read-workload.ts";
import type { KubernetesRequest } from "./request.ts";

/** How one cluster is asked. */
export type Asking = { readonly client: KubernetesClient; readonly discovery: Discovery };

/** Events of nodes are kept where there is no namespace to keep them in. */
export const NODE_EVENTS_NAMESPACE = "default";

const GETTERS = {
  pod: "getPod",
  deploy: "getDeployment",
  sts: "getStatefulSet",
  ds: "getDaemonSet",
  job: "getJob",
  cronjob: "getCronJob",
} as const satisfies Record<WorkloadResource, KubernetesCallName>;

/** What is asked for by itself: pods, workloads, nodes and events. */
export function createObjects({
  client,
  discovery,
}: Asking): Pick<ClusterObjects, "name" | "allows" | "pods" | "pod" | "workload" | "events" | "node" | "nodes"> {
  const { settings } = client;
  return {
    name: settings.name,
    allows: (namespace) => allowsNamespace(settings.namespaces, namespace),
    pods: (query) => podsOf(client, query),
    pod: async (namespace, name) => readPod(await getIn({ client, discovery }, { call: "getPod", namespace, name })),
    workload: (name) => getWorkload({ client, discovery }, name),
    events: (query) => eventsOf(client, query),
    node: async (name): Promise<NodeFacts> => readNode(await client.json({ call: "getNode", name })),
    // From the server's cache, which is milliseconds old: nodes are few, and there is nothing to page.
    nodes: async () => (await listAll(client, { call: "listNodes", query: { resourceVersion: "0" } })).map(readNode),
  };
}

/** One object of a namespace. Where it is not found for want of the namespace, that is said. */
export async function getIn(
  { client, discovery }: Asking,
  request: KubernetesRequest & { readonly call: KubernetesCallName; readonly namespace: string },
): Promise<unknown> {
  assertAllowed(client.settings, request.namespace);
  try {
    return await client.json({ ...request, ...given({ version: await discovery.versionFor(request.call) }) });
  } catch (error) {
    if (codeOf(error) === "not-found") await assertNamespaceExists(client, request.namespace);
    throw error;
  }
}

/** A workload as the API gives it. */
export function getWorkloadObject(asking: Asking, { resource, namespace, name }: WorkloadName): Promise<unknown> {
  return getIn(asking, { call: GETTERS[resource], namespace, name });
}

async function getWorkload(asking: Asking, name: WorkloadName): Promise<WorkloadFacts> {
  const workload = readWorkload(name.resource, await getWorkloadObject(asking, name));
  return name.resource === "cronjob" ? { ...workload, ...(await jobSelector(asking, workload)) } : workload;
}

/** A CronJob selects nothing itself: its pods are those of the Jobs that it made. */
async function jobSelector({ client }: Asking, { namespace, uid }: WorkloadFacts): Promise<Pick<WorkloadFacts, "selector">> {
  const jobs = await listAll(client, { call: "listJobs", namespace, accept: METADATA_ONLY });
  const own = jobs.flatMap((job) => {
    const { metadata } = WithMetadata.safeParse(job).data ?? {};
    return controllerOf(metadata)?.uid === uid ? (metadata?.name ?? []) : [];
  });
  return own.length === 0 ? {} : { selector: `job-name in (${own.join(",")})` };
}

async function* podsOf(client: KubernetesClient, { namespace, selector, node, pageSize }: PodQuery): AsyncGenerator<readonly PodFacts[]> {
  const { settings } = client;
  if (namespace !== undefined) assertAllowed(settings, namespace);
  const query = given({ labelSelector: selector, fieldSelector: node === undefined ? undefined : `spec.nodeName=${node}` });
  let seen = 0;
  for (const scope of namespace === undefined ? scopesOf(settings.namespaces) : [namespace]) {
    for await (const { items } of pagesOf(client, { call: "listPods", query, ...given({ namespace: scope }) }, { pageSize })) {
      const pods = items.map(readPod).filter((pod) => allowsNamespace(settings.namespaces, pod.namespace));
      seen += pods.length;
      if (pods.length > 0) yield pods;
    }
  }
  if (seen === 0 && namespace !== undefined) await assertNamespaceExists(client, namespace);
}

async function eventsOf(client: KubernetesClient, query: EventQuery): Promise<readonly ClusterEvent[]> {
  const { namespace = NODE_EVENTS_NAMESPACE, about, reasons, limit } = query;
  if (query.namespace !== undefined) assertAllowed(client.settings, namespace);
  if (limit < 1) throw new OomphError("bad-input", `Expected to ask for at least one event, not ${limit}.`);
  const fields = [
    ...(query.namespace === undefined ? ["involvedObject.kind=Node"] : []),
    ...(about?.kind === undefined ? [] : [`involvedObject.kind=${about.kind}`]),
    ...(about === undefined ? [] : [`involvedObject.name=${about.name}`]),
    ...(about?.uid === undefined ? [] : [`involvedObject.uid=${about.uid}`]),
    ...(reasons?.length === 1 ? [`reason=${reasons[0]}`] : []),
  ];
  const newest: ClusterEvent[] = [];
  const request = { call: "listEvents", namespace, query: given({ fieldSelector: fields.join(",") || undefined }) } as const;
  for await (const { items } of pagesOf(client, request)) {
    newest.push(...items.map(readEvent).filter(({ reason }) => reasons === undefined || reasons.includes(reason)));
    newest.sort((left, right) => (right.lastAtMs ?? 0) - (left.lastAtMs ?? 0));
    newest.splice(limit); // a namespace may hold a hundred thousand
  }
  if (newest.length === 0 && query.namespace !== undefined) await assertNamespaceExists(client, namespace);
  return newest;
}
