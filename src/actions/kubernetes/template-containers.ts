import type { Json } from "../../domain/json.ts";
import type { WorkloadFacts } from "../../domain/workload.ts";
import { templateAt } from "./change.ts";
import { isList, isObject, pointerTo, valueAt } from "./pointer.ts";

export type FoundContainer = {
  readonly name: string;
  /** JSON pointer to it in the definition. */
  readonly at: string;
};

export type Looked =
  | { readonly kind: "found"; readonly container: FoundContainer }
  | { readonly kind: "refused"; readonly because: string };

/** The container that is meant, in the template; without a name the only main one. */
export function containerIn(
  { resource, name }: Pick<WorkloadFacts, "resource" | "name">,
  definition: Json,
  wanted: string | undefined,
): Looked {
  const spec = `${templateAt(resource)}/spec`;
  const main = namesAt(definition, `${spec}/containers`);
  const all = [...main, ...namesAt(definition, `${spec}/initContainers`)];
  const found = wanted === undefined && main.length === 1 ? main[0] : all.find((one) => one.name === wanted);
  if (found !== undefined) return { kind: "found", container: found };
  const known = all.map((one) => one.name).join(", ");
  const because =
    wanted === undefined
      ? `${name} has several containers: say which one with --container, one of ${known}.`
      : `${name} has no container ${wanted}: it has ${known}. Names are those of the template.`;
  return { kind: "refused", because };
}

function namesAt(definition: Json, list: string): readonly FoundContainer[] {
  const containers = valueAt(definition, list);
  if (!isList(containers)) return [];
  return containers.flatMap((container, at) =>
    isObject(container) && typeof container["name"] === "string" ? [{ name: container["name"], at: `${list}${pointerTo(at)}` }] : [],
  );
}
