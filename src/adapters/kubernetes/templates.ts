import { OomphError } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";
import type { WorkloadName } from "../../ports/clusters.ts";
import { KeptTemplate, OwnTemplate } from "./acts-schema.ts";
import type { Asking } from "./objects.ts";
import { revisionObjects, revisionOfReplicaSet } from "./revisions.ts";

type Template = Readonly<Record<string, Json>>;

// Told apart by what the Deployment's controller adds, and by what makes a kept template a patch.
const HASH = "pod-template-hash";
const PATCH = "$patch";

/** The template of a revision as its owner had it. Throws `not-found` where that revision is not kept any more. */
export async function templateOfRevision(asking: Asking, name: WorkloadName, revision: number): Promise<Json> {
  const { items } = await revisionObjects(asking, name);
  const found = items.map(name.resource === "deploy" ? ofReplicaSet : ofControllerRevision).find((one) => one?.revision === revision);
  if (found !== undefined) return found.template;
  const says = `${name.resource}/${name.namespace}/${name.name} has no revision ${revision} any more: look at kubectl rollout history.`;
  throw new OomphError("not-found", says);
}

type Kept = { readonly revision: number; readonly template: Template };

function ofReplicaSet(item: unknown): Kept | undefined {
  const read = OwnTemplate.safeParse(item);
  const revision = revisionOfReplicaSet(item);
  if (!read.success || revision === undefined) return undefined;
  const { metadata, ...rest } = read.data.spec.template;
  const { labels, ...more } = asRecord(metadata);
  return { revision, template: { ...rest, metadata: { ...more, labels: without(asRecord(labels), HASH) } } };
}

function ofControllerRevision(item: unknown): Kept | undefined {
  const read = KeptTemplate.safeParse(item);
  if (!read.success) return undefined;
  return { revision: read.data.revision, template: without(read.data.data.spec.template, PATCH) };
}

function without(record: Template, name: string): Template {
  return Object.fromEntries(Object.entries(record).flatMap(([key, value]) => (key === name || value === undefined ? [] : [[key, value]])));
}

function asRecord(value: Json | undefined): Template {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, member]])));
}
