import type { Json } from "../../domain/json.ts";
import type { WorkloadName } from "../../ports/clusters.ts";
import type { FoundContainer } from "./template-containers.ts";
import type { JsonObject } from "./pointer.ts";

/** A strategic merge patch of one container of a template. Null takes a field away. */
export function patchOfContainer({ resource }: WorkloadName, { name, at }: FoundContainer, fields: JsonObject): Json {
  const list = at.includes("/initContainers/") ? "initContainers" : "containers";
  const template = { template: { spec: { [list]: [{ name, ...fields }] } } };
  return { spec: resource === "cronjob" ? { jobTemplate: { spec: template } } : template };
}
