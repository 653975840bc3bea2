import { given } from "../../domain/given.ts";
import type { WorkloadFacts } from "../../domain/workload.ts";
import { timeOf } from "./read-metadata.ts";
import type { ManagedField } from "./schema.ts";

const MAX_FIELDS = 500;

/** Who wrote which fields last. A field as `spec.template.spec.containers[app].resources.limits.memory`. */
export function readManagers(entries: readonly ManagedField[] = []): WorkloadFacts["managers"] {
  return entries.map(({ manager = "", operation = "", time, fieldsV1 }) => ({
    name: manager,
    operation,
    fields: fieldsIn(fieldsV1, "").slice(0, MAX_FIELDS),
    ...given({ atMs: timeOf(time) }),
  }));
}

/** `{"f:spec": {"f:replicas": {}}}` → `spec.replicas`; an entry of a list by its key's values. */
function fieldsIn(tree: unknown, path: string): readonly string[] {
  const members = typeof tree === "object" && tree !== null ? Object.entries(tree).filter(([key]) => key !== ".") : [];
  if (members.length === 0) return path === "" ? [] : [path];
  return members.flatMap(([key, below]) => fieldsIn(below, step(path, key)));
}

function step(path: string, key: string): string {
  const name = key.slice(2);
  if (key.startsWith("f:")) return path === "" ? name : `${path}.${name}`;
  if (key.startsWith("k:")) return `${path}[${keyValues(name)}]`;
  return `${path}[${name}]`;
}

function keyValues(json: string): string {
  try {
    const key: unknown = JSON.parse(json);
    return typeof key === "object" && key !== null ? Object.values(key).map(String).join(",") : json;
  } catch {
    return json;
  }
}
