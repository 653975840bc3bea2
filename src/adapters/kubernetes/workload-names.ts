import { codeOf, messageOf } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import type { WorkloadResource } from "../../domain/target.ts";
import type { WorkloadName } from "../../ports/clusters.ts";
import type { KubernetesCallName } from "./calls.ts";
import { allowsNamespace, scopesOf } from "./namespaces.ts";
import type { Asking } from "./objects.ts";
import { METADATA_ONLY, pagesOf } from "./pages.ts";
import { controllerOf } from "./read-metadata.ts";
import { WithMetadata } from "./schema.ts";

const LISTS: readonly (readonly [WorkloadResource, KubernetesCallName])[] = [
  ["deploy", "listDeployments"],
  ["sts", "listStatefulSets"],
  ["ds", "listDaemonSets"],
  ["cronjob", "listCronJobs"],
  ["job", "listJobs"],
];

/** Names of all workloads of the allowed namespaces, page by page. What may not be listed is a gap, the rest goes on. */
export async function* listWorkloads(asking: Asking, onGap: (because: string) => void): AsyncGenerator<readonly WorkloadName[]> {
  const scopes = scopesOf(asking.client.settings.namespaces);
  for (const listing of scopes.flatMap((namespace) => LISTS.map(([resource, call]) => ({ resource, call, ...given({ namespace }) })))) {
    try {
      yield* namesOf(asking, listing);
    } catch (error) {
      if (codeOf(error) !== "no-rights") throw error;
      onGap(messageOf(error));
    }
  }
}

type Listing = { readonly resource: WorkloadResource; readonly call: KubernetesCallName; readonly namespace?: string };

async function* namesOf({ client, discovery }: Asking, { resource, call, namespace }: Listing): AsyncGenerator<readonly WorkloadName[]> {
  const request = { call, accept: METADATA_ONLY, ...given({ namespace, version: await discovery.versionFor(call) }) };
  for await (const { items } of pagesOf(client, request)) {
    const names = items.flatMap((item): readonly WorkloadName[] => {
      const read = WithMetadata.safeParse(item);
      const { metadata } = read.success ? read.data : {};
      if (metadata?.name === undefined || metadata.namespace === undefined) return [];
      if (resource === "job" && controllerOf(metadata)?.kind === "CronJob") return [];
      return allowsNamespace(client.settings.namespaces, metadata.namespace)
        ? [{ resource, namespace: metadata.namespace, name: metadata.name }]
        : [];
    });
    if (names.length > 0) yield names;
  }
}
