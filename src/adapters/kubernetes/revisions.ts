import { given } from "../../domain/given.ts";
import type { Revision } from "../../domain/workload.ts";
import type { WorkloadName } from "../../ports/clusters.ts";
import type { Template } from "./schema.ts";
import { formatSelector } from "./label-selector.ts";
import { getWorkloadObject, type Asking } from "./objects.ts";
import { listAll } from "./pages.ts";
import { readContainers, readEnvironment } from "./read-container.ts";
import { controllerOf, timeOf } from "./read-metadata.ts";
import { WithMetadata, Workload, type Metadata } from "./schema.ts";
import { ControllerRevision } from "./surroundings-schema.ts";

const REVISION = "deployment.kubernetes.io/revision";
const CAUSE = "kubernetes.io/change-cause";

/** The rollout history, newest first: a Deployment's ReplicaSets, the ControllerRevisions of a stateful or daemon set. */
export async function listRevisions(asking: Asking, name: WorkloadName): Promise<readonly Revision[]> {
  const { owner, items } = await revisionObjects(asking, name);
  const revisions = items.flatMap(name.resource === "deploy" ? readReplicaSet : (item) => readControllerRevision(item, owner));
  return revisions.toSorted((left, right) => right.revision - left.revision);
}

/** What the history is kept in, as the API gives it, and whose it is; nothing for what keeps none. */
export async function revisionObjects(asking: Asking, name: WorkloadName): Promise<RevisionObjects> {
  if (name.resource !== "deploy" && name.resource !== "sts" && name.resource !== "ds") return { owner: {}, items: [] };
  const read = Workload.safeParse(await getWorkloadObject(asking, name));
  const owner: Partial<Workload> = read.success ? read.data : {};
  const call = name.resource === "deploy" ? "listReplicaSets" : "listControllerRevisions";
  const query = given({ labelSelector: formatSelector(owner.spec?.selector) });
  const items = await listAll(asking.client, { call, namespace: name.namespace, query });
  return { owner, items: items.filter((item) => isOwnedBy(item, owner.metadata?.uid)) };
}

type RevisionObjects = { readonly owner: Partial<Workload>; readonly items: readonly unknown[] };

/** Of a ReplicaSet; undefined where it has none. */
export function revisionOfReplicaSet(item: unknown): number | undefined {
  const read = WithMetadata.safeParse(item);
  const revision = Number(read.data?.metadata?.annotations[REVISION]);
  return Number.isInteger(revision) ? revision : undefined;
}

/** Selectors may overlap: what belongs to whom is said by the owner's uid. */
function isOwnedBy(item: unknown, uid: string | undefined): boolean {
  const read = WithMetadata.safeParse(item);
  return read.success && uid !== undefined && controllerOf(read.data.metadata)?.uid === uid;
}

function readReplicaSet(item: unknown): readonly Revision[] {
  const read = Workload.safeParse(item);
  if (!read.success) return [];
  const { metadata, spec } = read.data;
  const revision = Number(metadata?.annotations[REVISION]);
  if (!Number.isInteger(revision)) return [];
  return [revisionOf(revision, { metadata, template: spec?.template, replicas: spec?.replicas ?? 0 })];
}

function readControllerRevision(item: unknown, { status }: Partial<Workload>): readonly Revision[] {
  const read = ControllerRevision.safeParse(item);
  const about = WithMetadata.safeParse(item);
  if (!read.success || !about.success || read.data.revision === undefined) return [];
  const { metadata } = about.data;
  return [
    revisionOf(read.data.revision, { metadata, template: read.data.data?.spec?.template, replicas: replicasAt(metadata?.name, status) }),
  ];
}

/** Only a StatefulSet says how many of its pods are at which revision. */
function replicasAt(name: string | undefined, status: Partial<Workload>["status"]): number {
  if (name === undefined) return 0;
  if (name === status?.updateRevision) return status.updatedReplicas ?? status.currentReplicas ?? 0;
  return name === status?.currentRevision ? (status.currentReplicas ?? 0) : 0;
}

type State = { readonly metadata: Metadata | undefined; readonly template: Template; readonly replicas: number };

function revisionOf(revision: number, { metadata, template, replicas }: State): Revision {
  return {
    revision,
    replicas,
    containers: readContainers(template?.spec),
    environment: readEnvironment(template?.spec),
    ...given({ atMs: timeOf(metadata?.creationTimestamp), cause: metadata?.annotations[CAUSE] }),
  };
}
