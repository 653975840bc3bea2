import { codeOf, OomphError } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import type { WorkloadResource } from "../../domain/target.ts";
import type { ActsOnCluster, ClusterActs, ObjectNow, ObjectPlace, Patch, Right } from "../../ports/cluster-acts.ts";
import type { Log } from "../../ports/log.ts";
import { AccessReview, CoreResources } from "./acts-schema.ts";
import { quoted } from "./asked.ts";
import { KUBERNETES_CALLS, type KubernetesCallName } from "./calls.ts";
import { createKubernetesClient } from "./client.ts";
import { createDiscovery } from "./discovery.ts";
import { assertAllowed } from "./namespaces.ts";
import { getIn, getWorkloadObject, type Asking } from "./objects.ts";
import { readObject } from "./read-object.ts";
import type { KubernetesConnectionSettings } from "./settings.ts";
import { templateOfRevision } from "./templates.ts";
import { readWaysIn } from "./ways-in.ts";

type PodOfUid = Parameters<ActsOnCluster["deletePod"]>[0];
type How = Parameters<ActsOnCluster["deletePod"]>[1];

const PATCHERS = {
  deploy: "patchDeployment",
  sts: "patchStatefulSet",
  ds: "patchDaemonSet",
  cronjob: "patchCronJob",
} as const satisfies Partial<Record<WorkloadResource, KubernetesCallName>>;

// Who is said to have written the fields that were changed.
const FIELD_MANAGER = "oomph";

/** Changes to the configured clusters. Nothing is read or connected before the first. */
export function createClusterActs(connections: readonly KubernetesConnectionSettings[], { log }: { readonly log: Log }) {
  const clients = connections.map((settings) => createKubernetesClient(settings, log));
  const clusters = new Map(clients.map((client) => [client.settings.name, actsOn({ client, discovery: createDiscovery(client) })]));
  return {
    cluster(connection: string): ActsOnCluster {
      const cluster = clusters.get(connection);
      if (cluster !== undefined) return cluster;
      throw new OomphError(
        "bad-input",
        `There is no cluster named ${quoted(connection)}: configured are ${[...clusters.keys()].join(", ") || "none"}.`,
      );
    },
    close() {
      for (const client of clients) client.close();
    },
  } satisfies ClusterActs & { close(): void };
}

function actsOn(asking: Asking): ActsOnCluster {
  return {
    async checkRights(rights) {
      for (const right of rights) await checkRight(asking, right);
    },
    read: async (object) => readObject(await fetchObject(asking, object)),
    patch: (object, change) => patchObject(asking, object, change),
    deletePod: (pod, how) => deletePod(asking, pod, how),
    evictPod: (pod, how) => evictPod(asking, pod, how),
    waysIn: (workload) => readWaysIn(asking, workload),
    templateOf: (workload, revision) => templateOfRevision(asking, workload, revision),
  };
}

/** A cluster that does not even let ask is told by the dry run, which needs the same right. */
async function checkRight({ client }: Asking, right: Right): Promise<void> {
  const { verb, resource: written, namespace } = right;
  if (namespace !== undefined) assertAllowed(client.settings, namespace);
  const { group, resource, subresource } = splitResource(written);
  const resourceAttributes = { verb, group, resource, ...given({ subresource, namespace }) };
  const read = AccessReview.safeParse(await review({ client }, resourceAttributes));
  if (read.success && read.data.status.allowed) return;
  const named = [resource, ...(subresource === undefined ? [] : [subresource])].join("/");
  const what = `${verb} on ${named}${group === "" ? "" : `.${group}`}${namespace === undefined ? "" : ` in namespace ${quoted(namespace)}`}`;
  throw new OomphError(
    "no-rights",
    `Cluster ${client.settings.name} does not let Oomph do that: it lacks the right to ${what}. Give it a role with that verb, such as the acting one of deploy/kubernetes.`,
  );
}

