import { given } from "../../domain/given.ts";
import type { Condition, ObjectName } from "../../domain/workload.ts";
import { WithVersion, type Condition as RawCondition, type Metadata } from "./schema.ts";

/** RFC 3339 → milliseconds since 1970; undefined for what is none. */
export function timeOf(text: string | undefined): number | undefined {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** The owner that controls an object, of several the one that says so. */
export function controllerOf(metadata: Pick<Metadata, "ownerReferences"> | undefined): ObjectName | undefined {
  const owner = metadata?.ownerReferences.find(({ controller }) => controller === true);
  if (owner?.kind === undefined || owner.name === undefined) return undefined;
  return { kind: owner.kind, name: owner.name, ...given({ uid: owner.uid }) };
}

export function readConditions(conditions: readonly RawCondition[] = []): readonly Condition[] {
  return conditions.map(({ type = "", status = "Unknown", reason, message, lastTransitionTime }) => ({
    type,
    status,
    ...given({ reason, message, changedAtMs: timeOf(lastTransitionTime) }),
  }));
}

/** `metadata.resourceVersion`, without reading the rest. */
export function versionOf(object: unknown): string | undefined {
  const read = WithVersion.safeParse(object);
  return read.success ? read.data.metadata.resourceVersion : undefined;
}