async function review({ client }: Pick<Asking, "client">, resourceAttributes: Readonly<Record<string, string>>): Promise<unknown> {
  const body = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", spec: { resourceAttributes } };
  try {
    return await client.json({ call: "reviewAccess", body });
  } catch (error) {
    if (codeOf(error) === "no-rights") return { status: { allowed: true } };
    throw error;
  }
}

/** `apps/deployments` → a group and a resource; `pods/exec` → a resource and a part of it. */
function splitResource(written: string): { readonly group: string; readonly resource: string; readonly subresource: string | undefined } {
  const parts = written.split("/");
  const groups = new Set<string>(Object.values(KUBERNETES_CALLS).map(({ group }) => group));
  const group = parts.length > 1 && groups.has(parts[0] ?? "") ? (parts.shift() ?? "") : "";
  return { group, resource: parts[0] ?? "", subresource: parts[1] };
}

function fetchObject(asking: Asking, object: ObjectPlace): Promise<unknown> {
  if (object.of === "workload") return getWorkloadObject(asking, object);
  return getIn(asking, { call: "getIngress", namespace: object.namespace, name: object.name });
}

async function patchObject(asking: Asking, object: ObjectPlace, change: Patch): Promise<ObjectNow> {
  const { client, discovery } = asking;
  const { namespace, name } = object;
  const { uid, resourceVersion, operations, dryRun } = change;
  assertAllowed(client.settings, namespace);
  const call = patcherOf(object);
  const request = {
    call,
    namespace,
    name,
    contentType: "application/json-patch+json",
    query: { fieldManager: FIELD_MANAGER, ...(dryRun ? { dryRun: "All" } : {}) },
    // What is written over the version makes the server compare it with the one that is there.
    body: [
      { op: "test", path: "/metadata/uid", value: uid },
      { op: "replace", path: "/metadata/resourceVersion", value: resourceVersion },
      ...operations,
    ],
    ...given({ version: await discovery.versionFor(call) }),
  };
  try {
    return readObject(await client.json(request));
  } catch (error) {
    if (codeOf(error) === "refused") await assertSame(asking, object, change);
    throw error;
  }
}

/** A patch that does not fit is refused in the same way, whether the object was made anew or the change is not allowed. */
async function assertSame(asking: Asking, object: ObjectPlace, { uid, resourceVersion }: Patch): Promise<void> {
  const now = readObject(await fetchObject(asking, object));
  if (now.uid === uid && now.resourceVersion === resourceVersion) return;
  const what = now.uid === uid ? "has changed meanwhile" : "was made anew meanwhile";
  throw new OomphError("conflict", `Nothing was done: ${object.name} in namespace ${quoted(object.namespace)} ${what}.`);
}

function patcherOf(object: ObjectPlace): KubernetesCallName {
  if (object.of === "ingress") return "patchIngress";
  if (object.resource === "job" || object.resource === "pod")
    throw new OomphError("bad-input", `A ${object.resource} cannot be changed once it is there: change what makes it.`);
  return PATCHERS[object.resource];
}

async function deletePod({ client }: Asking, { namespace, name, uid }: PodOfUid, { dryRun }: How): Promise<void> {
  assertAllowed(client.settings, namespace);
  await client.json({ call: "deletePod", namespace, name, body: { preconditions: { uid }, ...dry(dryRun) } });
}

async function evictPod({ client }: Asking, { namespace, name, uid }: PodOfUid, { dryRun }: How): Promise<void> {
  assertAllowed(client.settings, namespace);
  const core = CoreResources.safeParse(await client.json({ call: "/api/v1" }));
  const eviction = core.data?.resources.find((one) => one.name === "pods/eviction");
  const body = {
    apiVersion: `policy/${eviction?.version ?? "v1"}`, // v1beta1 before 1.22
    kind: "Eviction",
    metadata: { name, namespace },
    deleteOptions: { preconditions: { uid }, ...dry(dryRun) },
  };
  await client.json({ call: "evictPod", namespace, name, body, query: dryRun ? { dryRun: "All" } : {} });
}

function dry(dryRun: boolean): { readonly dryRun?: readonly string[] } {
  return dryRun ? { dryRun: ["All"] } : {};
}
